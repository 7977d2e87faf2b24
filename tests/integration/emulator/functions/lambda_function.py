"""Handlers for the tests: each does one thing that a function may do."""

import os
import signal
import subprocess
import sys
import time
from itertools import count as counter
from pathlib import Path
from typing import Any

Event = dict[str, Any]

print("module loaded")
_counter = counter(1)


def lambda_handler(event: Event, context: Any) -> object:
    return globals()[event["do"]](event, context)


def pong(_event: Event, _context: Any) -> object:
    return "PONG"


def echo(event: Event, _context: Any) -> object:
    return event


def give(event: Event, _context: Any) -> object:
    return event["value"]


def count(_event: Event, _context: Any) -> object:
    return {"count": next(_counter), "pid": os.getpid()}


def environment(_event: Event, _context: Any) -> object:
    return dict(os.environ)


def describe(_event: Event, context: Any) -> object:
    client = context.client_context
    return {
        "request_id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
        "tenant": context.tenant_id,
        "remaining_ms": context.get_remaining_time_in_millis(),
        "custom": client.custom if client else None,
        "trace_id": os.environ["_X_AMZN_TRACE_ID"],
        "log_stream": context.log_stream_name,
    }


def say_caller(event: Event, context: Any) -> object:
    client = context.client_context
    print(f"{event['as']}: {client.custom if client else None} {context.tenant_id}")


def say(event: Event, _context: Any) -> object:
    print(event["text"], end=event.get("end", "\n"))
    return "said"


def say_and_sleep(event: Event, context: Any) -> object:
    say(event, context)
    return sleep(event, context)


def say_to_stderr(event: Event, _context: Any) -> object:
    print(event["text"], file=sys.stderr)
    return "said"


def fail(event: Event, _context: Any) -> object:
    raise ValueError(event["message"])


def fail_at_first(event: Event, _context: Any) -> object:
    place = Path(event["place"])
    attempt = len(os.listdir(place)) + 1
    (place / str(attempt)).touch()
    print(f"attempt {attempt}")
    if attempt <= event["failures"]:
        raise ValueError(f"attempt {attempt}")


def unserialisable(_event: Event, _context: Any) -> object:
    return {1, 2}


def sleep(event: Event, _context: Any) -> object:
    time.sleep(event["s"])
    return "slept"


def meet(event: Event, context: Any) -> object:
    """Wait until as many invocations as are invited have come: all must run at once."""
    (Path(event["place"]) / context.aws_request_id).touch()
    while len(os.listdir(event["place"])) < event["invited"]:
        time.sleep(0.01)
    return {"guest": event["guest"], "pid": os.getpid(), "log_stream": context.log_stream_name}


def leave_a_mark(event: Event, context: Any) -> object:
    (Path(event["place"]) / context.aws_request_id).touch()


def wait_for(event: Event, _context: Any) -> object:
    print(f"process {os.getpid()} waits")
    while not Path(event["file"]).exists():
        time.sleep(0.01)
    return os.getpid()


def leave(event: Event, _context: Any) -> object:
    os._exit(event["code"])


def leave_politely(_event: Event, _context: Any) -> object:
    sys.exit(0)


def die(event: Event, _context: Any) -> object:
    os.kill(os.getpid(), signal.Signals[event["signal"]])
    return "still here"


def large(event: Event, _context: Any) -> object:
    return "x" * event["bytes"]


def allocate(event: Event, _context: Any) -> object:
    return len(os.urandom(1024) * (event["mb"] * 1024))


def start_a_child(_event: Event, _context: Any) -> object:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    return child.pid
