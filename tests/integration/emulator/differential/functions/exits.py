"""Handlers that end their process, or leave something running."""

import asyncio
import ctypes
import operator
import os
import signal
import subprocess
import sys
import threading
import time

import app


def leave(event, context):
    sys.exit(event["code"])


def leave_at_once(event, context):
    os._exit(event["code"])


def abort(event, context):
    os.abort()


def die(event, context):
    os.kill(os.getpid(), getattr(signal, event["signal"]))
    time.sleep(0.2)
    return "survived"


def read_null(event, context):
    ctypes.string_at(0)


def exit_in_thread(event, context):
    thread = threading.Thread(target=sys.exit, args=[3])
    thread.start()
    thread.join()
    return "survived"


def leave_at_once_in_thread(event, context):
    threading.Thread(target=os._exit, args=[9]).start()
    time.sleep(5)


def fail_in_thread(event, context):
    thread = threading.Thread(target=operator.truediv, args=[1, 0], name="worker")
    thread.start()
    thread.join()
    return "survived"


def leave_thread(event, context):
    runs = threading.Event()

    def run_on():
        app.kept.append("a thread ran")
        runs.set()
        time.sleep(0.3)

    threading.Thread(target=run_on, daemon=event["daemon"]).start()
    runs.wait()
    return "left one"


def leave_thread_then_exit(event, context):
    threading.Thread(target=time.sleep, args=[0.3]).start()
    sys.exit(4)


def leave_child(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(5)"])
    app.kept[:] = [child.poll()]
    return "left one"


def leave_child_then_exit(event, context):
    subprocess.Popen(["sleep", "5"])
    os._exit(5)


def kill_own_child(event, context):
    child = subprocess.Popen(["sleep", "5"])
    child.kill()
    return child.wait()


def fork(event, context):
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run_child(event, context):
    script = "import sys; print('child out'); print('child err', file=sys.stderr)"
    subprocess.run([sys.executable, "-c", script], check=True)
    return subprocess.run(["sh", "-c", "exit 7"]).returncode


def call_system(event, context):
    return os.system("exit 3")


def ignore_signal(event, context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGTERM)
    return "survived"


def use_alarm(event, context):
    def ring(*_):
        raise TimeoutError("rung")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(5)


def run_asyncio(event, context):
    async def work():
        await asyncio.sleep(0)
        return "awaited"

    return asyncio.run(work())
