"""Owns `LambdaApi`: it takes calls of the Lambda API and gives each to who answers it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from tulle.emulator.lambda_api.call import Call
from tulle.emulator.lambda_api.error import AwsError
from tulle.emulator.lambda_api.event_config import EventConfigApi
from tulle.emulator.lambda_api.foreign_page import is_of_foreign_page
from tulle.emulator.lambda_api.functions import FunctionsApi
from tulle.emulator.lambda_api.invoke import InvokeApi
from tulle.emulator.lambda_api.naming import RIE_NAME
from tulle.emulator.lambda_api.operations import Operation, Operations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.asynchronous.queue import EventQueue
    from tulle.emulator.dispatcher import Dispatcher
    from tulle.emulator.function import Function
    from tulle.emulator.surroundings import Surroundings

__all__ = ["LambdaApi"]

_RIE_PATH = f"/2015-03-31/functions/{RIE_NAME}/invocations"
_RIE_CALL = Operation(name="Invoke", parameters={"FunctionName": RIE_NAME})


class LambdaApi:
    """The Lambda API, with one function in it."""

    def __init__(
        self,
        function: Function,
        dispatcher: Dispatcher,
        events: EventQueue,
        surroundings: Surroundings,
    ) -> None:
        self._table = Operations()
        self._answers = {
            "Invoke": InvokeApi(function, dispatcher, events, surroundings).invoke,
            **FunctionsApi(function).operations,
            **EventConfigApi(function, events, surroundings).operations,
        }

    def add_to(self, application: web.Application) -> None:
        """Answer all that begins with one of the API's dates; nothing else is for it."""
        versions = "|".join(self._table.versions)
        application.router.add_route("*", f"/{{version:{versions}}}/{{rest:.*}}", self.respond)

    async def respond(self, http: web.Request) -> web.Response:
        """Answer one call."""
        try:
            response = await self._respond(http)
        except AwsError as error:
            response = error.response()
        if "x-amzn-RequestId" not in response.headers:
            response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
        return response

    async def _respond(self, http: web.Request) -> web.Response:
        if is_of_foreign_page(http):
            message = "A page of another site may not call the local Lambda"
            raise AwsError(403, "AccessDeniedException", {"Message": message})
        path = http.rel_url.raw_path
        if http.method in {hdrs.METH_HEAD, hdrs.METH_OPTIONS} and self._table.methods(path):
            allowed = ", ".join(self._table.methods(path))
            return web.Response(status=204, headers={"Allow": allowed})
        # AWS's own emulator takes any method, and people's scripts send what they like.
        operation = _RIE_CALL if path == _RIE_PATH else self._table.find(http.method, path)
        if operation is None:
            message = "Unable to determine service/operation name to be authorized"
            raise AwsError(403, "AccessDeniedException", {"Message": message})
        if operation.name not in self._answers:
            raise _not_here(operation.name, self._answers)
        return await self._answers[operation.name](Call(http=http, operation=operation))


def _not_here(name: str, known: Iterable[str]) -> AwsError:
    """Refuse what a local function cannot have; no client tries a 501 again."""
    message = f"The local Lambda does not have {name}. It has {', '.join(sorted(known))}."
    return AwsError(501, "NotImplementedException", {"Type": "User", "message": message})
