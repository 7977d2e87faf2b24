"""Owns a lean client of the Lambda Runtime API, for images whose base has none and where the start must be fastest.

`python -m tulle_runtime.bootstrap [module.function]`. It speaks the protocol of AWS's documentation ("Using the Lambda
runtime API for custom runtimes") and reports errors in the form that AWS's own Python client does.
"""

import json
import os
import socket
import sys
import time
import traceback
from importlib import import_module

from tulle_runtime.exchange import Connection, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Handler = Callable[[Any, "Context"], object]

__all__ = ["Context", "main"]

_API = "/2018-06-01/runtime"
_MAX_EVENT_BYTES = 8 * 1024 * 1024


class Context:
    """What a handler learns of its invocation, with the names that AWS's client gives."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = json.loads(headers.get("lambda-runtime-client-context", "null"))
        self.identity = json.loads(headers.get("lambda-runtime-cognito-identity", "null"))
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms", "0"))

    def get_remaining_time_in_millis(self) -> int:
        """Say how many milliseconds are left before Lambda ends the invocation."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    @staticmethod
    def log(message: object) -> None:
        """Write a line to the function's log."""
        sys.stdout.write(str(message))
        sys.stdout.flush()


class _InitError(Exception):
    """The handler cannot be had. Carries the report that Lambda gets."""

    def __init__(self, report: dict[str, object]) -> None:
        super().__init__(report["errorMessage"])
        self.report = report


class _RuntimeApi:
    """The Runtime API behind `AWS_LAMBDA_RUNTIME_API`, on one connection that is kept."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._connection: Connection | None = None

    def next(self) -> tuple[dict[str, str], bytes]:
        """Wait for an invocation: its headers and its event."""
        return self._exchange("GET", "/invocation/next")

    def respond(self, headers: dict[str, str], path: str, body: bytes) -> None:
        """Post what came of an invocation, under the id of that very attempt."""
        request_id = headers["lambda-runtime-aws-request-id"]
        own = {"Content-Type": "application/json"}
        if "lambda-runtime-invocation-id" in headers:
            own["Lambda-Runtime-Invocation-Id"] = headers["lambda-runtime-invocation-id"]
        self._exchange("POST", f"/invocation/{request_id}/{path}", own, body)

    def fail_init(self, report: dict[str, object]) -> None:
        """Post why the function cannot start."""
        own = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Function-Error-Type": str(report["errorType"]),
        }
        self._exchange("POST", "/init/error", own, json.dumps(report).encode())

    def _exchange(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[dict[str, str], bytes]:
        connection = self._connection or self._connect()
        connection.send(method, _API + path, {"Host": self._host, **(headers or {})}, body)
        status, answered, content = connection.receive(_MAX_EVENT_BYTES)
        self._connection = connection if connection.reusable else None
        if status >= 500 or (status >= 400 and method == "GET"):
            raise ProtocolError(f"{method} {path} answered {status}: {content[:500]!r}")
        return (
            answered,
            content,
        )  # a refused result (413, say) is Lambda's to report; the next event may fit

    def _connect(self) -> Connection:
        host, _, port = self._host.partition(":")
        sock = socket.create_connection((host, int(port or 80)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Connection(sock)


def main() -> None:
    """Load the handler, then answer invocations until Lambda ends the process."""
    api = _RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path.insert(0, os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd())  # noqa: PTH109 (see litert)
    try:
        handler = _load_handler(
            sys.argv[1] if len(sys.argv) > 1 else os.environ.get("_HANDLER", "")
        )
    except _InitError as error:
        _log(error.report)
        api.fail_init(error.report)
        sys.exit(1)
    while True:
        headers, event = api.next()
        _invoke(api, handler, headers, event)


def _invoke(api: _RuntimeApi, handler: "Handler", headers: dict[str, str], event: bytes) -> None:
    context = Context(headers)
    if "lambda-runtime-trace-id" in headers:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
    try:
        body = _encode(handler(_decode(event), context))
        path = "response"
    except Exception as exc:  # noqa: BLE001 (the supervisor of the user's code: Lambda is told, the process goes on)
        report = _report(exc, context.aws_request_id)
        _log(report)
        body, path = json.dumps(report).encode(), "error"
    sys.stdout.flush()
    api.respond(headers, path, body)


def _load_handler(name: str) -> "Handler":
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise _InitError(
            _problem("MalformedHandlerName", f"Bad handler '{name}': it must be module.function")
        )
    try:
        module = import_module(module_name.replace("/", "."))
    except ImportError as exc:
        raise _InitError(
            _problem("ImportModuleError", f"Unable to import module '{module_name}': {exc}")
        ) from exc
    except SyntaxError as exc:
        message = f"Syntax error in module '{module_name}': {exc}"
        place = f'  File "{exc.filename}" Line {exc.lineno}\n    {exc.text}'
        raise _InitError(
            _problem("UserCodeSyntaxError", message) | {"stackTrace": [place]}
        ) from exc
    except Exception as exc:  # (whatever the user's module raises, Lambda is told)
        raise _InitError(_report(exc, "")) from exc
    handler: Handler | None = getattr(module, function_name, None)
    if handler is None:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise _InitError(_problem("HandlerNotFound", message))
    return handler


class _MarshalError(Exception):
    """The event cannot be read or the result cannot be written as JSON."""


def _decode(event: bytes) -> object:
    try:
        return json.loads(event)
    except ValueError as exc:
        raise _MarshalError(f"Unable to unmarshal input: {exc}") from exc


def _encode(result: object) -> bytes:
    try:
        return json.dumps(result, ensure_ascii=False).encode()
    except (TypeError, ValueError) as exc:
        raise _MarshalError(f"Unable to marshal response: {exc}") from exc


def _problem(kind: str, message: str) -> dict[str, object]:
    return {
        "errorMessage": message,
        "errorType": f"Runtime.{kind}",
        "requestId": "",
        "stackTrace": [],
    }


def _report(error: Exception, request_id: str) -> dict[str, object]:
    if isinstance(error, _MarshalError):
        kind = "MarshalError" if str(error).startswith("Unable to marshal") else "UnmarshalError"
        return _problem(kind, str(error)) | {"requestId": request_id}
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": [  # the user's frames, not this module's
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
            for frame in frames[1:] or frames
        ],
    }


def _log(report: dict[str, object]) -> None:
    trace = report["stackTrace"]
    lines = "".join(trace) if isinstance(trace, list) else ""
    sys.stdout.write(f"[ERROR] {report['errorType']}: {report['errorMessage']}\n{lines}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
