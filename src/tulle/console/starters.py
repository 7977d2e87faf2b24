"""Owns the events to start from, made as the gateways here make them of a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from tulle.console.saved_events import Starter
from tulle.emulator.gateway.function_url import FunctionUrl
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.http_request import HttpHead, HttpRequest, Ids
from tulle.emulator.gateway.rest_api import RestApi
from tulle.emulator.gateway.routes import Match
from tulle.project.api import ApiSection, ApiType
from tulle.project.route import Route

if TYPE_CHECKING:
    from tulle.console.json_text import Json
    from tulle.emulator.gateway.kind import GatewayKind

__all__ = ["make_starters"]

_ROUTE = Route(method="POST", path="/predict")
_KINDS: dict[ApiType, tuple[str, GatewayKind, str]] = {
    ApiType.HTTP: (
        "HTTP API request",
        HttpApi(ApiSection()),
        "abc123.execute-api.us-east-1.amazonaws.com",
    ),
    ApiType.REST: (
        "REST API request",
        RestApi(ApiSection(type=ApiType.REST)),
        "abc123.execute-api.us-east-1.amazonaws.com",
    ),
    ApiType.URL: ("Function URL request", FunctionUrl(), "abc123.lambda-url.us-east-1.on.aws"),
}


def make_starters(api: ApiType, *, picture_url: str, now_s: float) -> tuple[Starter, ...]:
    """Make the starters, the one of the gateway in use before those of the others.

    Args:
        api: what stands before the function.
        picture_url: the picture that they name.
        now_s: the Unix time at which they are sent.
    """
    kinds = sorted(_KINDS, key=lambda kind: kind is not api)
    return (
        Starter(name="Picture by URL", event={"url": picture_url}),
        *(_gateway_starter(kind, picture_url, now_s) for kind in kinds),
        Starter(name="Empty", event={}),
    )


def _gateway_starter(api: ApiType, picture_url: str, now_s: float) -> Starter:
    name, kind, domain = _KINDS[api]
    head = HttpHead(
        method="POST",
        path=_ROUTE.path,
        raw_path=_ROUTE.path,
        query="",
        protocol="HTTP/1.1",
        headers=(
            ("Accept", "*/*"),
            ("Content-Type", "application/json"),
            ("Host", domain),
            ("User-Agent", "curl/8.14.1"),
        ),
        source_ip="192.0.2.1",
        port=443,
        ids=Ids(
            gateway_id="JKJaXmPLvHcESHA=",
            request_id="5417234a-4be1-4f8e-a55e-1d927f0c42d3",
            trace_id="Root=1-5e6722a7-cc56d5d046db7ae02d4da47e",
        ),
        now_s=now_s,
    )
    body = json.dumps({"url": picture_url}).encode()
    request = HttpRequest(head=head, match=Match(route=_ROUTE), api_key=None, body=body)
    return Starter(name=name, event=cast("Json", kind.build_event(request)))
