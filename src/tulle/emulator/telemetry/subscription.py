"""Owns `Subscription`: what an extension wants to hear, and where; read from what it sends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Api", "Subscription", "read_subscription"]

_TYPES = ("platform", "function", "extension")
# All of them are this machine here; on Lambda only the first two are known.
_HOSTS = {"sandbox.localdomain", "sandbox", "127.0.0.1", "localhost"}
_RESERVED_PORT = 9001
# Defaults and limits. (AWS Lambda Developer Guide, "Lambda Telemetry API reference")
_BUFFERING = {
    "maxItems": (10_000, 1_000, 10_000),
    "maxBytes": (262_144, 262_144, 1_048_576),
    "timeoutMs": (1_000, 25, 30_000),
}


class Api(StrEnum):
    """By which API an extension subscribes; the older one has fewer events, in an older form."""

    TELEMETRY = "Telemetry"
    LOGS = "Logs"

    @property
    def schema_versions(self) -> tuple[str, ...]:
        """List the schemas that it has; the first is meant where none is said."""
        if self is Api.LOGS:
            return ("2020-08-15", "2021-03-18")
        return ("2022-07-01", "2022-12-13", "2025-01-29")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What an extension wants to hear, and where.

    Args:
        port: where it listens on this machine.
        path: to what it wants events to be posted.
        max_items: with how many events a batch is full.
        max_bytes: with how many bytes a batch is full.
        timeout_s: how long a batch that is not full may wait.
    """

    name: str
    api: Api
    schema_version: str
    types: tuple[str, ...]
    port: int
    path: str
    max_items: int
    max_bytes: int
    timeout_s: float

    def line(self) -> str:
        """Write the line with which Lambda logs it."""
        types = ", ".join(kind.capitalize() for kind in self.types)
        return f"{self.api.upper()}\tName: {self.name}\tState: Subscribed\tTypes: [{types}]"


def read_subscription(name: str, api: Api, body: bytes | None) -> Subscription:
    """Read what an extension sent.

    Raises:
        ValueError: it is not as it should be; all that is wrong is said.
    """
    try:
        asked = json.loads(body or b"")
    except (ValueError, RecursionError) as exc:
        raise ValueError("the body is no JSON") from exc
    if not isinstance(asked, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 (one kind for all that is wrong)
    problems = [*_problems(asked, api)]
    if problems:
        raise ValueError("; ".join(problems))
    parts = urlsplit(asked["destination"]["URI"])
    buffering = {key: (asked.get("buffering") or {}).get(key) for key in _BUFFERING}
    limits = {key: buffering[key] or default for key, (default, _, _) in _BUFFERING.items()}
    return Subscription(
        name=name,
        api=api,
        schema_version=asked.get("schemaVersion") or api.schema_versions[0],
        types=tuple(dict.fromkeys(asked["types"])),
        port=parts.port or 0,
        path=parts.path or "/",
        max_items=limits["maxItems"],
        max_bytes=limits["maxBytes"],
        timeout_s=limits["timeoutMs"] / 1000,
    )


def _problems(asked: dict[str, Any], api: Api) -> Iterator[str]:
    version = asked.get("schemaVersion")
    if version not in api.schema_versions and not (api is Api.LOGS and version is None):
        yield f"schemaVersion should be one of {', '.join(api.schema_versions)}"
    yield from _problems_of_destination(asked.get("destination"))
    types = asked.get("types")
    if not isinstance(types, list) or not types:
        yield "types should not be empty"
    elif not all(kind in _TYPES for kind in types):
        yield f"types should be of {', '.join(_TYPES)}"
    yield from _problems_of_buffering(asked.get("buffering"))


def _problems_of_destination(destination: object) -> Iterator[str]:
    if not isinstance(destination, dict):
        yield "destination is not provided"
        return
    if destination.get("protocol") != "HTTP":
        yield "destination.protocol should be HTTP (tulle dev has no other)"
        return
    uri = destination.get("URI")
    if not isinstance(uri, str):
        yield "URI is not provided"
        return
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        yield "URI is invalid"
        return
    if parts.scheme != "http" or host not in _HOSTS:
        yield "URI should begin with http://sandbox.localdomain"
    if not port:
        yield "URI port is not provided"
    elif port == _RESERVED_PORT:
        yield f"URI port {_RESERVED_PORT} is reserved"


def _problems_of_buffering(buffering: object) -> Iterator[str]:
    if buffering is None:
        return
    if not isinstance(buffering, dict):
        yield "buffering should be an object"
        return
    for key, (_, least, most) in _BUFFERING.items():
        value = buffering.get(key)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"buffering.{key} should be from {least} to {most}"
