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
    lines = [f"{method} /2020-01-01/extension/{path} HTTP/1.1", f"Host: {HOST}"]
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


if PLAN == "dies early":
    sys.exit(7)
say("runs as", os.getuid(), "in", os.getcwd(), "with", "_HANDLER" in os.environ)
_, _, told = call("POST", "register", {"events": EVENTS}, Name=NAME)
own = told["Lambda-Extension-Identifier"]
if PLAN == "init error":
    error = {"Identifier": own, "Function-Error-Type": "Outer.Broken"}
    say(call("POST", "init/error", {}, **error)[:2])
    sys.exit(1)
while True:
    _, event, _ = call("GET", "event/next", None, Identifier=own)
    say("hears", event["eventType"], event.get("shutdownReason", ""))
    if event["eventType"] == "SHUTDOWN":
        say("has", round(event["deadlineMs"] / 1000 - time.time()), "s")
        if PLAN == "stays":
            time.sleep(60)
        break
    if PLAN == "dies in an invocation":
        os.kill(os.getpid(), 9)
    if PLAN == "dies after an invocation":
        time.sleep(0.3)
        sys.exit(0)
