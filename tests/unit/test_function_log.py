"""How a function's log looks on the terminal."""

from __future__ import annotations

import io
import os
from contextlib import suppress

from tulle.cli.function_log import FunctionLog
from tulle.emulator.happening import EnvironmentsCounted, Logged

START = "START RequestId: 1 Version: $LATEST"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(stream: io.StringIO) -> str:
    log = FunctionLog(stream)
    log.hear(EnvironmentsCounted(busy=1, idle=0))
    log.hear(Logged(environment="a", request_id="1", line=START))
    log.hear(EnvironmentsCounted(busy=2, idle=0))
    log.hear(Logged(environment="b", request_id="2", line="hello"))
    log.hear(Logged(environment="a", request_id="1", line="END RequestId: 1"))
    log.hear(EnvironmentsCounted(busy=0, idle=1))
    log.hear(Logged(environment="b", request_id=None, line="late"))
    return stream.getvalue()


def test_lines_are_numbered_while_there_are_several_environments() -> None:
    assert show(io.StringIO()) == f"{START}\n2 | hello\n1 | END RequestId: 1\nlate\n"


def test_a_terminal_shows_colours_and_the_platforms_lines_dim() -> None:
    assert show(Terminal()).splitlines() == [
        f"\x1b[2m{START}\x1b[0m",
        "\x1b[35m2 | \x1b[0mhello",
        "\x1b[36m1 | \x1b[0m\x1b[2mEND RequestId: 1\x1b[0m",
        "late",
    ]


def test_nobody_need_read_on() -> None:
    read_end, write_end = os.pipe()
    stream = open(write_end, "w", buffering=1)  # noqa: SIM115, PTH123 (its end fails)
    os.close(read_end)
    log = FunctionLog(stream)
    for _ in range(2):
        log.hear(Logged(environment="a", request_id="1", line="hello"))
    with suppress(BrokenPipeError):
        stream.close()
