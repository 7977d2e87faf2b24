"""Owns `Extensions`: all extensions of one start of an execution environment, and what they are told."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from tulle.emulator.extensions.extension import INVOKE, SHUTDOWN, Extension, State
from tulle.emulator.runtime_connection import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tulle.emulator.runtime_api import Delivery
    from tulle.emulator.runtime_connection import RuntimeConnection

__all__ = ["MOST", "Extensions"]

MOST = 10


class Extensions:
    """The extensions of one start of an execution environment.

    Args:
        moved: hears that one has registered, or asks for its next event.
    """

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        self._by_name: dict[str, Extension] = {}
        self._farewell: bytes | None = None
        self.registration_open = True
        self.first_error: str | None = None
        """Of what an extension complained first; it names the failure that comes of it."""

    def __len__(self) -> int:
        """Count them."""
        return len(self._by_name)

    @property
    def all(self) -> tuple[Extension, ...]:
        """Give each, external ones first."""
        return tuple(self._by_name.values())

    @property
    def has_external(self) -> bool:
        """Tell whether one of them is a program of its own."""
        return any(extension.is_external for extension in self.all)

    def are_registered(self) -> bool:
        """Tell whether each program has registered."""
        return all(extension.state is not State.STARTED for extension in self.all)

    def are_ready(self) -> bool:
        """Tell whether each asks for an event."""
        return all(extension.state is State.READY for extension in self.all)

    def add(self, name: str, *, is_external: bool) -> Extension:
        """Begin to know of one."""
        self._by_name[name] = extension = Extension(name, is_external=is_external)
        return extension

    def named(self, name: str) -> Extension | None:
        """Find one by its name."""
        return self._by_name.get(name)

    def identified(self, identifier: str) -> Extension | None:
        """Find one by what it was given when it registered."""
        known = (one for one in self.all if one.identifier == identifier)
        return next((one for one in known if one.state is not State.STARTED), None)

    def register(self, extension: Extension, events: Iterable[str]) -> str | None:
        """Register one for events, or say why not."""
        problem = extension.enter(State.REGISTERED, shown_as=extension.name)
        if problem is None:
            extension.events = frozenset(events)
            self._moved()
        return problem

    def poll(self, extension: Extension, connection: RuntimeConnection) -> str | None:
        """Let one wait for its next event, or say why not."""
        problem = extension.enter(State.READY, shown_as=extension.identifier)
        if problem is None:
            extension.poll = connection
            self._moved()
            if self._farewell is not None and SHUTDOWN in extension.events:
                self._tell(extension, self._farewell, {})
        return problem

    def complain(self, extension: Extension, state: State, error_type: str) -> str | None:
        """Note that one cannot go on, or say why it may not say so."""
        problem = extension.enter(state, shown_as=extension.identifier)
        if problem is None:
            extension.error_type = error_type
            self.first_error = self.first_error or f"Extension.{state}"
        return problem

    def forget(self, connection: RuntimeConnection) -> None:
        """Hear that a connection is gone; whoever waited by it waits no more, but stays ready."""
        for extension in self.all:
            if extension.poll is connection:
                extension.poll = None

    def tell_of_invocation(self, delivery: Delivery) -> None:
        """Tell those that asked for it of an invocation."""
        request = delivery.request
        event = {
            "eventType": INVOKE,
            "deadlineMs": delivery.deadline_ms,
            "requestId": request.request_id,
            "invokedFunctionArn": request.invoked_arn,
            "tracing": {"type": "X-Amzn-Trace-Id", "value": request.trace_id},
        }
        body = json.dumps(event, separators=(",", ":")).encode()
        for extension in self.all:
            if INVOKE in extension.events:
                headers = {
                    "Lambda-Extension-Event-Identifier": str(uuid.uuid4()),
                    "Content-Type": "application/json",
                }
                self._tell(extension, body, headers)

    def tell_of_shutdown(self, reason: str, *, deadline_ms: int) -> None:
        """Tell those that asked for it of the end, now or when they ask for their next event."""
        event = {"eventType": SHUTDOWN, "deadlineMs": deadline_ms, "shutdownReason": reason}
        self._farewell = json.dumps(event, separators=(",", ":")).encode()
        for extension in self.all:
            if SHUTDOWN in extension.events and extension.state is State.READY:
                self._tell(extension, self._farewell, {})

    def _tell(self, extension: Extension, body: bytes, headers: dict[str, str]) -> None:
        extension.state = State.RUNNING
        connection, extension.poll = extension.poll, None
        if connection is not None:
            plain = {"Content-Type": "text/plain; charset=utf-8"}
            connection.reply(Reply(status=200, body=body, headers=headers or plain))
