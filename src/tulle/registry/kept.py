"""Owns keeping what was fetched from registries, so that a base is fetched once and not with every build."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import DigestMismatch, OutputUnavailable
from tulle.registry.content import Document, read_chunks, verified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.content import Descriptor
    from tulle.registry.reference import Repository
    from tulle.registry.source import ImageSource

__all__ = ["KeptSource"]


class KeptSource:
    """A source whose blobs, and documents that are asked for by digest, are kept in a folder.

    What a tag means is asked anew each time.
    """

    def __init__(self, source: ImageSource, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self.name = source.name
        self.repository: Repository | None = source.repository

    def document(self, descriptor: Descriptor | None = None) -> Document:
        """Fetch the manifest or index that the name means, or the one that is meant."""
        if descriptor is None:
            return self._source.document()
        path = self._path(descriptor)
        if path.is_file():
            content = b"".join(_read(path, descriptor))
        else:
            fetched = self._source.document(descriptor).content
            content = b"".join(self._keep(iter([fetched]), path))
        return Document(media_type=descriptor.media_type, content=content)

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Fetch a blob, verified."""
        path = self._path(descriptor)
        if path.is_file():
            return _read(path, descriptor)
        return self._keep(self._source.chunks(descriptor), path)

    def _path(self, descriptor: Descriptor) -> Path:
        algorithm, _, name = descriptor.digest.partition(":")
        return self._folder / algorithm / name

    def _keep(self, chunks: Iterator[bytes], path: Path) -> Iterator[bytes]:
        """Write a blob while it passes by; it stands in its place only when it is whole."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as scratch:
                new = Path(scratch) / path.name
                with new.open("wb") as file:
                    for chunk in chunks:
                        file.write(chunk)
                        yield chunk
                new.replace(path)
        except OSError as error:
            raise OutputUnavailable(
                f"what a registry gives cannot be kept in `{self._folder}`: {error.strerror or error}",
                hint="make room there and run it again; nothing half-written was left",
            ) from error


def _read(path: Path, descriptor: Descriptor) -> Iterator[bytes]:
    """Read what was kept; if it was damaged since, it is thrown away, so that the next run fetches it."""
    try:
        yield from verified(read_chunks(path), descriptor, place=str(path))
    except DigestMismatch:
        path.unlink(missing_ok=True)
        raise
