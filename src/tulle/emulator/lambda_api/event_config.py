"""Owns `EventConfigApi`: how events are tried again, asked for and changed through the Lambda API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import web

from tulle.emulator.asynchronous.settings import AGE_LIMITS_S, RETRY_LIMITS
from tulle.emulator.http_body import json_response
from tulle.emulator.lambda_api.error import not_found, user_error, validation_error
from tulle.emulator.lambda_api.naming import LATEST, complaint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tulle.emulator.asynchronous.queue import EventQueue
    from tulle.emulator.function import Function
    from tulle.emulator.lambda_api.call import Call
    from tulle.emulator.surroundings import Surroundings

__all__ = ["EventConfigApi"]

_RETRIES = "MaximumRetryAttempts"
_AGE = "MaximumEventAgeInSeconds"
_LIMITS = {_RETRIES: RETRY_LIMITS, _AGE: AGE_LIMITS_S}


class EventConfigApi:
    """Answers the operations on the event invoke config of `$LATEST`."""

    def __init__(self, function: Function, events: EventQueue, surroundings: Surroundings) -> None:
        self._function = function
        self._events = events
        self._surroundings = surroundings
        self._modified_s = surroundings.now_s()

    @property
    def operations(self) -> Mapping[str, Callable[[Call], Awaitable[web.Response]]]:
        """The operations that it answers."""
        return {
            "DeleteFunctionEventInvokeConfig": self._delete,
            "GetFunctionEventInvokeConfig": self._get,
            "ListFunctionEventInvokeConfigs": self._list,
            "PutFunctionEventInvokeConfig": self._put,
            "UpdateFunctionEventInvokeConfig": self._update,
        }

    async def _get(self, call: Call) -> web.Response:
        self._check_existence(call)
        return json_response(self._config(), status=200)

    async def _list(self, call: Call) -> web.Response:
        self._check_function(call)
        configs = [self._config()] if self._is_set() else []
        return json_response({"FunctionEventInvokeConfigs": configs}, status=200)

    async def _put(self, call: Call) -> web.Response:
        self._check_function(call)
        return self._change(await _read(call), keep=False)

    async def _update(self, call: Call) -> web.Response:
        self._check_existence(call)
        return self._change(await _read(call), keep=True)

    async def _delete(self, call: Call) -> web.Response:
        self._check_existence(call)
        self._set(None, None)
        return web.Response(status=204)

    def _change(self, given: Mapping[str, int], *, keep: bool) -> web.Response:
        settings = self._events.settings
        self._set(
            given.get(_RETRIES, settings.maximum_retries if keep else None),
            given.get(_AGE, settings.maximum_age_s if keep else None),
        )
        return json_response(self._config(), status=200)

    def _set(self, retries: int | None, age_s: int | None) -> None:
        self._events.settings = replace(
            self._events.settings, maximum_retries=retries, maximum_age_s=age_s
        )
        self._modified_s = self._surroundings.now_s()

    def _is_set(self) -> bool:
        settings = self._events.settings
        return settings.maximum_retries is not None or settings.maximum_age_s is not None

    def _config(self) -> dict[str, object]:
        settings = self._events.settings
        config: dict[str, object] = {
            "LastModified": self._modified_s,
            "FunctionArn": f"{self._function.arn}:{LATEST}",
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
        }
        values = {_RETRIES: settings.maximum_retries, _AGE: settings.maximum_age_s}
        return config | {key: value for key, value in values.items() if value is not None}

    def _check_function(self, call: Call) -> None:
        if not call.function.means(self._function):
            raise not_found("The function doesn't exist.")

    def _check_existence(self, call: Call) -> None:
        called = call.function
        if not called.means(self._function) or not self._is_set():
            arn = called.arn(default_qualifier=LATEST)
            raise not_found(f"The function {arn} doesn't have an EventInvokeConfig")


async def _read(call: Call) -> dict[str, int]:
    """Read what is to be set, and refuse what Lambda, or this one, would not set."""
    body = await call.settings()
    given, complaints = {}, []
    for key, (least, most) in _LIMITS.items():
        value = body.get(key)
        if value is None:
            continue
        parameter = key[0].lower() + key[1:]
        if not isinstance(value, int) or value > most:
            limit = f"Member must have value less than or equal to {most}"
            complaints.append(complaint(parameter, str(value), limit))
        elif value < least:
            limit = f"Member must have value greater than or equal to {least}"
            complaints.append(complaint(parameter, str(value), limit))
        else:
            given[key] = value
    if complaints:
        raise validation_error(*complaints)
    _refuse_destinations(body.get("DestinationConfig"))
    if not given:
        raise _invalid("You must specify at least one of error handling or destination setting.")
    return given


def _refuse_destinations(config: object) -> None:
    sides = config.values() if isinstance(config, dict) else ()
    if any(isinstance(side, dict) and side.get("Destination") for side in sides):
        raise _invalid(
            "The local Lambda has no destinations; `tulle dev --dead-letter-file` keeps what is "
            "given up."
        )


def _invalid(message: str) -> Exception:
    return user_error(400, "InvalidParameterValueException", message)
