"""An external extension: a program that speaks the Extensions API over a plain socket."""

import json
import os
import socket
import sys
import time

HOST, _, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
NAME = sys.argv[0].rpartition("/")[2]
PLAN = os.environ.get("PLAN", "")
EVENTS = {"silent": [], "rude": ["INVOKE"]}.get(NAME, ["INVOKE", "SHUTDOWN"])


def say(*words):
    print(NAME, *words, flush=True)


def call(method, path, body, **headers):
    text = json.dumps(body).encode() if body is not None else b""
    full = path if path.startswith("/") else f"/2020-01-01/extension/{path}"
    lines = [f"{method} {full} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"Lambda-Extension-{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(text)}", "Connection: close", "", ""]
    with socket.create_connection((HOST, int(PORT))) as connection:
        connection.sendall("\r\n".join(lines).encode() + text)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.decode().partition("\r\n\r\n")
    status, *rest = head.split("\r\n")
    told = dict(line.split(": ", 1) for line in rest)
    return int(status.split()[1]), json.loads(body), told


def receive(listener):
    """Take in a batch."""
    connection, _ = listener.accept()
    with connection:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(head.decode().lower().partition("content-length: ")[2].split()[0])
        while len(body) < length:
            body += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    return json.loads(body)


if PLAN == "dies early":
    sys.exit(7)
say("runs as", os.getuid(), "in", os.getcwd(), "with", "_HANDLER" in os.environ)
_, _, told = call("POST", "register", {"events": EVENTS}, Name=NAME)
own = told["Lambda-Extension-Identifier"]
if PLAN == "init error":
    error = {"Identifier": own, "Function-Error-Type": "Outer.Broken"}
    say(call("POST", "init/error", {}, **error)[:2])
    sys.exit(1)
if PLAN == "listens":
    listener = socket.create_server(("sandbox.localdomain", 0))
    wish = {
        "schemaVersion": "2022-12-13",
        "types": ["function"],
        "buffering": {"timeoutMs": 25},
        "destination": {
            "protocol": "HTTP",
            "URI": f"http://sandbox.localdomain:{listener.getsockname()[1]}",
        },
    }
    say(call("PUT", "/2022-07-01/telemetry", wish, Identifier=own)[:2])
while True:
    _, event, _ = call("GET", "event/next", None, Identifier=own)
    say("hears", event["eventType"], event.get("shutdownReason", ""))
    if event["eventType"] == "SHUTDOWN":
        say("has", round(event["deadlineMs"] / 1000 - time.time()), "s")
        if PLAN == "stays":
            time.sleep(60)
        break
    if PLAN == "listens":
        say("is told", [event["record"] for event in receive(listener)])
    if PLAN == "dies in an invocation":
        os.kill(os.getpid(), 9)
    if PLAN == "dies after an invocation":
        time.sleep(0.3)
        sys.exit(0)
