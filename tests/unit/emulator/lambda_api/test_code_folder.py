"""What is said of a function's code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tulle.emulator.lambda_api.code_folder import read_code_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_the_hash_is_that_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("1")
    first = read_code_folder(tmp_path)
    assert len(first.sha256_base64) == 44
    (tmp_path / "app.py").write_text("2")
    changed = read_code_folder(tmp_path)
    (tmp_path / "app.py").rename(tmp_path / "other.py")
    renamed = read_code_folder(tmp_path)
    assert len({first.sha256, changed.sha256, renamed.sha256}) == 3
    (tmp_path / "other.py").rename(tmp_path / "app.py")
    assert read_code_folder(tmp_path).sha256 == changed.sha256


def test_caches_and_links_to_nothing_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("code")
    before = read_code_folder(tmp_path)
    for name in ("__pycache__", ".venv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text("x" * 1000)
    (tmp_path / "app.pyc").write_text("x")
    (tmp_path / "gone.py").symlink_to("nowhere")
    assert read_code_folder(tmp_path) == before
    assert before.size_bytes == 4


def test_the_age_is_that_of_the_newest_file(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    for name, age_s in (("app.py", 1000), ("package/new.py", 2000)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (age_s, age_s))
    assert read_code_folder(tmp_path).modified_s == 2000


def test_a_folder_that_is_gone_is_empty(tmp_path: Path) -> None:
    assert read_code_folder(tmp_path / "gone").size_bytes == 0
