"""Handlers that change what lasts, or last themselves."""

import os
import signal
import tempfile
import time

import app


def keep(event, context):
    app.kept.append(event["what"])
    return len(app.kept)


def change_directory(event, context):
    os.chdir("/")
    return os.getcwd()


def directory(event, context):
    return os.getcwd()


def set_variable(event, context):
    os.environ["OWN"] = "set"
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME")


def drop_variables(event, context):
    os.environ.clear()
    return sorted(os.environ)


def put_file_and_leave(event, context):
    with open(_place(context), "w") as file:
        file.write("kept")
    os._exit(1)


def take_file(event, context):
    with open(_place(context)) as file:
        text = file.read()
    os.remove(_place(context))
    return text


def _place(context):
    """Name a file that no other emulator on this machine takes."""
    group = context.log_group_name.replace("/", "-")
    return os.path.join(tempfile.gettempdir(), f"tulle-differential{group}")


def sleep(event, context):
    time.sleep(event["s"])
    return "slept"


def sleep_deaf(event, context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def say_then_spin(event, context):
    print("said before the end")
    print("an unfinished line", end="")
    while True:
        pass
