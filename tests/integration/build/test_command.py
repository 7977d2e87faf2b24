"""`tulle build` on the command line: what it tells, and two of it at once."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from integration.build.build_process import built, run_build

if TYPE_CHECKING:
    from pathlib import Path

HANDLER = "def handler(event, context):\n    return 1\n"
OPTIONS = ("--handler", "app.handler", "--type", "zip")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".venv").mkdir(parents=True)
    (folder / "app.py").write_text(HANDLER)
    return folder


def test_shows_what_it_built(project: Path) -> None:
    ran = run_build(*OPTIONS, folder=project)
    lines = ran.stdout.splitlines()
    assert ran.returncode == 0
    assert lines[0] == "dist/project.zip"
    assert [line.split()[0] for line in lines[2:6]] == ["dependencies", "code", "all,", "zip"]
    assert lines[-1].startswith("  built in ")
    assert lines[-1].endswith(" for python3.13 on x86_64")


def test_explains_every_file(project: Path) -> None:
    ran = run_build(*OPTIONS, "--explain", folder=project)
    assert f"  + {len(HANDLER):>11}  app.py  the project's own" in ran.stdout
    assert "  -              .venv  never needed in a function" in ran.stdout
    said = json.loads(run_build(*OPTIONS, "--explain", "--json", folder=project).stdout)
    (app,) = [entry for entry in said["files"] if entry["path"] == "app.py"]
    assert (app["size"], app["origin"], app["keep"]) == (len(HANDLER), "project", True)


def test_options_are_relative_to_the_current_folder(project: Path) -> None:
    result = built(*OPTIONS, "--folder", "project", "-o", "out.zip", folder=project.parent)
    assert (project.parent / "out.zip").stat().st_size == result["size_bytes"]
    assert not (project / "dist").exists()


def test_builds_what_a_stage_says(project: Path) -> None:
    (project / "tulle.toml").write_text(
        '[function]\nhandler = "app.handler"\n[package]\ntype = "zip"\n'
        '[stages.next.function]\nruntime = "python3.14"\n'
    )
    assert built(folder=project)["runtime"] == "python3.13"
    assert built("--stage", "next", folder=project)["runtime"] == "python3.14"


def test_what_was_built_is_no_part_of_the_next(project: Path) -> None:
    first = built(*OPTIONS, "-o", "here.zip", folder=project)
    second = built(*OPTIONS, "-o", "here.zip", folder=project)
    assert (second["unchanged"], second["digest"]) == (True, first["digest"])


def test_builds_at_once_do_not_disturb_each_other(project: Path, tmp_path: Path) -> None:
    def build(_: int) -> str:
        digest: str = built(*OPTIONS, folder=project, cache_folder=tmp_path / "cache")["digest"]
        return digest

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(build, range(3)))) == 1
    assert sorted(path.name for path in (project / "dist").iterdir()) == [
        "project.zip",
        "project.zip.cdx.json",
    ]


def test_an_image_of_a_clean_checkout_names_its_commit(project: Path, base: str) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        command = ["git", *who, *arguments]
        ran = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    git("init", "--quiet")
    git("add", "app.py")
    git("commit", "--quiet", "--message", "Begin")
    arguments = ("--handler", "app.handler", "--base", base)
    result = built(*arguments, folder=project)
    named = (project / result["path"] / "blobs" / result["digest"].replace(":", "/")).read_text()
    assert git("rev-parse", "HEAD") in named
    (project / "app.py").write_text(HANDLER.replace("1", "2"))
    changed = built(*arguments, folder=project)
    layout = project / changed["path"] / "blobs" / changed["digest"].replace(":", "/")
    assert "image.revision" not in layout.read_text()
