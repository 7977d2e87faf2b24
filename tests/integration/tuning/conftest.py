"""The command line, run in this process."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from tulle.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left with, and wrote."""

    code: int
    out: str
    err: str


class Tulle(Protocol):
    """Runs `tulle tune` in a folder."""

    def __call__(self, folder: Path, *words: str) -> Ran: ...


@pytest.fixture
def tulle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tulle:
    """Give the command, with nobody to be asked and nothing of the user's AWS."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    def run(folder: Path, *words: str) -> Ran:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["tulle", "tune", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(code=left.value.code, out=said.out, err=said.err)

    return run
