"""What is refused, with all that is wrong at once and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.build.build_process import built, run_build

if TYPE_CHECKING:
    from pathlib import Path

HANDLER = "import sklearn\n\ndef handler(event, context):\n    return 1\n"
OPTIONS = ("--handler", "app.handler", "--type", "zip")


def test_says_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "app.py").write_text(HANDLER)
    (project / ".env").write_text("TOKEN=1")
    (project / "out").symlink_to(tmp_path)
    (project / "native.so").write_bytes(b"\x7fELF")
    ran = run_build(*OPTIONS, folder=project)
    assert ran.returncode == 5
    assert "error[audit]: the function has 3 problems, so nothing was written" in ran.stderr
    for code in ("error[secret]", "error[link-leads-out]", "error[missing-import]"):
        assert code in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (project / "dist").exists()


def test_goes_on_when_it_is_put_right(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER.replace("import sklearn", "import json"))
    (tmp_path / ".env").write_text("TOKEN=1")
    assert run_build(*OPTIONS, folder=tmp_path).returncode == 5
    (tmp_path / "tulle.toml").write_text('[package]\nexclude = [".env"]\n')
    assert built(*OPTIONS, folder=tmp_path)["size_bytes"] > 0


def test_a_finding_that_is_accepted_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "tulle.toml").write_text('[package]\naccept = ["missing-import"]\n')
    (warning,) = built(*OPTIONS, folder=tmp_path)["warnings"]
    assert warning["code"] == "missing-import"


@pytest.mark.parametrize(
    ("arguments", "code", "status"),
    [
        ((), "invalid-project", 3),
        (("none.tflite",), "model-not-found", 2),
        (("clothing", "--type", "zip", "--push", "localhost:5000/x"), "usage", 2),
        (("clothing", "--base", "UPPER CASE"), "invalid-reference", 2),
    ],
)
def test_refuses_what_cannot_be_meant(
    tmp_path: Path, arguments: tuple[str, ...], code: str, status: int
) -> None:
    ran = run_build(*arguments, folder=tmp_path)
    assert f"error[{code}]" in ran.stderr
    assert ran.returncode == status
    assert "hint: " in ran.stderr


def test_a_full_disk_leaves_nothing_and_the_next_run_finishes(tmp_path: Path) -> None:
    arguments = ("clothing", "--type", "zip")
    first = built(*arguments, folder=tmp_path)
    archive = tmp_path / first["path"]
    archive.unlink()
    ran = run_build(*arguments, folder=tmp_path, most_bytes=2_000_000)
    assert ran.returncode == 5
    assert "error[output-unavailable]" in ran.stderr
    assert [path.suffix for path in archive.parent.iterdir()] == [".json"]
    assert built(*arguments, folder=tmp_path)["digest"] == first["digest"]


def test_refuses_to_replace_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    ran = run_build("clothing", "--type", "zip", "-o", "mine", folder=tmp_path)
    assert "error[output-unavailable]" in ran.stderr
    assert (tmp_path / "mine").is_dir()


def test_a_cache_without_room_is_named(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    ran = run_build(
        *("clothing", "--type", "zip"), folder=tmp_path, cache_folder=cache, most_bytes=2_000_000
    )
    assert ran.returncode == 5
    assert "error[bug]" not in ran.stderr
    assert not (tmp_path / "dist").exists()
