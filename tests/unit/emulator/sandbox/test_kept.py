"""What of the real `/tmp` an environment still sees."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tulle.emulator.function import Function
from tulle.emulator.sandbox.kept import kept_folders

TMP = Path("/tmp")  # noqa: S108 (the real one)


def function(folder: Path, *search_path: Path) -> Function:
    return Function(
        name="fn",
        handler="app.handler",
        folder=folder,
        python=Path("/usr/bin/python3"),
        search_path=search_path,
    )


def test_the_functions_folders_stay_each_once() -> None:
    with tempfile.TemporaryDirectory(dir=TMP) as name:
        folder = Path(name)
        (folder / "function").mkdir()
        (folder / "modules").mkdir()
        kept = kept_folders(function(folder / "function", folder / "modules", folder / "gone"))
        assert kept is not None
        assert {f"{folder}/function", f"{folder}/modules"} <= set(kept)
        assert f"{folder}/gone" not in kept
        whole = kept_folders(function(folder, folder / "modules"))
        assert whole is not None
        assert [path for path in whole if path.startswith(name)] == [name]


def test_a_link_stays_at_both_its_ends() -> None:
    with tempfile.TemporaryDirectory(dir=TMP) as name:
        (Path(name) / "real").mkdir()
        (Path(name) / "link").symlink_to("real")
        kept = kept_folders(function(Path(name) / "link"))
        assert kept is not None
        assert {f"{name}/link", f"{name}/real"} <= set(kept)


def test_what_this_interpreter_has_in_tmp_stays() -> None:
    kept = kept_folders(function(Path("/usr")))
    assert kept is not None
    within = [entry for entry in sys.path if entry.startswith("/tmp/") and Path(entry).is_dir()]  # noqa: S108
    assert all(any(Path(entry).is_relative_to(path) for path in kept) for entry in within)


def test_a_function_that_is_all_of_tmp_needs_the_whole() -> None:
    assert kept_folders(function(TMP)) is None
