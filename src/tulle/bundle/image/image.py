"""Owns `Image`: a function as a container image that Lambda takes, before it is written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.bundle import Layer
from tulle.bundle.image.config import image_config
from tulle.bundle.image.layer import build_layer
from tulle.registry.content import Document, json_bytes
from tulle.registry.destination import send
from tulle.registry.media_types import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle
    from tulle.bundle.image.base import BaseImage
    from tulle.bundle.image.layer import ImageLayer
    from tulle.progress import Reporter
    from tulle.registry.content import Blob, BytesBlob
    from tulle.registry.destination import Delivery, ImageDestination

__all__ = ["MODEL_LABEL", "Image", "ImageSettings", "assemble_image", "deliver_image"]

MODEL_LABEL = "ai.tulle.model.sha256"
"""The label and annotation that says which model an image serves."""
_OCI = "org.opencontainers.image"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """What an image says of itself beside what it holds."""

    revision: str | None = None
    """The version of the source that it was built from, such as a commit."""
    created_s: int = 0
    """When it was made, in seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, else 0, for equal bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A function as a container image: one manifest for one platform."""

    base: BaseImage
    layers: tuple[ImageLayer, ...]
    """What tulle puts upon the base."""
    config: BytesBlob
    manifest: Document

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """List all that the manifest names: the layers from the lowest on, and the config."""
        return (*self.base.layers, *(layer.blob for layer in self.layers), self.config)

    @property
    def digest(self) -> str:
        """Name the image by its manifest's bytes."""
        return self.manifest.descriptor.digest


def assemble_image(
    bundle: Bundle, base: BaseImage, settings: ImageSettings, *, layers_folder: Path
) -> Image:
    """Put a function's files upon a base, in layers ordered by how seldom they change.

    Args:
        bundle: the function.
        base: what it is built upon.
        settings: what the image says of itself.
        layers_folder: where layers are kept; one that is there already is not made again.

    Raises:
        BundleChanged: a file changed since the bundle was put together.
        OutputUnavailable: the folder cannot be written.
    """
    files = {layer: [file for file in bundle.files if file.layer is layer] for layer in Layer}
    layers = tuple(
        build_layer(layer, members, layers_folder) for layer, members in files.items() if members
    )
    labels = _labels(bundle, base, settings)
    config = image_config(
        base, layers, handler=bundle.handler, labels=labels, created_s=settings.created_s
    )
    blobs: list[Blob] = [*base.layers, *(layer.blob for layer in layers)]
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor.to_json(),
        "layers": [blob.descriptor.to_json() for blob in blobs],
        "annotations": labels,
    }
    document = Document(media_type=MANIFEST, content=json_bytes(manifest))
    return Image(base=base, layers=layers, config=config, manifest=document)


def deliver_image(image: Image, destination: ImageDestination, *, reporter: Reporter) -> Delivery:
    """Bring an image to a registry or into a layout; what is there already is not sent again.

    Raises:
        RegistryError: a registry cannot be reached, or refuses.
        OutputUnavailable: a layout cannot be written.
    """
    return send(image.blobs, image.manifest, destination, reporter=reporter)


def _labels(bundle: Bundle, base: BaseImage, settings: ImageSettings) -> dict[str, str]:
    labels = {f"{_OCI}.base.digest": base.digest}
    if base.name:
        labels[f"{_OCI}.base.name"] = base.name
    if settings.revision:
        labels[f"{_OCI}.revision"] = settings.revision
    models = [
        file for file in bundle.files if file.layer is Layer.MODEL and file.path.suffix == ".tflite"
    ]
    if len(models) == 1:
        labels[MODEL_LABEL] = models[0].sha256
    return dict(sorted(labels.items()))
