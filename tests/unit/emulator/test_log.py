"""A child's output by lines."""

from __future__ import annotations

import asyncio
import os

from tulle.emulator.log import LogPipe


def lines_of(*pieces: bytes) -> list[str]:
    lines: list[str] = []

    async def read() -> None:
        pipe = LogPipe(lines.append)
        for piece in pieces:
            os.write(pipe.write_end, piece)
            pipe._read_in_turn()
        pipe.close_write_end()
        pipe.close()

    asyncio.run(read())
    return lines


def test_a_carriage_return_ends_a_line_and_so_does_one_with_a_line_feed() -> None:
    assert lines_of(b"one\rtwo\r\n\nfour") == ["one", "two", "", "four"]


def test_a_line_feed_may_come_later_than_its_carriage_return() -> None:
    assert lines_of(b"one\r", b"\ntwo\r", b"three\r") == ["one", "two", "three"]
