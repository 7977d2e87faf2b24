"""The zip's bytes."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tulle.bundle.bundle import Layer, file_of
from tulle.bundle.zip_archive import write_zip
from tulle.errors import BundleChanged
from unit.build.made_bundles import bundle_file, made_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle


def zipped(bundle: Bundle) -> bytes:
    file = io.BytesIO()
    write_zip(bundle, file)
    return file.getvalue()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    archives = set()
    for name, mode, time_s in (("a", 0o644, 1e9), ("ü b", 0o640, 1.5e9)):
        path = tmp_path / name
        path.write_text("x" * 10_000)
        path.chmod(mode)
        os.utime(path, (time_s, time_s))
        file = file_of(PurePosixPath("data.txt"), path, origin="project", layer=Layer.CODE)
        archives.add(zipped(made_bundle(file, bundle_file("app.py", "pass"))))
    assert len(archives) == 1


def test_holds_names_contents_and_modes() -> None:
    bundle = made_bundle(
        bundle_file("päth/ünd.py", "x = 1"), bundle_file("run.sh", "", executable=True)
    )
    with zipfile.ZipFile(io.BytesIO(zipped(bundle))) as archive:
        assert archive.testzip() is None
        assert archive.read("päth/ünd.py") == b"x = 1"
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {"päth/ünd.py": stat.S_IFREG | 0o644, "run.sh": stat.S_IFREG | 0o755}


def test_refuses_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text("then")
    file = file_of(PurePosixPath("app.py"), path, origin="project", layer=Layer.CODE)
    path.write_text("now")
    with pytest.raises(BundleChanged, match=r"app\.py changed"):
        zipped(made_bundle(file))
