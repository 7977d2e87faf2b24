"""Owns what images are made of: documents and blobs, each known by the sha256 of its bytes."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tulle.errors import DigestMismatch, InvalidBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tulle.registry.reference import Repository

__all__ = [
    "Blob",
    "BytesBlob",
    "Descriptor",
    "Document",
    "FileBlob",
    "digest_of",
    "json_bytes",
    "parse_descriptor",
    "read_chunks",
    "verified",
]

_CHUNK_BYTES = 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Says which bytes are meant, and what they are."""

    media_type: str
    digest: str
    size: int

    def to_json(self) -> dict[str, object]:
        """Give it as manifests write it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A manifest or an index, as it was stored: its digest is of these very bytes."""

    media_type: str
    content: bytes

    @property
    def descriptor(self) -> Descriptor:
        """Say which bytes these are."""
        return Descriptor(
            media_type=self.media_type, digest=digest_of(self.content), size=len(self.content)
        )


class Blob(Protocol):
    """A layer or a config, wherever it is."""

    @property
    def descriptor(self) -> Descriptor:
        """Say which bytes these are."""

    @property
    def repository(self) -> Repository | None:
        """Name where a registry already has it, so that it may lend it to another repository."""

    def chunks(self) -> Iterator[bytes]:
        """Read it from its start; may be asked again.

        Raises:
            DigestMismatch: after the last chunk, if the bytes were not those that are meant.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class BytesBlob:
    """A blob in memory."""

    media_type: str
    content: bytes
    repository: None = None

    @property
    def descriptor(self) -> Descriptor:
        """Say which bytes these are."""
        return Descriptor(
            media_type=self.media_type, digest=digest_of(self.content), size=len(self.content)
        )

    def chunks(self) -> Iterator[bytes]:
        """Give it whole."""
        yield self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBlob:
    """A blob in a file."""

    descriptor: Descriptor
    path: Path
    repository: None = None

    def chunks(self) -> Iterator[bytes]:
        """Read it from its start."""
        return verified(read_chunks(self.path), self.descriptor, place=str(self.path))


def digest_of(content: bytes) -> str:
    """Name bytes by their sha256."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def json_bytes(value: object) -> bytes:
    """Write JSON in the one way that tulle does, so that equal values have equal digests."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def parse_descriptor(value: object, *, place: str) -> Descriptor:
    """Read a descriptor out of a manifest that came from elsewhere."""
    match value:
        case {"mediaType": str(media_type), "digest": str(digest), "size": int(size)}:
            if _DIGEST.fullmatch(digest) and size >= 0:
                return Descriptor(media_type=media_type, digest=digest, size=size)
    raise InvalidBase(
        f"{place} has an entry that names no bytes",
        hint="choose another image: this one's manifest is broken, or has digests other than sha256",
        detail=str(value)[:500],
    )


def read_chunks(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def verified(chunks: Iterable[bytes], descriptor: Descriptor, *, place: str) -> Iterator[bytes]:
    """Pass bytes on, and raise if in the end they were not those that the descriptor means."""
    sha256, size = hashlib.sha256(), 0
    for chunk in chunks:
        sha256.update(chunk)
        size += len(chunk)
        yield chunk
    if (size, f"sha256:{sha256.hexdigest()}") != (descriptor.size, descriptor.digest):
        raise DigestMismatch(
            f"{place} gave other bytes than {descriptor.digest} means",
            hint="try again; if it stays so, what is stored there is damaged: push or fetch it anew",
            detail=f"expected {descriptor.size} bytes, {descriptor.digest}\n"
            f"got      {size} bytes, sha256:{sha256.hexdigest()}",
        )
