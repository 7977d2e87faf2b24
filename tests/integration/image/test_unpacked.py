"""Images laid out by tulle and by another tool: the same trees."""

from __future__ import annotations

import stat
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from made_images import OCI, MadeImage, write_image
from made_layers import archive, entry, file, folder, link
from tulle.bundle.image.root import unpack_image
from tulle.registry.layout import LayoutSource
from tulle.registry.reference import LayoutReference
from tulle.registry.source import pull_image

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs("umoci")

PLACES = {"proc", "dev", "tmp", "etc/hosts", "etc/resolv.conf"}
BASE = archive(
    folder("etc"),
    file("etc/name", b"base"),
    folder("usr"),
    folder("usr/lib"),
    file("usr/lib/a.so", b"a" * 5000),
    link("lib", "usr/lib"),
    link("absolute", "/usr"),
    folder("opt"),
    file("opt/one", b"1"),
    file("opt/two", b"2"),
    folder("opt/deep"),
    file("opt/deep/three", b"3"),
    (entry("usr/run", mode=0o755), b"#!/bin/sh\n"),
    link("usr/run-too", "usr/run", tarfile.LNKTYPE),
    link("dangling", "nowhere/at/all"),
)
LAYERS = {
    "files upon files": archive(folder("etc"), file("etc/name", b"upper"), file("etc/new", b"new")),
    "whiteouts": archive(file("opt/.wh.one"), file(".wh.dangling"), file("opt/.wh.deep")),
    "an opaque folder": archive(folder("opt"), file("opt/.wh..wh..opq"), file("opt/four", b"4")),
    "through a link": archive(file("lib/b.so", b"b"), file("absolute/c", b"c")),
    "a folder for a file": archive(folder("usr/run"), file("usr/run/x", b"x")),
    "a file for a folder": archive(file("opt/deep", b"no folder any more")),
    "a link for a folder": archive(link("opt", "usr")),
    "a hard link to below": archive(link("etc/other", "usr/run", tarfile.LNKTYPE)),
}


def tree(root: Path) -> dict[str, object]:
    """Give all that is in a folder, with what can be compared of it."""
    seen: dict[str, object] = {}
    inodes: dict[int, str] = {}
    for path in sorted(root.rglob("*")):
        name, status = str(path.relative_to(root)), path.lstat()
        if name in PLACES:
            continue
        if path.is_symlink():
            seen[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            seen[name] = oct(stat.S_IMODE(status.st_mode))
        else:
            first = inodes.setdefault(status.st_ino, name)
            seen[name] = (oct(stat.S_IMODE(status.st_mode)), path.read_bytes(), first)
    return seen


@pytest.mark.parametrize(
    "layers",
    [(layer,) for layer in LAYERS.values()] + [tuple(LAYERS.values())[:4]],
    ids=[*LAYERS, "several"],
)
def test_umoci_makes_the_same_of_an_image(tmp_path: Path, layers: tuple[bytes, ...]) -> None:
    image = MadeImage(files={}, upper=(BASE, *layers), layer_type=f"{OCI}.layer.v1.tar+gzip")
    write_image(tmp_path / "layout", image)
    (tmp_path / "ours").mkdir()
    found = pull_image(LayoutSource(LayoutReference(path=tmp_path / "layout")), "amd64")
    unpack_image(found, tmp_path / "ours")
    unpack = ["umoci", "unpack", "--rootless", "--image", f"{tmp_path / 'layout'}:latest"]
    ran = subprocess.run(
        [*unpack, str(tmp_path / "theirs")], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert tree(tmp_path / "ours") == tree(tmp_path / "theirs" / "rootfs")
