"""Owns the options of `tulle dev` about the gateway, and how they go before `[api]` of the project's file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from tulle.project.route import read_route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from tulle.emulator.server import LocalLambda

__all__ = ["api_keys", "example_calls", "gateway_options"]

_EXAMPLES = 5


def _routes(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    if not all(read_route(text) for text in texts):
        raise click.BadParameter(
            "write a route as '/predict' or 'POST /predict'; '{name}' stands for a part of the path, "
            "'{name+}' at the end for all that follows, '$default' for all that no other route takes"
        )
    return texts


_OPTIONS = (
    click.option(
        "--api",
        type=click.Choice(["http", "rest", "url"]),
        help="The gateway: an HTTP API, a REST API or a function URL.  [default: as tulle.toml says, or http]",
    ),
    click.option(
        "--route",
        "routes",
        multiple=True,
        callback=_routes,
        metavar="[METHOD ]PATH",
        help="What the gateway sends to the function; without a method, any. May be repeated.  "
        "[default: as tulle.toml says, or /predict]",
    ),
    click.option(
        "--cors-origin",
        "cors_origins",
        multiple=True,
        metavar="ORIGIN",
        help="A page's origin that may call, such as http://localhost:3000, with any method and header; "
        "'*' for all. May be repeated.  [default: as tulle.toml says, or none]",
    ),
)


def gateway_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def api_keys(
    api: str | None, routes: tuple[str, ...], cors_origins: tuple[str, ...]
) -> dict[str, object]:
    """Give the keys that the options put into `[api]` of the project's file."""
    given: dict[str, object] = {}
    if api is not None:
        given["type"] = api
    if routes:
        given |= {"route": None, "routes": list(routes)}
    if cors_origins:
        given["cors"] = {
            "allow_origins": list(cors_origins),
            "allow_methods": ["*"],
            "allow_headers": ["*"],
        }
    return given


def example_calls(running: LocalLambda, body: str) -> Iterator[str]:
    """Write a call of each of the first routes, for a shell; nobody calls OPTIONS but browsers."""
    key = ""
    for issued in running.api_keys[:1]:
        name = issued.key.from_env
        key = f' -H "x-api-key: ${name}"' if name else f" -H 'x-api-key: {issued.value}'"
    called = [route for route in running.routes if route.method != "OPTIONS"]
    for route in called[:_EXAMPLES]:
        url = shlex.quote(f"{running.gateway_url}{route.example}")
        match route.method:
            case "GET":
                yield f"curl {url}{key}"
            case "HEAD":
                yield f"curl --head {url}{key}"
            case "DELETE":
                yield f"curl -X DELETE {url}{key}"
            case method:
                sent = "POST" if method == "ANY" else method
                content = f"-H 'content-type: application/json'{key} -d '{body}'"
                yield f"curl -X {sent} {url} {content}"
