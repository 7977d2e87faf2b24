"""Where a group of control groups' version 2 may be made, read from trees as Linux lays them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.emulator.sandbox.control_group import ControlGroup, find_parent, make_group

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, groups: dict[str, str]) -> Path:
    """Make groups, each with the controllers that it hands down."""
    for path, controllers in groups.items():
        folder = root / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.subtree_control").write_text(f"{controllers}\n")
        (folder / "cgroup.procs").touch()
    return root


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("0::/user/app/shell.scope\n", "user/app"),
        ("1:name=systemd:/x\n0::/user/app/deep/shell.scope\n", "user/app"),
        ("0::/system/shell.service\n", None),
        ("4:memory:/user/app\n1:name=systemd:/\n", None),
        ("0::/../outside\n", None),
        ("", None),
    ],
)
def test_the_nearest_group_above_that_hands_memory_down(
    tmp_path: Path, own: str, found: str | None
) -> None:
    groups = {"user": "cpu memory", "user/app": "memory pids", "user/app/deep": "", "system": "cpu"}
    root = tree(tmp_path / "cgroup", groups)
    (tmp_path / "own").write_text(own)
    assert find_parent(root, tmp_path / "own") == (None if found is None else root / found)


def test_a_system_without_control_groups_has_none(tmp_path: Path) -> None:
    assert find_parent(tmp_path / "nowhere", tmp_path / "nothing") is None


def test_a_group_leaves_room_for_a_full_tmp(tmp_path: Path) -> None:
    group = make_group(tmp_path, memory_mb=128, tmp_mb=512)
    assert (group.path / "memory.max").read_text() == str(640 << 20)
    assert (group.path / "memory.oom.group").read_text() == "1"


def test_what_is_in_tmp_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "memory.stat").write_text(
        "anon 2097152\nfile 9000000\nfile_mapped 1048576\nshmem 8000000\n"
    )
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 4\noom 1\noom_kill 2\n")
    group = ControlGroup(path=tmp_path)
    assert (group.held_kb, group.kills) == (3072, 2)


def test_a_group_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    group = ControlGroup(path=tmp_path / "gone")
    assert (group.held_kb, group.kills) == (0, 0)
