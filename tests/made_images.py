"""Small container images, made on the spot: OCI layouts that stand for bases."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.registry.content import digest_of, json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OCI = "application/vnd.oci.image"
DOCKER = "application/vnd.docker"
INDEX = f"{OCI}.index.v1+json"
AWS_START = {
    "Entrypoint": ["/lambda-entrypoint.sh"],
    "Env": ["LAMBDA_TASK_ROOT=/var/task", "PATH=/var/lang/bin:/usr/bin"],
    "WorkingDir": "/var/task",
}
SLIM_START = {"Cmd": ["python3"], "Env": ["PATH=/usr/local/bin:/usr/bin", "PYTHON_VERSION=3.13.5"]}


@dataclass(frozen=True, kw_only=True)
class MadeImage:
    """What an image is made of: a layer of files, and more upon it, each an archive."""

    files: Mapping[str, bytes] = field(default_factory=lambda: {"etc/hostname": b"base\n"})
    config: Mapping[str, object] = field(default_factory=lambda: AWS_START)
    system: str = "linux"
    architecture: str = "amd64"
    manifest_type: str = f"{OCI}.manifest.v1+json"
    config_type: str = f"{OCI}.config.v1+json"
    layer_type: str = f"{OCI}.layer.v1.tar+gzip"
    history: tuple[Mapping[str, object], ...] = ()
    upper: tuple[bytes, ...] = ()

    def packed(self, archive: bytes) -> bytes:
        """Give an archive as the type of the layers has it."""
        return gzip.compress(archive, mtime=0) if "gzip" in self.layer_type else archive


DOCKER_IMAGE = MadeImage(
    manifest_type=f"{DOCKER}.distribution.manifest.v2+json",
    config_type=f"{DOCKER}.container.image.v1+json",
    layer_type=f"{DOCKER}.image.rootfs.diff.tar.gzip",
)


def write_image(
    folder: Path, *images: MadeImage, as_index: bool = False, tag: str = "latest"
) -> str:
    """Write images into a layout, as one index if there are several; say the digest that the layout names."""
    entries = [_write_one(folder, image) for image in images]
    if as_index or len(entries) > 1:
        attestation = {**entries[0], "platform": {"os": "unknown", "architecture": "unknown"}}
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*entries, attestation]}
        entries = [_put(folder, json_bytes(index), INDEX)]
    name = {"org.opencontainers.image.ref.name": tag}
    root = {"schemaVersion": 2, "manifests": [{**entries[0], "annotations": name}]}
    (folder / "index.json").write_text(json.dumps(root))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(entries[0]["digest"])


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """Pack files into an archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _write_one(folder: Path, image: MadeImage) -> dict[str, object]:
    archives = [tar_of(image.files), *image.upper]
    layers = [_put(folder, image.packed(archive), image.layer_type) for archive in archives]
    config = {
        "architecture": image.architecture,
        "os": image.system,
        "config": image.config,
        "rootfs": {"type": "layers", "diff_ids": [*map(digest_of, archives)]},
        "history": list(image.history) or None,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": image.manifest_type,
        "config": _put(folder, json_bytes(config), image.config_type),
        "layers": layers,
    }
    platform = {"os": image.system, "architecture": image.architecture}
    return {**_put(folder, json_bytes(manifest), image.manifest_type), "platform": platform}


def _put(folder: Path, content: bytes, media_type: str) -> dict[str, object]:
    name = hashlib.sha256(content).hexdigest()
    path = folder / "blobs/sha256" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"mediaType": media_type, "digest": f"sha256:{name}", "size": len(content)}
