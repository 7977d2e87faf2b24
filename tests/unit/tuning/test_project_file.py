"""The memory size in a project's file: written, and nothing else changed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tulle.errors import OutputUnavailable, TuningFailed, UsageError
from tulle.tuning.project_file import write_memory

if TYPE_CHECKING:
    from pathlib import Path

COMMENTED = """\
# Which clothes are these?
name = "clothing"

[model]
path = "clothing.keras"   # trained in July

[function]
  timeout_s   = 30
  memory_mb   = 1024      # measured once, long ago
# memory_mb = 512
requirements = [
    "numpy",   # for the handler
]
"""


def written(folder: Path, text: str, memory_mb: int = 1769, *, stage: str | None = None) -> str:
    (folder / "tulle.toml").write_bytes(text.encode())
    write_memory(folder, memory_mb, stage=stage)
    return (folder / "tulle.toml").read_bytes().decode()


def test_only_the_number_changes(tmp_path: Path) -> None:
    changed = written(tmp_path, COMMENTED)
    assert changed == COMMENTED.replace("memory_mb   = 1024", "memory_mb   = 1769")


def test_says_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text(COMMENTED)
    change = write_memory(tmp_path, 1769)
    assert (change.path, change.key) == (tmp_path.resolve() / "tulle.toml", "function.memory_mb")
    assert (change.before, change.after) == (1024, 1769)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[function]\nmemory_mb = 1769\n"),
        (
            '[model]\npath = "a"\n',
            '[model]\npath = "a"\n\n[function]\nmemory_mb = 1769\n',
        ),
        ("[function]\ntimeout_s = 9 # s\n", "[function]\ntimeout_s = 9 # s\nmemory_mb = 1769\n"),
        ("function = { memory_mb = 512 } # x\n", "function = { memory_mb = 1769 } # x\n"),
        ("function.memory_mb = 512\n", "function.memory_mb = 1769\n"),
        ("[function]\r\nmemory_mb = 512\r\n", "[function]\r\nmemory_mb = 1769\r\n"),
        ("[function]\nmemory_mb = 1_024", "[function]\nmemory_mb = 1769"),
    ],
)
def test_keeps_the_layout_whatever_it_is(tmp_path: Path, before: str, after: str) -> None:
    assert written(tmp_path, before) == after


def test_the_stages_own_size_is_changed_where_it_has_one(tmp_path: Path) -> None:
    text = COMMENTED + "\n[stages.prod.function]\nmemory_mb = 2048 # much\n"
    changed = written(tmp_path, text, stage="prod")
    assert changed == text.replace("2048", "1769")
    assert written(tmp_path, text, stage="test") == text.replace("1024", "1769")


def test_writes_into_a_shared_file(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.tulle.function] # ours\nmemory_mb = 512\n\n[tool.other]\na = 1\n'
    (tmp_path / "pyproject.toml").write_text(text)
    change = write_memory(tmp_path, 1769)
    assert change.key == "tool.tulle.function.memory_mb"
    assert (tmp_path / "pyproject.toml").read_text() == text.replace("512", "1769")


def test_adds_a_section_to_a_shared_file(tmp_path: Path) -> None:
    text = '[tool.tulle.model]\npath = "a" # b\n\n[tool.other]\na = 1\n'
    (tmp_path / "pyproject.toml").write_text(text)
    write_memory(tmp_path, 1769)
    changed = (tmp_path / "pyproject.toml").read_text()
    assert tomllib.loads(changed)["tool"] == {
        "tulle": {"model": {"path": "a"}, "function": {"memory_mb": 1769}},
        "other": {"a": 1},
    }
    assert 'path = "a" # b\n' in changed


def test_the_files_mode_and_a_link_to_it_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text(COMMENTED)
    real.chmod(0o640)
    (tmp_path / "tulle.toml").symlink_to(real)
    write_memory(tmp_path, 1769)
    assert (tmp_path / "tulle.toml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "memory_mb   = 1769" in real.read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"real.toml", "tulle.toml"}


def test_names_tulle_init_where_there_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(UsageError) as raised:
        write_memory(tmp_path, 1769)
    assert "tulle init" in raised.value.hint


def test_a_section_that_is_no_table_is_left_to_its_owner(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text("function = 3\n")
    with pytest.raises(TuningFailed) as raised:
        write_memory(tmp_path, 1769)
    assert "memory_mb = 1769 under [function]" in raised.value.hint
    assert (tmp_path / "tulle.toml").read_text() == "function = 3\n"


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tulle.toml").write_text(COMMENTED)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copymode", full)
    with pytest.raises(OutputUnavailable):
        write_memory(tmp_path, 1769)
    assert (tmp_path / "tulle.toml").read_text() == COMMENTED
    assert [path.name for path in tmp_path.iterdir()] == ["tulle.toml"]
