"""Owns what a caller hands to the function: payload, client context and tenant, checked."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from tulle.emulator.http_body import read_body
from tulle.emulator.lambda_api.error import user_error, validation_error
from tulle.emulator.lambda_api.json_complaint import json_complaint
from tulle.emulator.lambda_api.naming import complaint

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["read_client_context", "read_payload", "read_tenant"]

_SYNC_LIMIT_BYTES = 6 * 1024 * 1024
_ASYNC_LIMIT_BYTES = 1024 * 1024
_CONTEXT_LIMIT_BYTES = 3583
_TENANT = r"[a-zA-Z0-9\._:\/=+\-@ ]+"
_TENANT_LIMIT = 256


async def read_payload(http: web.Request, *, asynchronous: bool) -> bytes:
    """Read the event; none at all is an empty object.

    Raises:
        AwsError: it is no JSON, or larger than Lambda takes.
    """
    body = await read_body(http, limit_bytes=_SYNC_LIMIT_BYTES)
    code = "RequestEntityTooLargeException"
    if body is None:
        message = (
            f"Request must be smaller than {_SYNC_LIMIT_BYTES} bytes "
            "for the InvokeFunction operation"
        )
        raise user_error(413, code, message)
    if asynchronous and len(body) > _ASYNC_LIMIT_BYTES:
        message = (
            f"{len(body)} byte payload is too large for the Event invocation type "
            f"(limit {_ASYNC_LIMIT_BYTES} bytes)"
        )
        raise user_error(413, code, message)
    reason = json_complaint(body) if body else None
    if reason is not None:
        message = (
            f"Could not parse request body into json: Could not parse payload into json: {reason}"
        )
        raise user_error(400, "InvalidRequestContentException", message)
    return body or b"{}"


def read_client_context(http: web.Request) -> str | None:
    """Read the context that a caller may add for the handler.

    Raises:
        AwsError: it is no JSON object in base64, or too large.
    """
    encoded = http.headers.get("X-Amz-Client-Context")
    if not encoded:
        return None
    try:
        context = json.loads(base64.b64decode(encoded, validate=True))
    except (ValueError, RecursionError):
        context = None
    if not isinstance(context, dict) or len(encoded) > _CONTEXT_LIMIT_BYTES:
        message = (
            "Client context must be a valid Base64-encoded JSON object "
            f"of at most {_CONTEXT_LIMIT_BYTES} bytes."
        )
        raise user_error(400, "InvalidRequestContentException", message)
    return json.dumps(context)  # in ASCII, for it travels in a header


def read_tenant(http: web.Request) -> str | None:
    """Read for whom the caller says that the function runs.

    Raises:
        AwsError: it is no name of a tenant.
    """
    tenant = http.headers.get("X-Amz-Tenant-Id")
    if not tenant:
        return None
    if len(tenant) > _TENANT_LIMIT:
        constraint = f"Member must have length less than or equal to {_TENANT_LIMIT}"
        raise validation_error(complaint("tenantId", tenant, constraint))
    if not re.fullmatch(_TENANT, tenant):
        constraint = f"Member must satisfy regular expression pattern: {_TENANT}"
        raise validation_error(complaint("tenantId", tenant, constraint))
    return tenant
