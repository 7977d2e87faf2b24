"""Owns an image's layers: some of a function's files as one compressed archive, the same bytes every time."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tulle.errors import OutputUnavailable
from tulle.registry.content import Descriptor, FileBlob, json_bytes
from tulle.registry.media_types import LAYER_GZIP
from tulle.target import TASK_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath
    from typing import IO

    from tulle.bundle.bundle import BundleFile, Layer

__all__ = ["ImageLayer", "build_layer"]

_ROOT = TASK_ROOT.relative_to("/")
_COMPRESSION_LEVEL = 6
_FORMAT = 1
"""To be raised when the same files shall make other bytes, so that kept layers are not taken any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLayer:
    """A layer that tulle made."""

    layer: Layer
    blob: FileBlob
    diff_id: str
    """The digest of the archive before it was compressed."""
    size: int
    """Of the archive before it was compressed."""


def build_layer(layer: Layer, files: Sequence[BundleFile], folder: Path) -> ImageLayer:
    """Pack files into a layer that is kept in a folder; one that is there already is taken as it is.

    Raises:
        BundleChanged: a file is not what it was when the bundle was put together.
        OutputUnavailable: the folder cannot be written.
    """
    archive = folder / f"{_key(files)}.tar.gz"
    if not archive.is_file():
        try:
            _keep(files, archive)
        except OSError as error:
            raise OutputUnavailable(
                f"a layer cannot be written to `{folder}`: {error.strerror or error}",
                hint="make room there and run it again",
            ) from error
    note = json.loads(_note(archive).read_bytes())
    descriptor = Descriptor(
        media_type=LAYER_GZIP, digest=note["digest"], size=note["compressed_size"]
    )
    return ImageLayer(
        layer=layer,
        blob=FileBlob(descriptor=descriptor, path=archive),
        diff_id=note["diff_id"],
        size=note["size"],
    )


def _key(files: Sequence[BundleFile]) -> str:
    """Name a layer by all that its bytes depend on."""
    entries = [[str(file.path), file.sha256, file.executable] for file in files]
    whole = [_FORMAT, _COMPRESSION_LEVEL, zlib.ZLIB_RUNTIME_VERSION, entries]
    return hashlib.sha256(json_bytes(whole)).hexdigest()


def _note(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.json")


def _keep(files: Sequence[BundleFile], archive: Path) -> None:
    """Write the archive and what is known of it; the archive is put in place last, and so never without its note."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=archive.parent) as scratch:
        new = Path(scratch) / archive.name
        with new.open("wb") as file:
            compressed = _Hashing(file)
            with gzip.GzipFile(
                filename="",
                mode="wb",
                compresslevel=_COMPRESSION_LEVEL,
                fileobj=cast("IO[bytes]", compressed),
                mtime=0,
            ) as zipped:
                plain = _Hashing(zipped)
                _pack(files, cast("IO[bytes]", plain))
        note = {
            "digest": compressed.digest,
            "compressed_size": compressed.size,
            "diff_id": plain.digest,
            "size": plain.size,
        }
        _note(new).write_bytes(json_bytes(note))
        _note(new).replace(_note(archive))
        new.replace(archive)


class _Hashing:
    """Passes bytes on to a file and knows their digest."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        """Pass bytes on."""
        self._sha256.update(content)
        self.size += len(content)
        return self._file.write(content)

    def tell(self) -> int:
        """Say how much was written."""
        return self.size

    def flush(self) -> None:
        """Pass it on."""
        self._file.flush()

    @property
    def digest(self) -> str:
        """Name what was written."""
        return f"sha256:{self._sha256.hexdigest()}"


def _pack(files: Sequence[BundleFile], out: IO[bytes]) -> None:
    """Write the archive: every folder above a file first, for Lambda refuses a layer that leaves one out."""
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for folder in _folders(files):
            entry = _entry(folder, executable=True)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        for file in sorted(files, key=lambda file: file.path.parts):
            content = file.read()
            entry = _entry(_ROOT / file.path, executable=file.executable)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def _folders(files: Sequence[BundleFile]) -> Iterator[PurePosixPath]:
    folders = {folder for file in files for folder in (_ROOT / file.path).parents}
    return (folder for folder in sorted(folders, key=lambda folder: folder.parts) if folder.parts)


def _entry(path: PurePosixPath, *, executable: bool) -> tarfile.TarInfo:
    """Describe a file in the archive; what is not set here is zero: its owner and its time."""
    entry = tarfile.TarInfo(str(path))
    entry.mode = 0o755 if executable else 0o644
    return entry
