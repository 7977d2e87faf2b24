"""Owns `GatewayKind`: in what the gateways differ, and the ways in which they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.emulator.gateway.http_request import HttpHead, HttpRequest, Ids
    from tulle.emulator.gateway.http_response import HttpResponse
    from tulle.emulator.gateway.routes import Match

__all__ = ["GatewayKind", "HeadLimits", "Refusal", "Refused"]


class Refusal(Enum):
    """Why a gateway answers itself."""

    URL_TOO_LONG = auto()
    QUERY_NOT_ENCODED = auto()
    """The query holds, as it was sent, what must be encoded there."""
    HEADERS_TOO_LARGE = auto()
    NO_ROUTE = auto()
    UNKNOWN_KEY = auto()
    """There is no API key, or not one that may call."""
    TOO_MANY_REQUESTS = auto()
    QUOTA_EXCEEDED = auto()
    BODY_TOO_LARGE = auto()
    EVENT_TOO_LARGE = auto()
    FUNCTION_BUSY = auto()
    """Lambda runs as many invocations as it may."""
    TIMED_OUT = auto()
    FAILED = auto()
    """The function failed, or gave what is no response."""
    NOT_BASE64 = auto()
    """The function said that its body is base64, and it is not."""


class Refused(Exception):
    """A gateway answers itself."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLimits:
    """What may go before the body; a size of None is as large as the server takes.

    Args:
        encoded: what a query may hold in its encoded form alone.
        url_bytes: the path with the query.
        headers_bytes: names, values and line breaks.
        all_bytes: the request line and the headers.
    """

    encoded: str = ""
    url_bytes: int | None = None
    headers_bytes: int | None = None
    all_bytes: int | None = None

    def check(self, head: HttpHead) -> None:
        """Let a head pass, or not.

        Raises:
            Refused: it is too large, or not encoded as it must be.
        """
        if any(character in head.sent_query for character in self.encoded):
            raise Refused(Refusal.QUERY_NOT_ENCODED)
        if self.url_bytes is not None and head.url_bytes > self.url_bytes:
            raise Refused(Refusal.URL_TOO_LONG)
        if self.headers_bytes is not None and head.headers_bytes > self.headers_bytes:
            raise Refused(Refusal.HEADERS_TOO_LARGE)
        line_bytes = len(f"{head.method}  {head.protocol}\r\n") + head.url_bytes
        if self.all_bytes is not None and line_bytes + head.headers_bytes > self.all_bytes:
            raise Refused(Refusal.HEADERS_TOO_LARGE)


class GatewayKind(Protocol):
    """One of the gateways that AWS has.

    Attributes:
        refusals: what it answers without the function, in AWS's very letters.
        head_limits: how much it reads before the body.
    """

    @property
    def refusals(self) -> Mapping[Refusal, HttpResponse]: ...  # noqa: D102 (said above)

    @property
    def head_limits(self) -> HeadLimits: ...  # noqa: D102

    def find_route(self, method: str, raw_path: str) -> Match | None:
        """Find what a request goes to."""

    def build_event(self, request: HttpRequest) -> dict[str, object]:
        """Make the event that the function gets."""

    def read_response(self, payload: bytes, request: HttpRequest) -> HttpResponse:
        """Read the function's result.

        Raises:
            Refused: it is no response.
        """

    def id_headers(self, ids: Ids, *, refused: bool) -> tuple[tuple[str, str], ...]:
        """Say in an answer by which names the request went.

        Args:
            ids: the names.
            refused: whether it is the gateway's own answer, not the function's.
        """
