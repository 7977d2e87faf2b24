"""Owns `GatewayKind`: in what the gateways differ, and the ways in which they refuse."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tulle.emulator.gateway.http_request import HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.routes import Match

__all__ = ["GatewayKind", "Refusal"]


class Refusal(Enum):
    """Why a gateway answers itself."""

    NO_ROUTE = auto()
    BODY_TOO_LARGE = auto()
    EVENT_TOO_LARGE = auto()
    FAILED = auto()
    """The function failed, or gave what is no response."""
    THROTTLED = auto()
    """Lambda runs as many invocations as it may."""
    TIMED_OUT = auto()


class GatewayKind(Protocol):
    """One of the gateways that AWS has."""

    @property
    def time_limit_s(self) -> float | None:
        """How long it waits for the function; None is as long as that may run."""

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find what a request goes to."""

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event that the function gets."""

    def read_response(self, payload: bytes, request: HttpRequest) -> HttpResponse | None:
        """Read the function's result; None where it is malformed."""

    def refuse(self, refusal: Refusal) -> HttpResponse:
        """Answer without the function, in AWS's very letters."""

    def id_headers(self, ids: Ids) -> tuple[tuple[str, str], ...]:
        """Say by which names the request went; every answer has them."""
