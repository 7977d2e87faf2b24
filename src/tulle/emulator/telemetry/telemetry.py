"""Owns `Telemetry`: events of one execution environment, and which extensions hear of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.emulator.aws_json import compact_json
from tulle.emulator.telemetry.records import for_logs_api
from tulle.emulator.telemetry.subscriber import Loss, Subscriber
from tulle.emulator.telemetry.subscription import Api

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.telemetry.records import Record
    from tulle.emulator.telemetry.subscription import Subscription

__all__ = ["Telemetry"]

_MOST_KEPT = 10_000


class Telemetry:
    """Events of one execution environment.

    While extensions may still subscribe, events are kept for those that will. Where nobody has
    subscribed when that is over, nothing is done with events any more.

    Args:
        now_s: tells the Unix time in seconds.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._kept: list[tuple[float, str, Record | str]] = []
        self._subscribers: dict[tuple[str, Api], Subscriber] = {}
        self._ended: set[asyncio.Task[None]] = set()
        self.is_open = False
        """Whether extensions may subscribe."""

    @property
    def active(self) -> bool:
        """Tell whether anybody hears of an event, or may yet."""
        return self.is_open or bool(self._subscribers)

    def subscribe(self, subscription: Subscription) -> None:
        """Tell an extension of all that was and will be; a later wish takes the place of an earlier one."""
        key = subscription.name, subscription.api
        before = self._subscribers.get(key)
        if before is not None:
            ending = asyncio.create_task(before.stop())
            self._ended.add(ending)
            ending.add_done_callback(self._ended.discard)
        self._subscribers[key] = subscriber = Subscriber(subscription, self._event_of_loss)
        for event in self._kept:
            self._pass_on(subscriber, *event)
        kind = f"platform.{subscription.api.lower()}Subscription"
        record = {
            "name": subscription.name,
            "state": "Subscribed",
            "types": list(subscription.types),
        }
        self.publish(kind, record)

    def publish(self, kind: str, record: Record | str) -> None:
        """Tell of something: of the platform's, or a line of the function's or an extension's log."""
        event = self._now_s(), kind, record
        if self.is_open and len(self._kept) < _MOST_KEPT:
            self._kept.append(event)
        for subscriber in self._subscribers.values():
            self._pass_on(subscriber, *event)

    def close(self) -> None:
        """Take in no more subscriptions."""
        self.is_open = False
        self._kept.clear()

    async def flush(self, *, limit_s: float) -> None:
        """Send what there is now, and wait a while until it is sent."""
        flushes = (one.flush(limit_s=limit_s) for one in self._subscribers.values())
        await asyncio.gather(*flushes)

    def open(self) -> None:
        """Let extensions subscribe."""
        self.is_open = True

    async def end(self) -> None:
        """Forget the subscribers, for they have ended; keep what comes after it for those that start anew."""
        if not self._subscribers:
            return  # what is kept since the end before is still to be told
        self.is_open = True
        subscribers, self._subscribers = self._subscribers, {}
        self._kept.clear()
        await asyncio.gather(*(one.stop() for one in subscribers.values()), *self._ended)

    def _pass_on(
        self, subscriber: Subscriber, time_s: float, kind: str, record: Record | str
    ) -> None:
        wanted = subscriber.subscription
        if kind.partition(".")[0] not in wanted.types:
            return
        events = [(kind, record)]
        if wanted.api is Api.LOGS:
            events = for_logs_api(kind, record, wanted.schema_version)
        elif kind == "platform.fault":
            return  # the newer schema says it in the report
        for its_kind, its_record in events:
            subscriber.add(_event(time_s, its_kind, its_record))

    def _event_of_loss(self, loss: Loss) -> bytes:
        record: Record = {
            "reason": loss.reason,
            "droppedRecords": loss.records,
            "droppedBytes": loss.size_bytes,
        }
        return _event(self._now_s(), "platform.logsDropped", record)


def _event(time_s: float, kind: str, record: Record | str) -> bytes:
    moment = datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")
    time = moment.replace("+00:00", "Z")
    return compact_json({"time": time, "type": kind, "record": record})
