"""Handlers that mean ill, or know no better."""

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
RUNTIME = "/2018-06-01/runtime"


def handler(event, context):
    return globals()[event["do"]](event, context)


def pong(event, context):
    return {"pong": event.get("number")}


def ask(method, path, body=b""):
    connection = http.client.HTTPConnection(API)
    connection.request(method, RUNTIME + path, body)
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


# Talking to the Runtime API past the client


def answer_itself(event, context):
    """The client's own answer then is refused, which ends it."""
    return ask("POST", f"/invocation/{context.aws_request_id}/response", b'"its own"')


def answer_itself_twice(event, context):
    path = f"/invocation/{context.aws_request_id}/response"
    ask("POST", path, b'"first"')
    print(ask("POST", path, b'"second"'))
    return "third"


def fail_itself(event, context):
    error = b'{"errorType": "Own", "errorMessage": "own"}'
    return ask("POST", f"/invocation/{context.aws_request_id}/error", error)


def answer_for_another(event, context):
    wrong = ask(
        "POST", "/invocation/00000000-0000-0000-0000-000000000000/response", b'"for another"'
    )
    late = ask("POST", "/init/error", b"{}")
    return [wrong, late]


def answer_in_part(event, context):
    """An answer that is cut off is none, but it was begun: the client's own is refused."""
    host, port = API.split(":")
    path = f"{RUNTIME}/invocation/{context.aws_request_id}/response"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {API}\r\nContent-Length: 10\r\n\r\n[1,".encode()
        )
        time.sleep(0.1)
    time.sleep(0.1)
    return "whole"


def answer_without_end(event, context):
    host, port = API.split(":")
    path = f"{RUNTIME}/invocation/{context.aws_request_id}/response"
    connection = socket.create_connection((host, int(port)))
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    while True:
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.05)


def answer_without_limit(event, context):
    host, port = API.split(":")
    path = f"{RUNTIME}/invocation/{context.aws_request_id}/response"
    connection = socket.create_connection((host, int(port)))
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    for _ in range(100):
        connection.sendall(chunk)
    return "sent 100 MB"


def talk_nonsense(event, context):
    host, port = API.split(":")
    for nonsense in (
        b"\0\1\2\3",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST " + RUNTIME.encode() + b"/init/error HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST "
        + RUNTIME.encode()
        + b"/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST "
        + RUNTIME.encode()
        + b"/init/error HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n",
        b"GET " + RUNTIME.encode() + b"/invocation/next HTTP/1.1\r\nX: " + b"x" * 3_000_000,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: 127.0.0.1\r\n\r\n",
        b"",
    ):
        with socket.create_connection((host, int(port))) as connection:
            try:
                connection.sendall(nonsense)
            except OSError:
                pass
    return "talked"


def poll_meanwhile(event, context):
    return ask("GET", "/invocation/next")[0]


def steal_the_next(event, context):
    """A thread polls beside the client, and takes an invocation that it never answers."""

    def poll():
        time.sleep(0.2)
        ask("GET", "/invocation/next")

    threading.Thread(target=poll, daemon=True).start()
    return "left a thief"


def poll_and_hang_up(event, context):
    """Polls that are cut off must not take an invocation with them."""

    def poll():
        time.sleep(0.2)
        host, port = API.split(":")
        for _ in range(20):
            with socket.create_connection((host, int(port))) as connection:
                connection.sendall(
                    f"GET {RUNTIME}/invocation/next HTTP/1.1\r\nHost: {API}\r\n\r\n".encode()
                )

    threading.Thread(target=poll, daemon=True).start()
    return "left one who hangs up"


def hold_connections(event, context):
    host, port = API.split(":")
    held.extend(socket.create_connection((host, int(port))) for _ in range(200))
    return len(held)


held = []


# Ending what it should not


def leave_after_answering(event, context):
    threading.Timer(event["s"], os._exit, args=[3]).start()
    return os.getpid()


def replace_itself(event, context):
    os.execv("/bin/sh", ["sh", "-c", "exit 6"])


def stop_itself(event, context):
    os.kill(os.getpid(), signal.SIGSTOP)


def kill_its_group(event, context):
    os.killpg(0, signal.SIGKILL)


def leave_a_child(event, context):
    return subprocess.Popen(["sleep", "600"]).pid


def leave_a_daemon(event, context):
    """Fork twice, in a session of its own, as the book has it."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write_end, str(os.getpid()).encode())
            os.closerange(0, 1024)
            os.execv("/bin/sleep", ["sleep", "600"])
        os._exit(0)
    os.wait()
    return int(os.read(read_end, 100))


def close_all_files(event, context):
    os.closerange(0, 1024)
    return "closed"


def fork_many(event, context):
    for _ in range(50):
        subprocess.Popen(["sleep", "600"])
    return "forked"


def start_many_threads(event, context):
    for _ in range(200):
        threading.Thread(target=time.sleep, args=[600], daemon=True).start()
    return "started"


def limit_itself(event, context):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
    return "limited"


def remove_its_folder(event, context):
    os.mkdir("sub")
    os.chdir("sub")
    os.rmdir("../sub")
    return "removed"


# Writing too much


def write_without_line_breaks(event, context):
    for _ in range(event["mb"]):
        os.write(1, b"x" * 1_000_000)
    return "written"


def write_without_end_after_answering(event, context):
    subprocess.Popen(["sh", "-c", "while :; do echo again; done"])
    return "answered"


def hold_output(event, context):
    """A child keeps the pipe open when the process is gone."""
    subprocess.Popen(["sleep", "600"])
    os._exit(7)


def break_stdout(event, context):
    sys.stdout = None
    sys.stderr = None
    return "broken"
