"""What the terminal shows of a transfer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tulle.cli.reporter import TerminalReporter

if TYPE_CHECKING:
    import pytest


def test_a_bar_on_a_terminal_grows_and_goes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    reporter = TerminalReporter()
    for done_bytes in (0, 1_572_864, 3_145_728):
        reporter.progress(done_bytes, 3_145_728)
    empty, half, end = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert empty.strip() == f"{'╌' * 20} 0.0 of 3.0 MiB"
    assert half.strip() == f"{'━' * 10}{'╌' * 10} 1.5 of 3.0 MiB"
    assert not end


def test_there_is_no_bar_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalReporter().progress(0, 1)
    assert not capsys.readouterr().err


def test_nothing_to_send_draws_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    TerminalReporter().progress(0, 0)
    assert not capsys.readouterr().err.strip("\r\x1b[K")
