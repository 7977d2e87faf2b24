"""Handlers that try the bounds of their execution environment."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOARD = "import sys, time; kept = bytearray(int(sys.argv[1]) << 20); time.sleep(600)"
DAEMON = """
import os, sys, time
if os.fork():
    sys.exit()
os.setsid()
if os.fork():
    sys.exit()
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""


def handler(event, context):
    return globals()[event["do"]](event)


def pong(_event):
    return "PONG"


def tell_processes(_event):
    """Tell the child, its keeper and the keeper's parent."""
    stat = Path(f"/proc/{os.getppid()}/stat").read_text()
    return [os.getpid(), os.getppid(), int(stat.rpartition(")")[2].split()[1])]


def here(_event):
    """Tell where temporary files go, and what is there."""
    return [tempfile.gettempdir(), sorted(os.listdir(tempfile.gettempdir()))]


def write(event):
    """Write to `/tmp`, and tell what went wrong."""
    try:
        (Path(tempfile.gettempdir()) / event["name"]).write_bytes(bytes(event.get("mb", 0) << 20))
    except OSError as exc:
        return exc.strerror
    return None


def write_and_meet(event):
    """Write, wait until another environment has, and tell what is there."""
    write(event)
    (Path(event["place"]) / event["name"]).touch()
    while len(os.listdir(event["place"])) < 2:
        time.sleep(0.01)
    return here(event)[1]


def leave(_event):
    os._exit(3)


def sleep(_event):
    time.sleep(60)


def allocate(event):
    kept = bytearray(event["mb"] << 20)
    time.sleep(event.get("s", 0))
    return len(kept)


def allocate_in_a_child(event):
    return subprocess.run([sys.executable, "-c", HOARD, str(event["mb"])], check=False).returncode


def ask_for_too_much(_event):
    return len(bytearray(1 << 62))


def start_a_daemon(event):
    """Start what leaves its parent and its session, and tell its process."""
    subprocess.run([sys.executable, "-c", DAEMON, event["file"]], check=True)
    while not (Path(event["file"]).exists() and Path(event["file"]).read_text()):
        time.sleep(0.01)
    return [os.getpid(), int(Path(event["file"]).read_text())]


def describe(_event):
    """Tell what a child gets from whoever starts it."""
    return {
        "fds": [
            os.readlink(f"/proc/self/fd/{fd}")
            for fd in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{fd}")
        ],
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "session": os.getsid(0) == os.getpid(),
        "ignored": [
            number.name
            for number in sorted(signal.valid_signals())
            if signal.getsignal(number) is signal.SIG_IGN
        ],
        "children_end": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
    }
