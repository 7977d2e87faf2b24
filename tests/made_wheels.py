"""Wheels of any name, tag and content, made on the spot."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["make_source", "make_wheel"]


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    files: Mapping[str, bytes] | None = None,
    metadata: str = "",
) -> Path:
    """Write a wheel; without `files`, one of a single empty module.

    Args:
        folder: where to.
        name: the package's.
        version: the package's.
        tag: what the wheel says that it runs on, be it true or not.
        files: what is in it, by path.
        metadata: further lines of its METADATA.
    """
    stem = name.replace("-", "_")
    notes = f"{stem}-{version}.dist-info"
    contents = dict(files or {f"{stem}.py": b""})
    about = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}"
    contents[f"{notes}/METADATA"] = about.encode()
    contents[f"{notes}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    record = "".join(f"{path},,\n" for path in (*contents, f"{notes}/RECORD"))
    contents[f"{notes}/RECORD"] = record.encode()
    wheel = folder / f"{stem}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    return wheel


def make_source(folder: Path, name: str, version: str = "1.0") -> None:
    """Write what stands for a source distribution."""
    (folder / f"{name}-{version}.tar.gz").write_bytes(b"")
