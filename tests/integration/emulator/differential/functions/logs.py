"""Handlers that write to the log."""

import logging
import os
import sys


def say(event, context):
    for text in event["texts"]:
        print(text, end="")
    return "said"


def say_to_stderr(event, context):
    print("to stderr", file=sys.stderr)
    print("to stdout")
    return "said"


def say_much(event, context):
    for number in range(event["lines"]):
        print(number, "x" * event["length"])
    return "said"


def write_bytes(event, context):
    os.write(1, bytes(range(14, 256)) + b"\n")
    return "written"


def log(event, context):
    logger = logging.getLogger()
    logger.setLevel(event.get("level", "WARNING"))
    logger.debug("debug")
    logger.info("info %s", "é")
    logger.warning("warning")
    logger.error("error\nin two lines")
    logger.critical("critical")
    logging.getLogger("a.b").warning("by a child logger")
    return "logged"


def log_an_exception(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger().exception("it went wrong")
    return "logged"


def warn(event, context):
    import warnings

    warnings.warn("careful", stacklevel=1)
    return "warned"


def close_stdout(event, context):
    sys.stdout.close()
    return "closed"


def close_output(event, context):
    os.close(1)
    os.close(2)
    return "closed"


def replace_stdout(event, context):
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as text:
        print("unseen")
    return text.getvalue()


def read_stdin(event, context):
    return sys.stdin.read()
