"""Owns the cases of what a function writes, in whatever way, and of output that it closes."""

from __future__ import annotations

from integration.emulator.differential.case import Case, event
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]

_JSON = Setup(
    variables=(("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", "INFO")),
)
_ERRORS_ONLY = Setup(variables=(("AWS_LAMBDA_LOG_LEVEL", "ERROR"),))
# What closes its output or changes its environment has an environment of its own.
_CLOSED = Setup(variables=(("OWN", "to be closed"),))

CASES = (
    *(
        Case(name=f"log: {name}", body=event("logs.say", texts=texts))
        for name, texts in {
            "lines": ["one\n", "two", " parts\n"],
            "empty lines": ["\n", "\n\n"],
            "an unfinished line": ["unfinished"],
            "carriage returns": ["a\rb\r\nc\n"],
            "unicode, a tab and a null": ["é 中文 🎉\t\0\n"],
            "what looks like ours": ["XREPORT RequestId: x\n", " END RequestId: x\n"],
        }.items()
    ),
    *(
        Case(name=f"log: {do}", body=event(f"logs.{do}"))
        for do in (
            "say_to_stderr",
            "write_bytes",
            "log",
            "log_an_exception",
            "warn",
            "replace_stdout",
            "read_stdin",
        )
    ),
    Case(name="log: 3000 lines", body=event("logs.say_much", lines=3000, length=100)),
    Case(name="log: a line of 200 kB", body=event("logs.say_much", lines=1, length=200_000)),
    Case(name="log: all levels", body=event("logs.log", level="DEBUG")),
    Case(name="log: context.log", body=event("told.context_log"), aws="true"),
    *(
        Case(name=f"log in JSON: {do}", body=event(do), setup=_JSON, fails=fails)
        for do, fails in (
            ("logs.log", False),
            ("logs.log_an_exception", False),
            ("logs.say_to_stderr", False),
            ("errors.divide", True),
        )
    ),
    Case(name="log: the level as a setting", body=event("logs.log"), setup=_ERRORS_ONLY),
    Case(name="log: stdout closed", body=event("logs.close_stdout"), setup=_CLOSED),
    Case(name="log: files 1 and 2 closed", body=event("logs.close_output"), setup=_CLOSED),
)
