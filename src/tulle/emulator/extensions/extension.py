"""Owns `Extension`: one extension, and where it stands."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.emulator.runtime_connection import RuntimeConnection

__all__ = ["INVOKE", "SHUTDOWN", "Extension", "State"]

INVOKE, SHUTDOWN = "INVOKE", "SHUTDOWN"


class State(StrEnum):
    """Where an extension stands; the names are those that AWS logs and shows in its 403 answers."""

    STARTED = "Started"
    REGISTERED = "Registered"
    READY = "Ready"
    RUNNING = "Running"
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"
    LAUNCH_ERROR = "LaunchError"
    EXITED = "Exited"
    SHUTDOWN_FAILED = "ShutdownFailed"


# From where each step may be taken that an extension asks for.
_ALLOWED_FROM = {
    State.REGISTERED: {State.STARTED},
    State.READY: {State.REGISTERED, State.RUNNING},
    State.INIT_ERROR: {State.REGISTERED, State.INIT_ERROR},
    State.EXIT_ERROR: {State.REGISTERED, State.READY, State.RUNNING, State.EXIT_ERROR},
}
# AWS's own names the wrong state here.
_SHOWN = {State.EXIT_ERROR: State.EXITED}


class Extension:
    """An extension: a program beside the function's runtime (external), or a part of that (internal)."""

    def __init__(self, name: str, *, is_external: bool) -> None:
        self.name = name
        self.is_external = is_external
        self.identifier = str(uuid.uuid4())
        self.events: frozenset[str] = frozenset()
        self.state = State.STARTED
        self.error_type = ""
        self.poll: RuntimeConnection | None = None

    def enter(self, state: State, *, shown_as: str) -> str | None:
        """Take a step, or say in AWS's words that it is not allowed."""
        if self.state not in _ALLOWED_FROM[state]:
            return (
                f"State transition from {self.state} to {_SHOWN.get(state, state)} failed for extension "
                f"{shown_as}. Error: State transition is not allowed"
            )
        self.state = state
        return None

    def line(self) -> str:
        """Write the line with which Lambda logs it after the init phase."""
        line = (
            f"EXTENSION\tName: {self.name}\tState: {self.state}"
            f"\tEvents: [{', '.join(sorted(self.events))}]"
        )
        return f"{line}\tError Type: {self.error_type}" if self.error_type else line
