"""Owns the choice of a gateway: what `[api]` asks for, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.gateway.cors import CorsAnswers
from tulle.emulator.gateway.function_url import FunctionUrl
from tulle.emulator.gateway.gate import Gate
from tulle.emulator.gateway.gateway import GatewayParts
from tulle.emulator.gateway.http_api import HttpApi
from tulle.emulator.gateway.rest_api import RestApi
from tulle.project.api import ApiType, Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.gateway.api_keys import IssuedKey
    from tulle.project.api import ApiSection, Cors

__all__ = ["choose_gateway"]

# Each waits for so long where nothing else is said, and an HTTP API never longer.
_HTTP_API_WAITS_S, _REST_API_WAITS_S = 30.0, 29.0


def choose_gateway(
    api: ApiSection, *, keys: Iterable[IssuedKey], concurrency: int
) -> GatewayParts | None:
    """Put a gateway together; None where there shall be none.

    Args:
        api: what it shall be.
        keys: who may call a REST API.
        concurrency: how many invocations may run at once; a function URL takes ten times as many
            requests a second.
    """
    match api.type:
        case ApiType.HTTP:
            return GatewayParts(
                kind=HttpApi(api),
                gate=Gate(api.throttle, dict(api.route_throttle)),
                cors=None if api.cors is None else _http_api_cors(api.cors),
                time_limit_s=api.timeout_s or _HTTP_API_WAITS_S,
            )
        case ApiType.REST:
            return GatewayParts(
                kind=RestApi(api),
                gate=Gate(api.throttle, dict(api.route_throttle), keys),
                cors=None,
                time_limit_s=api.timeout_s or _REST_API_WAITS_S,
            )
        case ApiType.URL:
            # https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-throttling
            return GatewayParts(
                kind=FunctionUrl(),
                gate=Gate(Throttle(rate=10 * concurrency, burst=10 * concurrency)),
                cors=None if api.cors is None else _function_url_cors(api.cors),
                time_limit_s=None,
            )
        case ApiType.NONE:
            return None


def _http_api_cors(cors: Cors) -> CorsAnswers:
    return CorsAnswers(cors=cors, preflight_status=204, replaces=True, says_all=True)


def _function_url_cors(cors: Cors) -> CorsAnswers:
    return CorsAnswers(cors=cors, preflight_status=200, replaces=False, says_all=False)
