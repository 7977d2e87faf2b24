"""Owns laying an image out: its layers, one upon the other, as one root file system."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

from tulle.errors import ArtifactUnusable
from tulle.registry.media_types import LAYER_GZIP, OCI_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from tulle.registry.source import PulledImage, SourceBlob

__all__ = ["unpack_image"]

_GONE = ".wh."
_ALL_GONE = ".wh..wh..opq"
_MOST_LINKS = 40
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
# Where a system mounts what is no file of the image.
_FOLDERS = ("proc", "dev", "tmp")
_FILES = ("etc/resolv.conf", "etc/hosts")


def unpack_image(image: PulledImage, root: Path) -> None:
    """Lay an image's layers out in an empty folder, with places for what Lambda mounts.

    Owners are kept where this process is root's; devices are left out. No link of the image leads
    out of the folder while it is written.

    Raises:
        ArtifactUnusable: a layer is damaged or of a kind that Lambda does not take, or there is no room.
        DigestMismatch: a layer is not the one that the image names.
    """
    root.chmod(0o755)
    for layer in image.layers:
        if layer.descriptor.media_type not in OCI_LAYERS:
            raise ArtifactUnusable(
                f"{image.name} has a layer that Lambda does not take: `{layer.descriptor.media_type}`",
                hint="write it with gzip layers: `skopeo copy --dest-compress-format gzip IMAGE oci:FOLDER`",
            )
        with _translated(image, root), _opened(layer) as archive:
            _Layer(root).apply(archive)
    with _translated(image, root):
        _make_places(root)


@contextmanager
def _opened(layer: SourceBlob) -> Iterator[tarfile.TarFile]:
    """Read a layer as it comes; after the last file, see that all of it was as it should be."""
    chunks = layer.chunks()
    stream = io.BufferedReader(_Stream(chunks))
    packed = OCI_LAYERS[layer.descriptor.media_type] == LAYER_GZIP
    plain = gzip.GzipFile(fileobj=stream, mode="rb") if packed else stream
    with tarfile.open(fileobj=cast("IO[bytes]", plain), mode="r|") as archive:
        yield archive
    deque(chunks, maxlen=0)


@contextmanager
def _translated(image: PulledImage, root: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zlib.error, EOFError) as exc:
        raise _damaged(image, str(exc)) from exc
    except OSError as exc:
        reason = exc.strerror or str(exc)
        if exc.errno not in _NO_ROOM:
            raise _damaged(image, f"{reason}: {exc.filename}" if exc.filename else reason) from exc
        raise ArtifactUnusable(
            f"{image.name} cannot be unpacked into {root}: {reason}",
            hint="make room there, or set TMPDIR to a folder of a larger disk",
        ) from exc


def _damaged(image: PulledImage, why: str) -> ArtifactUnusable:
    return ArtifactUnusable(
        f"{image.name} has a layer that is damaged: {why}", hint="write the image anew"
    )


class _Stream(io.RawIOBase):
    """Chunks, as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed has no name for it
        """Read what is there next."""
        while not self._rest:
            try:
                self._rest = memoryview(next(self._chunks))
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


class _Layer:
    """One layer on its way upon those that are there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._written: set[Path] = set()
        self._owners = os.geteuid() == 0

    def apply(self, archive: tarfile.TarFile) -> None:
        """Write what the layer has, and remove what it says is gone."""
        for entry in archive:
            *above, name = [part for part in PurePosixPath(entry.name).parts if part != "/"] or [""]
            if name == ".." or (name and name.removeprefix(_GONE) in {"", ".", ".."}):
                raise tarfile.TarError(f"it has an entry `{entry.name}`")
            folder = _within(self._root, "/".join(above))
            if name == _ALL_GONE:
                self._empty(folder)
            elif name.startswith(_GONE):
                self._remove(folder / name.removeprefix(_GONE))
            elif name:
                _make_folder(folder)
                self._write(archive, entry, folder / name)

    def _write(self, archive: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
        there = os.path.lexists(path)
        if there and not (entry.isdir() and path.is_dir() and not path.is_symlink()):
            _delete(path)
        if entry.isdir():
            path.mkdir(exist_ok=True)
        elif entry.issym():
            path.symlink_to(entry.linkname)
        elif entry.islnk():
            path.hardlink_to(_within(self._root, entry.linkname, last=False))
        elif entry.isfifo():
            os.mkfifo(path)
        elif entry.isreg():
            _copy(archive, entry, path)
        else:
            return
        self._written.add(path)
        if not entry.islnk():
            self._set_status(entry, path)

    def _set_status(self, entry: tarfile.TarInfo, path: Path) -> None:
        if self._owners:
            with suppress(OSError):  # in a namespace, not every owner is known
                os.chown(path, entry.uid, entry.gid, follow_symlinks=False)
        if entry.issym():
            return
        # Whoever unpacks a folder must be able to fill it, and to remove it.
        path.chmod(entry.mode & 0o7777 | (0o700 if entry.isdir() else 0))
        if not entry.isdir():
            os.utime(path, (entry.mtime, entry.mtime))  # Python's bytecode is held against it

    def _remove(self, path: Path) -> None:
        """Remove what lower layers have there."""
        if path.is_dir() and not path.is_symlink():
            self._empty(path)
            if path not in self._written:
                with suppress(OSError):  # not empty: some of it is this layer's
                    path.rmdir()
        elif path not in self._written:
            path.unlink(missing_ok=True)

    def _empty(self, folder: Path) -> None:
        for path in list(folder.iterdir()) if folder.is_dir() else ():
            self._remove(path)


def _copy(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(entry)
    with path.open("xb") as file:
        if content is not None:
            shutil.copyfileobj(content, file, 1 << 20)


def _within(root: Path, name: str, *, last: bool = True) -> Path:
    """Go the way that a name means where `root` is the root, so that no link leads out of it.

    The last part is followed too, if it is a link, unless `last` is false.
    """
    place, links = root, 0
    parts = deque(name.split("/"))
    while parts:
        part = parts.popleft()
        if part == "..":
            place = place.parent if place != root else root
        elif part not in {"", "."}:
            place /= part
            if place.is_symlink() and (parts or last):
                links += 1
                if links > _MOST_LINKS:
                    raise tarfile.TarError(f"the links on the way to `{name}` have no end")
                target = str(place.readlink())
                place = root if target.startswith("/") else place.parent
                parts.extendleft(reversed(target.split("/")))
    return place


def _make_folder(path: Path) -> None:
    """Make a folder, with those above it, as an image has them that does not speak of them."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir()
        path.chmod(0o755)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _make_places(root: Path) -> None:
    for name in _FOLDERS:
        folder = root / name
        if folder.is_symlink() or not folder.is_dir():
            _delete(folder)
            _make_folder(folder)
    for name in _FILES:
        file = _within(root, str(PurePosixPath(name).parent)) / PurePosixPath(name).name
        if file.is_symlink() or not file.is_file():
            _delete(file)
            _make_folder(file.parent)
            file.touch()
            file.chmod(0o644)
