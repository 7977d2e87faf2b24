"""Which of a project's files go into its function."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tulle.bundle.project_files import ProjectFiles, collect_project_files

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def paths(found: ProjectFiles) -> list[str]:
    return [str(file.path) for file in found.files]


def codes(found: ProjectFiles) -> list[str]:
    return [finding.code for finding in found.findings]


def test_takes_all_but_what_no_function_needs(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "lib/résumé of it.py", "data/table.csv", ".env")
    write(tmp_path, ".git/HEAD", "lib/__pycache__/a.pyc", "venv/x.py", "env/pyvenv.cfg", "env/x.py")
    write(tmp_path, "tulle.toml", "node_modules/a/index.js", ".venv/x", ".tulle/events/x.json")
    found = collect_project_files(tmp_path)
    assert paths(found) == [".env", "app.py", "data/table.csv", "lib/résumé of it.py"]
    reasons = {entry.path: entry.reason for entry in found.left_out}
    assert reasons["env"] == "a virtual environment"
    assert reasons["lib/__pycache__"] == "never needed in a function"


def test_patterns_exclude_names_and_paths(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "notes/a.md", "lib/notes.md", "lib/keep.md", "data/raw/a.csv")
    found = collect_project_files(tmp_path, exclude=("notes/", "lib/n*.md", "*.csv"))
    assert paths(found) == ["app.py", "lib/keep.md"]
    assert {entry.reason for entry in found.left_out} >= {"excluded by `*.csv`"}


def test_leaves_the_source_of_the_model_out(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "m/model.keras", "dist/app.zip")
    elsewhere = (tmp_path / "m/model.keras", tmp_path / "dist")
    assert paths(collect_project_files(tmp_path, elsewhere=elsewhere)) == ["app.py"]


def test_follows_links_within_the_project(tmp_path: Path) -> None:
    write(tmp_path, "lib/code.py")
    (tmp_path / "same.py").symlink_to("lib/code.py")
    (tmp_path / "other").symlink_to("lib")
    assert paths(collect_project_files(tmp_path)) == ["lib/code.py", "other/code.py", "same.py"]


def test_refuses_links_that_lead_out(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(project, "app.py")
    write(tmp_path, "outside/secret.txt")
    (project / "folder").symlink_to("../outside")
    (project / "file").symlink_to(tmp_path / "outside/secret.txt")
    (project / "etc").symlink_to("/etc")
    found = collect_project_files(project)
    assert paths(found) == ["app.py"]
    assert codes(found) == ["link-leads-out"] * 3
    assert "folder is a link that leads out" in found.findings[2].message


def test_refuses_links_that_lead_nowhere_or_in_circles(tmp_path: Path) -> None:
    write(tmp_path, "a/x/code.py")
    (tmp_path / "a/x/up").symlink_to(tmp_path / "a")
    (tmp_path / "gone").symlink_to("nothing")
    (tmp_path / "self").symlink_to("self")
    found = collect_project_files(tmp_path)
    assert paths(found) == ["a/x/code.py"]
    assert sorted(codes(found)) == ["link-loop", "unreadable", "unreadable"]


def test_two_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    write(tmp_path, "a/one.py", "b/two.py")
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    assert "link-loop" in codes(collect_project_files(tmp_path))


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert codes(collect_project_files(tmp_path)) == ["not-a-file"]


def test_refuses_names_that_no_archive_can_hold(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x")
    assert codes(collect_project_files(tmp_path)) == ["name-not-unicode"]


def test_keeps_what_may_be_run(tmp_path: Path) -> None:
    write(tmp_path, "run.sh", "plain.txt")
    (tmp_path / "run.sh").chmod(0o700)
    (tmp_path / "plain.txt").chmod(0o640)
    found = collect_project_files(tmp_path)
    assert [(str(file.path), file.executable) for file in found.files] == [
        ("plain.txt", False),
        ("run.sh", True),
    ]
