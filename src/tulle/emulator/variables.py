"""Owns the environment variables of a child: Lambda's, and nothing of the user's shell."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.emulator.function import REGION
from tulle.target import TASK_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.emulator.function import Function

__all__ = ["child_variables", "new_log_stream"]

_RUNTIME_FOLDER = "/var/runtime"
# What Lambda sets for every function, and a function may change.
_AWS = {
    # Without it, AWS's X-Ray library raises an error where nothing traces.
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    # Credentials that no service accepts: the user's own are only given by name.
    "AWS_ACCESS_KEY_ID": "ASIATULLELOCALEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "local-example",
    "AWS_SESSION_TOKEN": "local-example",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
# Images mostly say better, AWS's own too. (aws-lambda-runtime-interface-emulator, `rapidcore/env`)
_OF_IMAGES = {
    "LAMBDA_RUNTIME_DIR": _RUNTIME_FOLDER,
    "LAMBDA_TASK_ROOT": str(TASK_ROOT),
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}


def child_variables(
    function: Function, *, runtime_api: str, log_stream: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """List all that the child sees: what Lambda reserves last, so that nothing overrides it."""
    reserved = _reserved(function, runtime_api=runtime_api, log_stream=log_stream)
    if function.image is not None:
        return {
            **_AWS,
            **_OF_IMAGES,
            **dict(function.image.environment),
            **dict(function.environment),
            **reserved,
        }
    return {
        # Without these two an interpreter may not start at all on this machine.
        **({"PATH": environ["PATH"]} if "PATH" in environ else {}),
        "LD_LIBRARY_PATH": _library_path(function, environ),
        **_defaults(function),
        **dict(function.environment),
        **reserved,
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "LAMBDA_RUNTIME_DIR": _RUNTIME_FOLDER,
        "LAMBDA_TASK_ROOT": str(function.folder),
    }


def new_log_stream(now_s: float) -> str:
    """Name a log stream as Lambda does, one for each execution environment."""
    return f"{datetime.fromtimestamp(now_s, UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"


def _defaults(function: Function) -> dict[str, str]:
    """List what Lambda sets and a function may change."""
    return {
        # Lambda's task root is read-only, so no bytecode is written there; and here a file that is
        # saved twice within a second could otherwise be served stale.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(str(path) for path in function.search_path),
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "PWD": str(function.folder),
        **_AWS,
    }


def _library_path(function: Function, environ: Mapping[str, str]) -> str:
    """Let compiled files be found in the function's folder, as on Lambda."""
    there = environ.get("LD_LIBRARY_PATH", "")
    folders = (there, str(function.folder), str(function.folder / "lib"))
    return os.pathsep.join(filter(None, folders))


def _reserved(function: Function, *, runtime_api: str, log_stream: str) -> dict[str, str]:
    return {
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
    }
