"""Owns the rules of a function's environment variables: which names Lambda keeps, and how much they may hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "RESERVED_VARIABLES",
    "VARIABLES_BYTES",
    "variable_name",
    "variables_bytes",
    "variables_size_problem",
]

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED_VARIABLES = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }
)
VARIABLES_BYTES = 4096
"""What a function's own variables may hold."""


def variable_name(value: object) -> str | None:
    """Take a name that a function's variable may have."""
    if value in RESERVED_VARIABLES:
        return "must not be a variable that Lambda itself sets"
    fits = isinstance(value, str) and re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", value)
    return None if fits else "must begin with a letter and have at least two letters, digits, _"


def variables_bytes(environment: Mapping[str, object]) -> int:
    """Measure variables as Lambda does: by their JSON."""
    return len(json.dumps(environment, separators=(",", ":"), ensure_ascii=False).encode())


def variables_size_problem(environment: Mapping[str, object]) -> str | None:
    """Tell when variables hold more than Lambda takes."""
    size = variables_bytes(environment)
    if size <= VARIABLES_BYTES:
        return None
    return f"`function.environment` holds {size} bytes, and Lambda takes {VARIABLES_BYTES}"
