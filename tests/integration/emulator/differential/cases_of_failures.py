"""Owns the cases of handlers that raise, exit, die, or are not done in their time."""

from __future__ import annotations

import re

from integration.emulator.differential.case import Case, Difference, event
from integration.emulator.differential.sides import Setup

__all__ = ["CASES", "STATUS_502"]

_RECORDED = "LocalStack's recordings of AWS, 2025-11-24 and 25"
STATUS_502 = Difference(
    where="status",
    rie=502,
    fact=f"AWS answers 200 with X-Amz-Function-Error to whatever the function does: {_RECORDED}",
)


def _exit_error(reason: str) -> str:
    return (
        '{"errorType":"Runtime.ExitError",'
        f'"errorMessage":"RequestId: <id> Error: Runtime exited {reason}"}}'
    )


_RAISED = (
    "own", "without message", "key error", "unicode", "long", "lines",
    "null and escapes", "number as message", "two fields", "system", "group", "stop iteration", "memory",
    "class instead of instance",
)  # fmt: skip
# These reach the client itself, which is no match for them and ends.
_FATAL = (
    "lone surrogate", "unprintable", "not an exception", "generator exit", "keyboard interrupt",
)  # fmt: skip

_RAISE = (
    Case(
        name="raise Exception",
        body=b"{}",
        setup=Setup(handler="raises.handler"),
        fails=True,
        aws='{"errorMessage": "msg", "errorType": "Exception", "requestId": "<id>", "stackTrace": '
        '["  File \\"/var/task/raises.py\\", line 2, in handler\\n    raise Exception(\\"msg\\")\\n"]}',
        then=b"{}",
    ),
    *(
        Case(name=f"raise: {which}", body=event("errors.fail", which=which), fails=True)
        for which in _RAISED
    ),
    Case(
        name="raise: longer than a header",
        body=event("errors.fail", which="longer than a header"),
        fails=True,
        differences=(
            Difference(
                where="log",
                rie=re.compile(r"\[ERROR\] ValueError: x{1500000}\nTraceback .*", re.DOTALL),
                fact="an event of CloudWatch Logs is bounded, and so are our lines: longer ones go on in the next",
            ),
        ),
    ),
    *(
        Case(name=f"raise: {do}", body=event(f"errors.{do}"), fails=True)
        for do in (
            "fail_with_cause",
            "fail_while_handling",
            "recurse",
            "fail_in_library",
            "fail_in_exec",
            "divide",
        )
    ),
    *(
        Case(
            name=f"raise: {which}",
            body=event("errors.fail", which=which),
            fails=True,
            differences=(STATUS_502,),
        )
        for which in _FATAL
    ),
)

_NO_REASON = "without providing a reason"
_EXITS = {
    "sys.exit(0)": (event("exits.leave", code=0), _NO_REASON),
    "sys.exit(None)": (event("exits.leave", code=None), _NO_REASON),
    "sys.exit(256)": (event("exits.leave", code=256), _NO_REASON),
    "sys.exit(3)": (event("exits.leave", code=3), "with error: exit status 3"),
    "sys.exit(-1)": (event("exits.leave", code=-1), "with error: exit status 255"),
    "sys.exit(text)": (event("exits.leave", code="a reason"), "with error: exit status 1"),
    "os._exit(0)": (event("exits.leave_at_once", code=0), _NO_REASON),
    "os._exit(127)": (event("exits.leave_at_once", code=127), "with error: exit status 127"),
    "os._exit(300)": (event("exits.leave_at_once", code=300), "with error: exit status 44"),
    "os._exit in a thread": (
        event("exits.leave_at_once_in_thread"),
        "with error: exit status 9",
    ),
    "sys.exit with a thread running": (
        event("exits.leave_thread_then_exit"),
        "with error: exit status 4",
    ),
    "os._exit with a child running": (
        event("exits.leave_child_then_exit"),
        "with error: exit status 5",
    ),
    "os.abort": (event("exits.abort"), "with error: signal: aborted"),
    "a null pointer": (event("exits.read_null"), "with error: signal: segmentation fault"),
    **{
        name: (event("exits.die", signal=name), f"with error: signal: {words}")
        for name, words in {
            "SIGSEGV": "segmentation fault",
            "SIGKILL": "killed",
            "SIGTERM": "terminated",
            "SIGINT": "interrupt",
            "SIGHUP": "hangup",
            "SIGBUS": "bus error",
            "SIGUSR1": "user defined signal 1",
            "SIGXCPU": "CPU time limit exceeded",
            "SIGIO": "I/O possible",
            "SIGRTMIN": "signal 34",
        }.items()
    },
}

_EXIT = tuple(
    Case(
        name=f"exit: {name}",
        body=body,
        fails=True,
        aws=_exit_error(reason),
        differences=(STATUS_502,),
    )
    for name, (body, reason) in _EXITS.items()
)

_SURVIVE = (
    *(
        Case(name=f"survive: {do}", body=event(f"exits.{do}"))
        for do in (
            "exit_in_thread",
            "fail_in_thread",
            "leave_child",
            "kill_own_child",
            "fork",
            "run_child",
            "call_system",
            "ignore_signal",
            "run_asyncio",
        )
    ),
    Case(name="survive: a signal that Python ignores", body=event("exits.die", signal="SIGPIPE")),
    Case(name="survive: a thread left running", body=event("exits.leave_thread", daemon=False)),
    Case(name="survive: a daemon left running", body=event("exits.leave_thread", daemon=True)),
    Case(name="raise: an alarm of its own", body=event("exits.use_alarm"), fails=True),
)


def _timeout(name: str, body: bytes, setup: Setup) -> Case:
    reason = f"Task timed out after {setup.timeout_s}.00 seconds"
    text = Difference(
        where="payload",
        rie=reason,
        fact=f"AWS names Sandbox.Timedout, in JSON: {_RECORDED}",
    )
    return Case(
        name=f"timeout: {name}",
        body=body,
        setup=setup,
        fails=True,
        aws=f'{{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: <id> Error: {reason}"}}',
        differences=(text,),
    )


_SHORT = Setup(timeout_s=2)
_TIMEOUT = (
    _timeout("asleep", event("lasts.sleep", s=60), _SHORT),
    _timeout("deaf to signals", event("lasts.sleep_deaf"), _SHORT),
    _timeout("busy, with a line begun", event("lasts.say_then_spin"), _SHORT),
)

CASES = (*_RAISE, *_EXIT, *_SURVIVE, *_TIMEOUT)
