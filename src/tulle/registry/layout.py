"""Owns OCI image layouts: images in a folder, as the OCI image specification lays them out."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import ImageNotFound, InvalidBase, OutputUnavailable
from tulle.registry.content import (
    Document,
    json_bytes,
    parse_descriptor,
    read_chunks,
    verified,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.content import Blob, Descriptor
    from tulle.registry.reference import LayoutReference

__all__ = ["LayoutDestination", "LayoutSource", "new_layout"]

_MARKER = "oci-layout"
_INDEX = "index.json"
_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
_TAG = "org.opencontainers.image.ref.name"


class LayoutSource:
    """Reads an image in a layout."""

    repository: None = None

    def __init__(self, reference: LayoutReference) -> None:
        self._reference = reference
        self.name = str(reference)

    def document(self, descriptor: Descriptor | None = None) -> Document:
        """Read the manifest or index that the layout's index names, or the one that is meant."""
        wanted = descriptor or self._named()
        return Document(media_type=wanted.media_type, content=b"".join(self.chunks(wanted)))

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Read a blob, verified."""
        path = _blob_path(self._reference.path, descriptor)
        if not path.is_file():
            raise self._missing(f"has no blob {descriptor.digest}")
        return verified(read_chunks(path), descriptor, place=self.name)

    def _named(self) -> Descriptor:
        """Find what the reference means: the tag's entry, or the only one."""
        entries = self._index()
        tag = self._reference.tag
        tags = [entry.get("annotations", {}).get(_TAG) for entry in entries]
        fitting = [entry for entry, own in zip(entries, tags, strict=True) if tag in {None, own}]
        if len(fitting) != 1:
            known = ", ".join(sorted(own for own in tags if own)) or "none with a tag"
            what = f"has no image `{tag}`" if tag else f"has {len(entries)} images"
            raise ImageNotFound(
                f"{self.name} {what}",
                hint=f"name one as `oci:FOLDER:TAG`; there are: {known}",
            )
        return parse_descriptor(fitting[0], place=self.name)

    def _index(self) -> list[dict[str, dict[str, str]]]:
        path = self._reference.path / _INDEX
        if not path.is_file():
            raise self._missing(f"is no OCI image layout: it has no {_INDEX}")
        try:
            index = json.loads(path.read_bytes())
        except ValueError as error:
            raise InvalidBase(
                f"{path} is not JSON", hint="write the layout anew, it is damaged"
            ) from error
        entries = index.get("manifests") if isinstance(index, dict) else None
        return [entry for entry in entries or [] if isinstance(entry, dict)]

    def _missing(self, what: str) -> ImageNotFound:
        return ImageNotFound(
            f"{self.name} {what}",
            hint="name a folder that `skopeo copy … oci:FOLDER` or tulle wrote",
        )


class LayoutDestination:
    """Writes one image into an empty folder."""

    def __init__(self, folder: Path, reference: LayoutReference) -> None:
        self._folder = folder
        self._reference = reference
        self.name = str(reference)

    def has(self, descriptor: Descriptor) -> bool:  # noqa: ARG002 (the folder is new)
        """Tell whether a blob is there already: never, for the folder is new."""
        return False

    def put(self, blob: Blob) -> None:
        """Write a blob."""
        path = _blob_path(self._folder, blob.descriptor)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for chunk in blob.chunks():
                file.write(chunk)

    def finish(self, manifest: Document) -> None:
        """Write the manifest, the index that names it, and what marks the folder as a layout."""
        _blob_path(self._folder, manifest.descriptor).write_bytes(manifest.content)
        tag = self._reference.tag or "latest"
        entry = {**manifest.descriptor.to_json(), "annotations": {_TAG: tag}}
        index = {"schemaVersion": 2, "mediaType": _INDEX_TYPE, "manifests": [entry]}
        (self._folder / _INDEX).write_bytes(json_bytes(index))
        (self._folder / _MARKER).write_bytes(json_bytes({"imageLayoutVersion": "1.0.0"}))


@contextmanager
def new_layout(reference: LayoutReference) -> Iterator[LayoutDestination]:
    """Give a place for one image; when all went well, it stands where the reference says.

    A layout that is there already is replaced, as a whole and only at the end; any other folder is left alone.

    Raises:
        OutputUnavailable: it cannot be written, or something else is there.
    """
    target = reference.path
    if target.exists() and not (target / _MARKER).is_file() and not _is_empty(target):
        raise OutputUnavailable(
            f"`{target}` is there already and is no OCI image layout",
            hint="name another folder for the image, or remove this one first",
        )
    with _translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            folder.chmod(0o755)
            yield LayoutDestination(folder, reference)
            _replace(target, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _replace(target: Path, folder: Path) -> None:
    """Put the new folder in the old one's place; afterwards `folder` is the old one, if there was one."""
    if target.exists():
        old = folder.with_name(f"{folder.name}-old")
        target.rename(old)
        folder.rename(target)
        old.rename(folder)
    else:
        folder.rename(target)


@contextmanager
def _translated(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputUnavailable(
            f"the image cannot be written to `{target}`: {error.strerror or error}",
            hint="make room there, or name another folder; nothing half-written was left",
        ) from error


def _is_empty(path: Path) -> bool:
    return path.is_dir() and next(path.iterdir(), None) is None


def _blob_path(folder: Path, descriptor: Descriptor) -> Path:
    algorithm, _, name = descriptor.digest.partition(":")
    return folder / "blobs" / algorithm / name
