"""Owns what the page is told of the function: its limits, its gateway, and what its model takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tulle import __version__
from tulle.bundle.runtime_files import RUNTIME_HANDLER
from tulle.emulator.function import REGION
from tulle.errors import TulleError
from tulle.model.file import load_model

if TYPE_CHECKING:
    from tulle.console.json_text import Json
    from tulle.emulator.function import Function
    from tulle.emulator.server import LocalLambda
    from tulle.model.signature import Signature
    from tulle.project.api import ApiType
    from tulle.target import Architecture

__all__ = ["describe_function"]


async def describe_function(
    running: LocalLambda, *, api: ApiType, architecture: Architecture
) -> dict[str, Json]:
    """Describe the function as it is now."""
    function = running.function
    signature = await asyncio.to_thread(_signature, function)
    is_model = signature is not None
    return {
        "name": function.name,
        "arn": function.arn,
        "handler": function.handler,
        "runtime": function.runtime,
        "client": function.client,
        "memory_mb": function.memory_mb,
        "timeout_s": function.timeout_s,
        "concurrency": function.concurrency,
        "architecture": architecture,
        "kind": "model" if is_model else "handler",
        "labels": None if signature is None else list(signature.labels),
        "input_size": None if signature is None else [signature.width, signature.height],
        "gateway": {
            "type": api,
            "routes": [{"method": route.method, "path": route.path} for route in running.routes],
            "picture_route": _picture_route(running) if is_model else None,
            "headers": _headers(running),
        },
        "url": running.url,
        "region": REGION,
        "version": __version__,
    }


def _signature(function: Function) -> Signature | None:
    """Read what the model takes, where tulle's own handler serves one."""
    if function.handler != RUNTIME_HANDLER:
        return None
    try:
        return load_model(function.folder / "model.tflite").signature
    except TulleError:
        return None


def _picture_route(running: LocalLambda) -> str | None:
    """Find a path on which a picture may be sent, as a client would write it."""
    prefix = running.gateway_url.removeprefix(running.url)
    for route in running.routes:
        if route.method in {"ANY", "POST"}:
            return prefix + route.example
    return None


def _headers(running: LocalLambda) -> dict[str, Json]:
    """Give an API key that was made for this run; one of the user's own is not handed out."""
    made = [issued.value for issued in running.api_keys if issued.key.from_env is None]
    return {"x-api-key": made[0]} if made else {}
