"""What a second build takes over from the first."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from made_wheels import make_wheel
from tulle.errors import IndexUnavailable, LockedPackageGone
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

    from integration.wheels.project import Project
    from tulle.bundle.wheels.store import Dependencies

TARGET = find_target("python3.13", "x86_64")


def versions(found: Dependencies) -> dict[str, str]:
    return {package.wheel.name: package.wheel.version for package in found.packages}


def anew(project: Project, tmp_path: Path, name: str) -> Project:
    """Give the same project on another machine: its folder, and nothing that was kept."""
    environ = {**project.environ, "UV_CACHE_DIR": str(tmp_path / name / "uv")}
    return replace(project, cache=tmp_path / name / "cache", environ=environ)


def test_repeats_the_choice_of_the_lock(offline: Project, index: Path, tmp_path: Path) -> None:
    make_wheel(index, "thing", "1.0")
    offline.dependencies(TARGET, "thing", with_runtime=False)
    written = offline.lock.read_bytes()
    make_wheel(index, "thing", "1.1")
    found = anew(offline, tmp_path, "other").dependencies(TARGET, "thing", with_runtime=False)
    assert versions(found) == {"thing": "1.0"}
    assert offline.lock.read_bytes() == written


def test_chooses_anew_for_another_request(offline: Project, index: Path) -> None:
    make_wheel(index, "thing", "1.0")
    offline.dependencies(TARGET, "thing", with_runtime=False)
    make_wheel(index, "thing", "1.1")
    found = offline.dependencies(TARGET, "thing>=1", with_runtime=False)
    assert versions(found) == {"thing": "1.1"}


def test_the_lock_names_no_address(offline: Project, index: Path) -> None:
    make_wheel(index, "thing")
    offline.dependencies(TARGET, "thing", with_runtime=False)
    text = offline.lock.read_text(encoding="utf-8")
    assert "thing-1.0-py3-none-any.whl" in text
    assert "://" not in text
    assert str(index) not in text


def test_a_second_build_asks_nobody(offline: Project, index: Path) -> None:
    make_wheel(index, "thing")
    first = offline.dependencies(TARGET, "thing", with_runtime=False)
    shutil.rmtree(index)
    environ = {**offline.environ, "UV_CACHE_DIR": "/nowhere", "UV_FIND_LINKS": "/nowhere"}
    offline.story.steps.clear()
    second = replace(offline, environ=environ).dependencies(TARGET, "thing", with_runtime=False)
    assert second == first
    assert offline.story.steps == []


def test_what_is_kept_outlives_uvs_cache(offline: Project, index: Path) -> None:
    make_wheel(index, "thing", files={"thing.py": b"content = 1"})
    environ = {**offline.environ, "UV_LINK_MODE": "symlink", "UV_COMPILE_BYTECODE": "1"}
    found = replace(offline, environ=environ).dependencies(TARGET, "thing", with_runtime=False)
    shutil.rmtree(offline.environ["UV_CACHE_DIR"])
    assert b"content = 1" in {file.read() for file in found.files}


def test_two_machines_make_the_same_files(offline: Project, index: Path, tmp_path: Path) -> None:
    files = {f"thing/module{count}.py": b"a = {'x', 'y', 'z'}" for count in range(20)}
    make_wheel(index, "thing", files=files)
    found = [
        anew(offline, tmp_path, name).dependencies(TARGET, "thing", with_runtime=False)
        for name in ("one", "the other")
    ]
    one, other = ([(file.path, file.sha256) for file in each.files] for each in found)
    assert one == other


def test_makes_damaged_files_anew(offline: Project, index: Path) -> None:
    make_wheel(index, "thing", files={"thing.py": b"content = 1"})
    first = offline.dependencies(TARGET, "thing", with_runtime=False)
    (damaged,) = offline.cache.glob("*/files/thing.py")
    damaged.unlink()
    damaged.write_bytes(b"")
    second = offline.dependencies(TARGET, "thing", with_runtime=False)
    assert [file.read() for file in second.files] == [file.read() for file in first.files]
    assert b"content = 1" in {file.read() for file in second.files}


def test_two_builds_at_a_time_do_not_disturb_each_other(offline: Project, index: Path) -> None:
    make_wheel(index, "thing", files={f"thing/m{count}.py": b"" for count in range(50)})
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(offline.dependencies, TARGET, "thing", with_runtime=False) for _ in range(4)
        ]
        found = [job.result() for job in jobs]
    for each in found:
        assert [file.sha256 for file in each.files] == [file.sha256 for file in found[0].files]
        assert all(len(file.read()) == file.size for file in each.files)
    (entry,) = offline.cache.iterdir()
    assert (entry / "index.json").is_file()


def test_refuses_a_file_that_changed_since(offline: Project, index: Path, tmp_path: Path) -> None:
    make_wheel(index, "thing", files={"thing.py": b"old = 1"})
    offline.dependencies(TARGET, "thing", with_runtime=False)
    make_wheel(index, "thing", files={"thing.py": b"new = 2"})
    other = anew(offline, tmp_path, "other")
    with pytest.raises(LockedPackageGone, match="the lock names") as caught:
        other.dependencies(TARGET, "thing", with_runtime=False)
    assert "delete tulle.lock" in caught.value.hint
    assert list(other.cache.iterdir()) == []


def test_refuses_a_version_that_is_gone(offline: Project, index: Path, tmp_path: Path) -> None:
    wheel = make_wheel(index, "thing", "1.0")
    offline.dependencies(TARGET, "thing", with_runtime=False)
    wheel.unlink()
    make_wheel(index, "thing", "1.1")
    with pytest.raises(LockedPackageGone):
        anew(offline, tmp_path, "other").dependencies(TARGET, "thing", with_runtime=False)


def test_says_that_the_index_does_not_answer(offline: Project) -> None:
    environ = {
        **offline.environ,
        "UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple",
        "UV_HTTP_RETRIES": "0",
    }
    with pytest.raises(IndexUnavailable, match="does not answer"):
        replace(offline, environ=environ).dependencies(TARGET, "thing", with_runtime=False)
    assert list(offline.folder.iterdir()) == []
