"""Handlers that raise."""

import json


class OwnError(Exception):
    pass


class Ünïcode(Exception):
    pass


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("no text for this")


class NotAnException(BaseException):
    pass


class WithFields(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code


def fail(event, context):
    error = ERRORS[event["which"]]
    raise error()


ERRORS = {
    "own": lambda: OwnError("a reason"),
    "without message": lambda: ValueError(),
    "key error": lambda: KeyError("absent"),
    "unicode": lambda: Ünïcode("é 中文 🎉"),
    "lone surrogate": lambda: ValueError("\ud800"),
    "long": lambda: ValueError("x" * 200_000),
    "longer than a header": lambda: ValueError("x" * 1_500_000),
    "lines": lambda: ValueError("first\n  second\r\nthird\n\n"),
    "null and escapes": lambda: ValueError("\0 \x1b[31mred"),
    "number as message": lambda: ValueError(42),
    "two fields": lambda: WithFields(7, "text"),
    "unprintable": lambda: Unprintable(),
    "system": lambda: OSError(2, "No such file or directory", "x"),
    "group": lambda: ExceptionGroup("several", [ValueError("one"), TypeError("two")]),
    "stop iteration": lambda: StopIteration("x"),
    "memory": lambda: MemoryError(),
    "not an exception": lambda: NotAnException("x"),
    "keyboard interrupt": lambda: KeyboardInterrupt("x"),
    "generator exit": lambda: GeneratorExit("x"),
    "class instead of instance": lambda: ValueError,
}


def fail_with_cause(event, context):
    try:
        {}["absent"]
    except KeyError as exc:
        raise OwnError("caused") from exc


def fail_while_handling(event, context):
    try:
        {}["absent"]
    except KeyError:
        raise OwnError("while handling")


def recurse(event, context):
    return recurse(event, context)


def fail_in_library(event, context):
    return json.loads("{")


def fail_in_exec(event, context):
    exec(compile("1/0", "<generated>", "exec"))


def divide(event, context):
    def inner():
        return 1 / 0

    return inner()
