"""The Runtime API byte by byte: what clients other than AWS's may send, and how they may break off."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Self

import pytest

from tulle.emulator.invocation import new_request
from tulle.emulator.outcome import RESPONSE_LIMIT_BYTES, Answer, Oversized
from tulle.emulator.runtime_api import Delivery, Polled, RuntimeApi, Word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scene = Callable[["Runtime"], Awaitable[None]]

HOST = b"Host: 127.0.0.1\r\n"
POLL = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n" + HOST + b"\r\n"


class Connection:
    """A connection on which bytes are sent as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def reply(self) -> tuple[int, bytes]:
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), timeout=60)
        length = re.search(rb"Content-Length: (\d+)", head)
        body = await self._reader.readexactly(int(length[1])) if length else b""
        return int(head.split()[1]), body

    async def is_closed(self) -> bool:
        return await asyncio.wait_for(self._reader.read(), timeout=60) == b""

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Runtime:
    """The Runtime API, and who connects to it."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[Word] = asyncio.Queue()
        self.api = RuntimeApi(self.words.put_nowait)
        self._connections: list[Connection] = []

    async def connect(self) -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self._connections.append(connection)
        return connection

    async def __aenter__(self) -> Self:
        self.port = int((await self.api.start()).partition(":")[2])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.api.stop()
        await asyncio.gather(*(c.close() for c in self._connections), return_exceptions=True)

    async def word(self) -> Word:
        return await asyncio.wait_for(self.words.get(), timeout=60)

    async def receive(self, connection: Connection) -> bytes:
        """Get an invocation, and give the path of its response."""
        connection.send(POLL)
        assert await self.word() == Polled()
        delivery = Delivery(request=new_request(b"{}", invoked_arn="arn", now_s=0), deadline_ms=0)
        self.api.deliver(delivery)
        assert await connection.reply() == (200, b"{}")
        return f"/2018-06-01/runtime/invocation/{delivery.request.request_id}/response".encode()


def play(scene: Scene) -> None:
    async def run() -> None:
        async with Runtime() as runtime:
            await scene(runtime)

    asyncio.run(run())


def post(path: bytes, more: bytes, body: bytes = b"") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + more + b"\r\n" + body


def test_a_body_may_come_in_chunks_and_byte_by_byte() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        body = b"4\r\n[1,2\r\n3\r\n,3]\r\n0\r\n\r\n"
        for byte in post(path, b"Transfer-Encoding: chunked\r\n", body):
            connection.send(bytes([byte]))
            await asyncio.sleep(0)
        assert await connection.reply() == (202, b'{"status":"OK"}\n')
        assert await runtime.word() == Answer(body=b"[1,2,3]")

    play(scene)


def test_an_answer_and_the_next_poll_may_come_in_one_piece() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        connection.send(post(path, b"Content-Length: 1\r\n", b"1") + POLL)
        assert (await connection.reply())[0] == 202
        assert [await runtime.word(), await runtime.word()] == [Answer(body=b"1"), Polled()]

    play(scene)


def test_who_asks_before_sending_a_body_is_told_to_go_on() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        connection.send(post(path, b"Content-Length: 1\r\nExpect: 100-continue\r\n"))
        assert await connection.reply() == (100, b"")
        connection.send(b"1")
        assert (await connection.reply())[0] == 202
        connection.send(post(path, b"Content-Length: 1\r\nExpect: 100-continue\r\n"))
        assert (await connection.reply())[0] == 403
        assert await connection.is_closed()

    play(scene)


def test_a_body_is_refused_as_soon_as_it_is_too_large_and_read_to_its_end() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        length = RESPONSE_LIMIT_BYTES + 1000
        connection.send(post(path, b"Content-Length: %d\r\n" % length))
        connection.send(bytes(RESPONSE_LIMIT_BYTES + 1))
        assert (await connection.reply())[0] == 413
        assert await runtime.word() == Oversized()
        connection.send(bytes(999) + POLL)
        assert await runtime.word() == Polled()

    play(scene)


@pytest.mark.parametrize(
    ("head", "more"),
    [(b" HTTP/1.0\r\n", b""), (b" HTTP/1.1\r\n", b"Connection: close\r\n")],
)
def test_a_client_that_wants_no_more_is_let_go_after_its_reply(head: bytes, more: bytes) -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        connection.send(b"GET /2018-06-01/runtime/invocation/next" + head + HOST + more + b"\r\n")
        assert await runtime.word() == Polled()
        request = new_request(b'"last"', invoked_arn="arn", now_s=0)
        runtime.api.deliver(Delivery(request=request, deadline_ms=0))
        assert await connection.reply() == (200, b'"last"')
        assert await connection.is_closed()

    play(scene)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /2018-06-01/ping HTTP/1.1\r\n" + HOST + b"\r\n", 200),
        (b"GET /ping HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /2018-06-01/runtime/restore/next HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"PUT /2018-06-01/runtime/invocation/next HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (b"GET /2018-06-01/ping HTTP/1.1\r\nHost: example.com\r\n\r\n", 403),
        (b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n", 403),
        (b"not HTTP\r\n\r\n", 400),
        (b"GET /2018-06-01/ping HTTP/1.1\r\nX: ".ljust(2 * 1024 * 1024 + 1, b"x"), 431),
    ],
)
def test_what_is_no_request_of_a_runtime_is_refused(sent: bytes, status: int) -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        connection.send(sent)
        assert (await connection.reply())[0] == status
        assert runtime.words.empty()

    play(scene)


def test_a_header_of_a_mebibyte_is_read() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        cause = b"Lambda-Runtime-Function-XRay-Error-Cause: " + b"x" * 1_048_575 + b"\r\n"
        error = path.replace(b"/response", b"/error")
        connection.send(post(error, cause + b"Content-Length: 2\r\n", b"{}"))
        assert (await connection.reply())[0] == 202
        assert await runtime.word() == Answer(body=b"{}", error_type="Runtime.Unknown")

    play(scene)


def test_a_second_request_behind_a_poll_cuts_both_off() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        connection.send(POLL + POLL)
        assert (await connection.reply())[0] == 400
        assert await connection.is_closed()
        other = await runtime.connect()
        other.send(POLL)
        request = new_request(b'"other"', invoked_arn="arn", now_s=0)
        runtime.api.deliver(Delivery(request=request, deadline_ms=0))
        assert await other.reply() == (200, b'"other"')

    play(scene)


def test_an_answer_that_was_cut_off_stays_begun() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        connection.send(post(path, b"Content-Length: 9\r\n", b"[1,"))
        await connection.close()
        other = await runtime.connect()
        for again in (post(path, b"Content-Length: 1\r\n", b"1"), POLL):
            other.send(again)
            status, body = await other.reply()
            assert (status, b"from InvocationResponse to " in body) == (403, True)
        assert runtime.words.empty()

    play(scene)


def test_nobody_may_ask_for_more_while_an_answer_is_on_its_way() -> None:
    async def scene(runtime: Runtime) -> None:
        connection = await runtime.connect()
        path = await runtime.receive(connection)
        connection.send(post(path, b"Content-Length: 3\r\n", b"[1"))
        other = await runtime.connect()
        other.send(POLL)
        status, body = await other.reply()
        assert (status, b"from InvocationResponse to Ready" in body) == (403, True)
        connection.send(b"]")
        assert (await connection.reply())[0] == 202
        assert await runtime.word() == Answer(body=b"[1]")

    play(scene)
