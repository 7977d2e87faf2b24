"""Owns `AwsError`: an answer that is not 2xx, in the shape in which AWS's clients read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.http_body import json_response

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["AwsError", "not_found", "user_error", "validation_error"]


class AwsError(Exception):
    """A call is refused.

    Args:
        status: the HTTP status.
        code: what clients make an exception class of.
        body: sent as JSON; of its keys, clients take `message` or `Message` for the text.
    """

    def __init__(self, status: int, code: str, body: dict[str, str]) -> None:
        super().__init__(body)
        self.status = status
        self.code = code
        self.body = body

    def response(self) -> web.Response:
        """Answer with it."""
        response = json_response(self.body, status=self.status)
        response.headers["x-amzn-ErrorType"] = self.code
        return response


def user_error(status: int, code: str, message: str, *, reason: str | None = None) -> AwsError:
    """Refuse what the caller did wrong, as most of Lambda's operations do."""
    first = {} if reason is None else {"Reason": reason}
    return AwsError(status, code, {**first, "Type": "User", "message": message})


def not_found(message: str) -> AwsError:
    """Refuse what is not there: of all of Lambda's errors, only this one has a capital `Message`."""
    return AwsError(404, "ResourceNotFoundException", {"Type": "User", "Message": message})


def validation_error(*complaints: str) -> AwsError:
    """Refuse parameters that are not of the form that they must have."""
    errors = "error" if len(complaints) == 1 else "errors"
    message = f"{len(complaints)} validation {errors} detected: {'; '.join(complaints)}"
    return AwsError(400, "ValidationException", {"message": message})
