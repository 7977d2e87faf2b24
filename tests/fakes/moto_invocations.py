"""What moto's Lambda lacks of failing functions, taught to it in this process.

moto answers an invocation with what stands next in its queue, and never says that a function failed. With
`complete_invocations`, an answer that describes an error is one.
"""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends

__all__ = ["complete_invocations", "set_answers"]

_invoke = LambdaSimpleBackend.invoke


def complete_invocations() -> None:
    """Teach moto, for as long as this process lives, that functions may fail."""
    backend: Any = LambdaSimpleBackend
    backend.invoke = _invoke_or_fail


def set_answers(*answers: str, account: str = "123456789012", region: str = "eu-west-1") -> None:
    """Let functions answer with these, one after the other, and then with what they are given."""
    lambda_simple_backends[account][region].lambda_simple_results_queue[:] = answers


def _invoke_or_fail(
    backend: LambdaSimpleBackend,
    function_name: str,
    qualifier: str | None,
    body: Any,
    headers: Any,
    response_headers: Any,
) -> str | bytes | None:
    answer = _invoke(backend, function_name, qualifier, body, headers, response_headers)
    try:
        content = json.loads(answer or b"null")
    except ValueError:
        return answer
    if isinstance(content, dict) and "errorType" in content:
        response_headers["x-amz-function-error"] = "Unhandled"
    return answer
