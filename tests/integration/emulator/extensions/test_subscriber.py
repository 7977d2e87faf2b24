"""How events get to an extension: in batches, again where it does not listen yet, and what is lost is told."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ports import free_ports
from tulle.emulator.telemetry.subscription import Api, Subscription
from tulle.emulator.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PLENTY_S = 30.0


class Listener:
    """An extension that listens, and answers as it is told to."""

    def __init__(self) -> None:
        self.batches: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    @asynccontextmanager
    async def on(self, port: int) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._take_in, "127.0.0.1", port)
        async with server:
            yield

    async def _take_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        batch = json.loads(await reader.readexactly(length))
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        self.batches.put_nowait(batch)

    async def hear(self) -> list[Any]:
        return await asyncio.wait_for(self.batches.get(), PLENTY_S)


@pytest.fixture
def subscription() -> Subscription:
    (port,) = free_ports(1)
    return Subscription(
        name="outer",
        api=Api.TELEMETRY,
        schema_version="2022-12-13",
        types=("function",),
        port=port,
        path="/",
        max_items=3,
        max_bytes=1000,
        timeout_s=PLENTY_S,
    )


def subscribed(subscription: Subscription) -> Telemetry:
    telemetry = Telemetry(lambda: 1_700_000_000.5)
    telemetry.open()
    telemetry.subscribe(subscription)
    telemetry.close()
    return telemetry


def records(batch: list[Any]) -> list[Any]:
    return [event["record"] for event in batch]


def test_a_batch_goes_when_it_has_enough_events_or_bytes_or_is_flushed(
    subscription: Subscription,
) -> None:
    async def scene() -> list[list[Any]]:
        listener, telemetry = Listener(), subscribed(subscription)
        async with listener.on(subscription.port):
            for number in range(4):
                telemetry.publish("function", f"{number}\n")
            by_number = await listener.hear()
            telemetry.publish("function", "x" * 1000)
            by_bytes = await listener.hear()
            telemetry.publish("function", "last\n")
            await telemetry.flush(limit_s=PLENTY_S)
            flushed = await listener.hear()
        await telemetry.end()
        return [by_number, by_bytes, flushed]

    by_number, by_bytes, flushed = asyncio.run(scene())
    assert by_number[0] == {"time": "2023-11-14T22:13:20.500Z", "type": "function", "record": "0\n"}
    assert records(by_number) == ["0\n", "1\n", "2\n"]
    assert records(by_bytes) == ["3\n", "x" * 1000]
    assert records(flushed) == ["last\n"]


def test_an_extension_may_listen_a_moment_after_it_has_subscribed(
    subscription: Subscription,
) -> None:
    async def scene() -> list[Any]:
        listener, telemetry = Listener(), subscribed(replace(subscription, timeout_s=0.001))
        telemetry.publish("function", "early\n")
        await asyncio.sleep(0.02)
        async with listener.on(subscription.port):
            batch = await listener.hear()
        await telemetry.end()
        return batch

    assert records(asyncio.run(scene())) == ["early\n"]


def test_what_was_lost_is_told_with_what_comes_next(subscription: Subscription) -> None:
    async def scene() -> list[list[Any]]:
        listener, telemetry = Listener(), subscribed(subscription)
        well, listener.answer = listener.answer, b"HTTP/1.1 503 Busy\r\n\r\n"
        async with listener.on(subscription.port):
            telemetry.publish("function", "lost\n")
            await telemetry.flush(limit_s=PLENTY_S)
            listener.answer = well
            telemetry.publish("function", "found\n")
            await telemetry.flush(limit_s=PLENTY_S)
        await telemetry.end()
        return [listener.batches.get_nowait() for _ in range(listener.batches.qsize())]

    *refused, last = asyncio.run(scene())
    assert [records(batch) for batch in refused] == [["lost\n"]] * 4
    assert [event["type"] for event in last] == ["platform.logsDropped", "function"]
    loss = records(last)[0]
    assert loss["reason"] == "the extension answered 503"
    assert loss["droppedRecords"] == 1
    assert loss["droppedBytes"] == len(json.dumps(refused[0][0], separators=(",", ":")))


def test_a_later_wish_takes_the_place_of_an_earlier_one(subscription: Subscription) -> None:
    async def scene() -> list[Any]:
        first, second = Listener(), Listener()
        (port,) = free_ports(1)
        telemetry = Telemetry(lambda: 0)
        telemetry.open()
        telemetry.publish("function", "kept\n")
        telemetry.subscribe(subscription)
        telemetry.subscribe(replace(subscription, port=port))
        async with first.on(subscription.port), second.on(port):
            telemetry.publish("function", "new\n")
            await telemetry.flush(limit_s=PLENTY_S)
            batch = await second.hear()
            assert first.batches.empty()
        await telemetry.end()
        return batch

    assert "new\n" in records(asyncio.run(scene()))
