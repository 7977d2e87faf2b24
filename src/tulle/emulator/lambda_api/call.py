"""Owns `Call`: one call of the Lambda API."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.function import REGION
from tulle.emulator.http_body import read_body
from tulle.emulator.lambda_api.error import not_found, user_error
from tulle.emulator.lambda_api.naming import read_name

if TYPE_CHECKING:
    from aiohttp import web

    from tulle.emulator.function import Function
    from tulle.emulator.lambda_api.naming import CalledFunction
    from tulle.emulator.lambda_api.operations import Operation

__all__ = ["Call"]

_BODY_LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a client sent, and which operation it means."""

    http: web.Request
    operation: Operation

    @property
    def function(self) -> CalledFunction:
        """The function that is meant.

        Raises:
            AwsError: its name, or the qualifier, is not one.
        """
        return read_name(
            self.operation.parameters["FunctionName"],
            self.http.query.get("Qualifier"),
            call_region=self._region,
        )

    def known_arn(self, function: Function, *, default_qualifier: str | None = None) -> str:
        """Give the ARN of the function that is meant, with a version if the caller named one.

        Args:
            function: the only one that there is.
            default_qualifier: what a refusal names where the caller named no version.

        Raises:
            AwsError: another one is meant.
        """
        called = self.function
        if not called.means(function):
            arn = called.arn(default_qualifier=default_qualifier)
            raise not_found(f"Function not found: {arn}")
        return function.arn + (f":{called.qualifier}" if called.qualifier else "")

    async def settings(self) -> dict[str, object]:
        """Read the body of an operation that sets something.

        Raises:
            AwsError: it is no JSON object.
        """
        body = await read_body(self.http, limit_bytes=_BODY_LIMIT_BYTES)
        try:
            settings = json.loads(body or b"null")
        except (ValueError, RecursionError):
            settings = None
        if not isinstance(settings, dict):
            message = "Could not parse request body into json"
            raise user_error(400, "InvalidRequestContentException", message)
        return settings

    @property
    def _region(self) -> str:
        """The region that the client is set to: it stands in the signature, which is not checked."""
        signature = self.http.headers.get("Authorization", "")
        scope = re.search(r"Credential=[^/]*/\d+/([a-z0-9-]+)/", signature)
        return scope[1] if scope else REGION
