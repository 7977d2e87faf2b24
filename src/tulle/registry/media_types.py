"""Owns the media types of images, OCI's and Docker's, and which of them mean the same bytes."""

from __future__ import annotations

__all__ = ["CONFIG", "INDEXES", "LAYER_GZIP", "MANIFEST", "MANIFESTS", "OCI_LAYERS"]

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
_LAYER_TAR = "application/vnd.oci.image.layer.v1.tar"

MANIFESTS = frozenset({MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"})
INDEXES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
OCI_LAYERS = {
    LAYER_GZIP: LAYER_GZIP,
    _LAYER_TAR: _LAYER_TAR,
    "application/vnd.docker.image.rootfs.diff.tar.gzip": LAYER_GZIP,
    "application/vnd.docker.image.rootfs.diff.tar": _LAYER_TAR,
}
"""OCI's name of each type of layer that Lambda takes."""
