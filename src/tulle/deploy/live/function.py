"""Owns `LiveFunction`, a deployed function as it is asked, and the request that asks it over its URL."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.api_keys import find_api_key
from tulle.aws.endpoint import HttpRequest
from tulle.deploy.names import LIVE
from tulle.project.api import ApiSection, ApiType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.aws.session import AwsSession
    from tulle.deploy.names import Names
    from tulle.project.route import Route

__all__ = ["LiveFunction", "live_request", "picture_event", "why_not_over_url"]

_SIGNED_FOR = {
    ApiType.HTTP: "execute-api",
    ApiType.REST: "execute-api",
    ApiType.URL: "lambda",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFunction:
    """A deployed function, and how it is reached.

    Args:
        function: its name.
        url: the root of its endpoint, with the stage; None where it has none.
        api: what the project says of the endpoint.
        api_key_ids: of the keys that may call it.
        qualifier: what Invoke calls: an alias, or a version.
    """

    function: str
    url: str | None
    api: ApiSection
    api_key_ids: tuple[str, ...] = ()
    qualifier: str = LIVE

    @property
    def address(self) -> str | None:
        """The URL of a route that takes pictures; the root where none does, None where there is no URL."""
        if self.url is None or self.api.type is ApiType.NONE:
            return None
        route = _route(self.api)
        path = "/" if self.api.type is ApiType.URL or route is None else route.example
        return self.url.rstrip("/") + path

    @classmethod
    def of_outputs(cls, names: Names, api: ApiSection, outputs: Mapping[str, str]) -> LiveFunction:
        """Read what a stack gives out of the function in it."""
        pairs = filter(None, outputs.get("ApiKeyIds", "").split(","))
        return cls(
            function=outputs.get("FunctionName", names.function),
            url=outputs.get("Url"),
            api=api,
            api_key_ids=tuple(pair.rpartition("=")[2] for pair in pairs),
        )


def why_not_over_url(live: LiveFunction) -> str | None:
    """Say why JSON cannot be sent through the URL; None where it can."""
    if live.url is None or live.api.type is ApiType.NONE:
        return "the function has no URL"
    if live.api.jwt is not None:
        return "the endpoint asks for a token of its JWT issuer, which only your users have"
    if live.api.type is not ApiType.URL and _route(live.api) is None:
        return "no route of [api] takes POST"
    if live.api.type is ApiType.REST and live.api.keys and not live.api_key_ids:
        return "the stack does not say which API keys it has"
    return None


def picture_event(picture: bytes) -> bytes:
    """Put a picture into the JSON that the endpoint takes, over HTTP and by Invoke alike."""
    return json.dumps({"image": base64.b64encode(picture).decode()}).encode()


def live_request(live: LiveFunction, body: bytes, session: AwsSession) -> HttpRequest:
    """Make the request that sends JSON through the URL.

    JSON every gateway passes on, whatever its binary media types are.

    Raises:
        ValueError: there is no such request, as `why_not_over_url` tells.
        AwsError: the API key cannot be read.
    """
    address = live.address
    if address is None or why_not_over_url(live) is not None:
        raise ValueError("the function cannot be asked over a URL")
    headers = [("content-type", "application/json")]
    if live.api.type is ApiType.REST and live.api.keys:
        headers.append(("x-api-key", find_api_key(session, live.api_key_ids[0])))
    return HttpRequest(
        method="POST",
        url=address,
        headers=tuple(headers),
        body=body,
        signed_for=_SIGNED_FOR[live.api.type] if live.api.authorizer is not None else None,
    )


def _route(api: ApiSection) -> Route | None:
    """Find a route that takes POST, one without variables before others."""
    fitting = [route for route in api.routes if route.method in {"ANY", "POST"}]
    return min(fitting, key=lambda route: len(route.variables), default=None)
