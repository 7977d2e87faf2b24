"""Layers of images, made entry by entry: what `made_images` cannot say."""

from __future__ import annotations

import io
import tarfile

__all__ = ["archive", "entry", "file", "folder", "link"]


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, *, to: str = "", mode: int = 0o644
) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode, made.mtime = kind, to, mode, 1_000_000
    return made


def archive(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for made, content in entries:
            made.size = len(content)
            packed.addfile(made, io.BytesIO(content))
    return out.getvalue()


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return entry(name, kind, to=to), b""


def folder(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    return entry(name, tarfile.DIRTYPE, mode=mode), b""


def file(name: str, content: bytes = b"") -> tuple[tarfile.TarInfo, bytes]:
    return entry(name), content
