"""What a terminal is sent: styles, unless the user wants none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_STYLE = b"\x1b["


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("predict", "nowhere.jpg"), b"hint"),
        (("inspect", "clothing"), b"one run"),
    ],
)
def test_a_terminal_is_sent_styles_unless_no_color_is_set(
    arguments: tuple[str, ...], text: bytes
) -> None:
    assert _STYLE in _shown(arguments, NO_COLOR="")
    plain = _shown(arguments, NO_COLOR="1")
    assert text in plain
    assert _STYLE not in plain


def _shown(arguments: tuple[str, ...], **variables: str) -> bytes:
    """Run the command in a terminal, and give all that was sent to it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tulle", *arguments]
    environ = {**os.environ, **variables}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environ):
        os.close(theirs)
        sent = bytearray()
        while chunk := _read(ours):
            sent += chunk
    os.close(ours)
    return bytes(sent)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # Linux's way to say that nobody writes any more


def test_an_interrupt_while_the_command_loads_shows_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    ran = subprocess.run(
        [sys.executable, "-m", "tulle", "--help"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr.split()) == (130, "", ["interrupted"])
