"""Owns what goes into an invocation and what comes out of it."""

from __future__ import annotations

import math
import secrets
import uuid
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Invocation", "Report", "Request", "Source", "Status", "new_request"]


class Source(StrEnum):
    """How an invocation was asked for."""

    INVOKE = "invoke"
    EVENT = "event"
    """By Invoke, without waiting for the result."""
    HTTP = "http"
    PAGE = "page"
    """In this process, by a page that is served beside the function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of the function, before it runs."""

    request_id: str
    payload: bytes
    invoked_arn: str
    trace_id: str
    client_context: str | None = None
    tenant_id: str | None = None
    source: Source = Source.INVOKE


class Status(StrEnum):
    """How the platform saw an invocation end. A handler's own exception is no platform error."""

    SUCCESS = "success"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What Lambda says of an invocation in its REPORT line."""

    request_id: str
    duration_ms: float
    memory_size_mb: int
    max_memory_used_mb: int
    init_duration_ms: float | None = None
    status: Status = Status.SUCCESS
    error_type: str | None = None

    @property
    def billed_duration_ms(self) -> int:
        """Round up what is paid for: since August 2025 that includes the init."""
        return math.ceil(self.duration_ms + (self.init_duration_ms or 0))

    def line(self) -> str:
        """Write the report as Lambda's text log has it, tabs at the end included."""
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration_ms:.2f} ms",
            f"Billed Duration: {self.billed_duration_ms} ms",
            f"Memory Size: {self.memory_size_mb} MB",
            f"Max Memory Used: {self.max_memory_used_mb} MB",
        ]
        if self.init_duration_ms is not None:
            fields.append(f"Init Duration: {self.init_duration_ms:.2f} ms")
        if self.status is Status.SUCCESS:
            return "\t".join(fields) + "\t"
        fields.append(f"Status: {self.status}")
        if self.error_type is not None:
            fields.append(f"Error Type: {self.error_type}")
        return "\t".join(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of the function, after it ran.

    Args:
        payload: the function's result, or the JSON that describes its error.
        error_type: None where the function gave a result.
        log_tail: the last 4 KB of the log, platform lines included.
    """

    request_id: str
    payload: bytes
    error_type: str | None
    report: Report
    log_tail: bytes


def new_request(
    payload: bytes,
    *,
    invoked_arn: str,
    now_s: float,
    client_context: str | None = None,
    tenant_id: str | None = None,
    source: Source = Source.INVOKE,
) -> Request:
    """Give a payload the ids that AWS gives an invocation."""
    root = f"1-{int(now_s):08x}-{secrets.token_hex(12)}"
    return Request(
        request_id=str(uuid.uuid4()),
        payload=payload,
        invoked_arn=invoked_arn,
        trace_id=f"Root={root};Parent={secrets.token_hex(8)};Sampled=0",
        client_context=client_context,
        tenant_id=tenant_id,
        source=source,
    )
