"""Owns reading an image from wherever it is: the right platform's manifest, its config, its layers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tulle.errors import InvalidBase
from tulle.registry.content import parse_descriptor
from tulle.registry.media_types import INDEXES, MANIFESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.content import Descriptor, Document
    from tulle.registry.reference import Repository

__all__ = ["ImageSource", "PulledImage", "SourceBlob", "pull_image"]

_MAX_CONFIG_BYTES = 8 * 1024 * 1024


class ImageSource(Protocol):
    """Has images: a registry, or a layout on disk."""

    @property
    def name(self) -> str:
        """Name the image, for people."""

    @property
    def repository(self) -> Repository | None:
        """Name the repository, if it is one."""

    def document(self, descriptor: Descriptor | None = None) -> Document:
        """Fetch the manifest or index that the image's name means, or the one that an index means."""

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Fetch a blob, verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBlob:
    """A blob that stays where it is until it is wanted."""

    descriptor: Descriptor
    source: ImageSource

    @property
    def repository(self) -> Repository | None:
        """Name the repository that has it."""
        return self.source.repository

    def chunks(self) -> Iterator[bytes]:
        """Fetch it."""
        return self.source.chunks(self.descriptor)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledImage:
    """One platform's image; the layers' bytes are still where they were."""

    name: str
    digest: str
    """Of the manifest, which is this platform's own."""
    config: dict[str, object]
    layers: tuple[SourceBlob, ...]


def pull_image(source: ImageSource, architecture: str) -> PulledImage:
    """Fetch an image's manifest and config for Linux on a processor (OCI's name of it).

    Raises:
        InvalidBase: it has none for that processor, or is no image.
    """
    document = source.document()
    if document.media_type in INDEXES:
        document = source.document(_choose(document, source, architecture))
    manifest = _parse(document, source)
    if document.media_type not in MANIFESTS:
        raise _invalid(source, f"is no image but `{document.media_type}`")
    config = parse_descriptor(manifest.get("config"), place=source.name)
    layers = manifest.get("layers")
    if not isinstance(layers, list):
        raise _invalid(source, "has a manifest without layers")
    blobs = tuple(
        SourceBlob(descriptor=parse_descriptor(layer, place=source.name), source=source)
        for layer in layers
    )
    pulled = PulledImage(
        name=source.name,
        digest=document.descriptor.digest,
        config=_read_config(config, source),
        layers=blobs,
    )
    _check_platform(pulled, architecture)
    return pulled


def _choose(index: Document, source: ImageSource, architecture: str) -> Descriptor:
    entries = _parse(index, source).get("manifests")
    found: list[str] = []
    for entry in entries if isinstance(entries, list) else []:
        match entry:
            case {"platform": {"os": str(system), "architecture": str(processor)}}:
                if (system, processor) == ("linux", architecture):
                    return parse_descriptor(entry, place=source.name)
                if system != "unknown":  # attestations call themselves so
                    found.append(f"{system}/{processor}")
    raise InvalidBase(
        f"{source.name} has no image for linux/{architecture}",
        hint=f"choose another base, or one of its processors: {', '.join(found) or 'it has none'}",
    )


def _check_platform(image: PulledImage, architecture: str) -> None:
    platform = f"{image.config.get('os')}/{image.config.get('architecture')}"
    if platform != f"linux/{architecture}":
        raise InvalidBase(
            f"{image.name} is for {platform}, not for linux/{architecture}",
            hint="choose a base for the function's processor, or build for the base's with --architecture",
        )


def _read_config(descriptor: Descriptor, source: ImageSource) -> dict[str, object]:
    if descriptor.size > _MAX_CONFIG_BYTES:
        raise _invalid(source, f"has a config of {descriptor.size} bytes")
    return _object(b"".join(source.chunks(descriptor)), source)


def _parse(document: Document, source: ImageSource) -> dict[str, object]:
    return _object(document.content, source)


def _object(text: bytes, source: ImageSource) -> dict[str, object]:
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise _invalid(source, "has a manifest or config that is not JSON") from error
    if not isinstance(value, dict):
        raise _invalid(source, "has a manifest or config that is not a JSON object")
    return value


def _invalid(source: ImageSource, what: str) -> InvalidBase:
    return InvalidBase(f"{source.name} {what}", hint="name a container image, by its tag or digest")
