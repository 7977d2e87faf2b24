"""A handler that looks around in the root of its image, with no more than a few modules of Python."""

import os
import resource
import socket
import sys
import time


def handler(event, context):
    return globals()[event["do"]](event)


def describe(_event):
    """Tell where it is and who it is."""
    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file)
    return {
        "folder": os.getcwd(),
        "root": sorted(os.listdir("/")),
        "devices": sorted(os.listdir("/dev")),
        "fds": sorted(
            os.readlink(f"/proc/self/fd/{fd}").partition(":")[0] for fd in ("0", "1", "2")
        ),
        "ids": [os.getuid(), os.getgid()],
        "capabilities": status["CapEff"].strip(),
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "arguments": sys.argv[1:],
    }


def variables(_event):
    return dict(os.environ)


def write(event):
    """Write a file, and tell what went wrong."""
    try:
        with open(event["path"], "wb") as file:
            file.write(bytes(event.get("mb", 0) << 20))
    except OSError as exc:
        return exc.strerror
    return None


def read(event):
    with open(event["path"], "rb") as file:
        return file.read(100).decode(errors="replace")


def here(_event):
    return sorted(os.listdir("/tmp"))


def say(_event):
    """Write to the log by every way that there is."""
    print("by print", flush=True)
    for path in ("/dev/stdout", "/dev/stderr", "/proc/self/fd/1"):
        with open(path, "w") as file:
            file.write(f"by {path}\n")


def resolve(event):
    return socket.getaddrinfo(event["host"], 80, type=socket.SOCK_STREAM)[0][4][0]


def leave(_event):
    os._exit(3)


def sleep(event):
    time.sleep(event.get("s", 60))


def allocate(event):
    return len(bytearray(event["mb"] << 20))


def start_a_daemon(_event):
    """Start what leaves its parent and its session, and tell its process."""
    heard, told = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(told, str(os.getpid()).encode())
            time.sleep(600)
        os._exit(0)
    os.wait()
    return [os.getpid(), int(os.read(heard, 100))]
