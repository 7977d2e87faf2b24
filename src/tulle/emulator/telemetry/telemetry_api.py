"""Owns the Telemetry API (2022-07-01) and the Logs API (2020-08-15): how extensions subscribe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.aws_json import compact_json
from tulle.emulator.replies import refuse
from tulle.emulator.runtime_connection import Reply
from tulle.emulator.telemetry.subscription import Api, read_subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.emulator.telemetry.telemetry import Telemetry

__all__ = ["PATHS", "TelemetryApi"]

PATHS = {"/2022-07-01/telemetry": Api.TELEMETRY, "/2020-08-15/logs": Api.LOGS}


class TelemetryApi:
    """How extensions subscribe to events, by either API.

    Args:
        line: logs Lambda's own line on each subscription.
    """

    def __init__(self, telemetry: Telemetry, line: Callable[[str], None]) -> None:
        self._telemetry = telemetry
        self._line = line

    def subscribe(self, name: str, path: str, body: bytes | None) -> Reply:
        """Take in what an extension wants to hear, or refuse it."""
        api = PATHS[path]
        if not self._telemetry.is_open:
            message = f"{api} API subscription is closed already"
            return refuse(403, f"{api}.SubscriptionClosed", message)
        try:
            subscription = read_subscription(name, api, body)
        except ValueError as exc:
            return _reply(400, {"errorType": "ValidationError", "errorMessage": str(exc)})
        self._line(subscription.line())
        self._telemetry.subscribe(subscription)
        return _reply(200, "OK")


def _reply(status: int, value: object) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(status=status, body=compact_json(value), headers=headers)
