"""Owns `CorsAnswers`: what a gateway tells browsers of who may call.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.emulator.gateway.http_response import HttpResponse, add_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.emulator.gateway.http_request import HttpHead
    from tulle.project.api import Cors

__all__ = ["CorsAnswers"]

_PREFIX = "access-control-"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsAnswers:
    """A gateway's CORS configuration, at work.

    Args:
        preflight_status: of the answer to a preflight.
        replaces: whether the function's own CORS headers are dropped; else they stand beside
            the gateway's.
        says_all: whether an answer says `*` where all origins are allowed; else it names the one
            that asks.
    """

    cors: Cors
    preflight_status: int
    replaces: bool
    says_all: bool

    def preflight(self, head: HttpHead) -> HttpResponse | None:
        """Answer a preflight, which never goes to the function; None for any other request."""
        origin, wanted = head.header("origin"), head.header(f"{_PREFIX}request-method")
        if head.method != "OPTIONS" or not origin or not wanted:
            return None
        answer = HttpResponse(status=self.preflight_status, headers=(), body=b"")
        allowed = self._allowed(origin)
        return answer if allowed is None else add_headers(answer, self._preflight_headers(allowed))

    def add(self, answer: HttpResponse, head: HttpHead) -> HttpResponse:
        """Put the headers upon the answer to any other request."""
        if self.replaces:
            kept = (pair for pair in answer.headers if not pair[0].lower().startswith(_PREFIX))
            answer = replace(answer, headers=tuple(kept))
        allowed = self._allowed(head.header("origin"))
        return answer if allowed is None else add_headers(answer, self._answer_headers(allowed))

    def _allowed(self, origin: str) -> str | None:
        """Tell what to name as allowed: all, the very origin that asks, or nothing."""
        allowed = self.cors.allow_origins
        if not origin or {"*", origin, f"{origin.partition('://')[0]}://*"}.isdisjoint(allowed):
            return None
        return "*" if "*" in allowed and self.says_all else origin

    def _common_headers(self, allowed: str) -> Iterator[tuple[str, str]]:
        yield f"{_PREFIX}allow-origin", allowed
        if self.cors.allow_credentials:
            yield f"{_PREFIX}allow-credentials", "true"

    def _answer_headers(self, allowed: str) -> Iterator[tuple[str, str]]:
        yield from self._common_headers(allowed)
        if self.cors.expose_headers:
            yield f"{_PREFIX}expose-headers", _listed(self.cors.expose_headers)

    def _preflight_headers(self, allowed: str) -> Iterator[tuple[str, str]]:
        yield from self._common_headers(allowed)
        if self.cors.allow_methods:
            yield f"{_PREFIX}allow-methods", ",".join(sorted(self.cors.allow_methods))
        if self.cors.allow_headers:
            yield f"{_PREFIX}allow-headers", _listed(self.cors.allow_headers)
        if self.cors.max_age_s is not None:
            yield f"{_PREFIX}max-age", str(self.cors.max_age_s)


def _listed(names: tuple[str, ...]) -> str:
    """Write headers' names as HTTP APIs were seen to: in lower case and in order."""
    return ",".join(sorted(name.lower() for name in names))
