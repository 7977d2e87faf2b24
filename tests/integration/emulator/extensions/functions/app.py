"""A handler with internal extensions: threads that register while the module is imported."""

import http.client
import json
import os
import signal
import sys
import threading
import time

_EXTENSION = "/2020-01-01/extension"
_HOST = os.environ["AWS_LAMBDA_RUNTIME_API"]
_heard = []


def call(method, path, body=None, headers=None):
    """Ask the API, and give what it answers."""
    connection = http.client.HTTPConnection(_HOST)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, headers or {})
    response = connection.getresponse()
    answer = response.read().decode()
    told = response.getheader("Lambda-Extension-Identifier")
    connection.close()
    try:
        return response.status, json.loads(answer), told
    except ValueError:
        return response.status, answer, told


def register(name, events=("INVOKE",), **headers):
    named = {"Lambda-Extension-Name": name, **headers}
    return call("POST", f"{_EXTENSION}/register", {"events": list(events)}, named)


def _listen(identifier):
    while True:
        _, event, _ = call(
            "GET", f"{_EXTENSION}/event/next", headers={"Lambda-Extension-Identifier": identifier}
        )
        _heard.append(event)
        print("internal heard", event["eventType"], flush=True)
        time.sleep(float(os.environ.get("EXTENSION_WORK_S", "0")))


def _say_goodbye(*_):
    print("runtime ends", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, _say_goodbye)
if os.environ.get("EXTENSION", "yes") == "yes":
    welcome = register("inner", **{"Lambda-Extension-Accept-Feature": "accountId, other"})
    threading.Thread(target=_listen, args=(welcome[2],), daemon=True).start()


def handler(event, context):
    return globals()[event["do"]](event, context)


def heard(_event, context):
    """Tell what the extension was told up to now, of this invocation too."""
    while not _heard or _heard[-1]["requestId"] != context.aws_request_id:
        time.sleep(0.001)
    return {"welcome": welcome[:2], "heard": _heard, "id": context.aws_request_id}


def pong(_event, _context):
    return "pong"


def ask(event, _context):
    """Ask the API as told, and tell the answer; an own identifier is filled in."""
    headers = {
        name: value.replace("MINE", welcome[2] if "welcome" in globals() else "")
        for name, value in event["headers"].items()
    }
    return call(event["method"], event["path"], event.get("body"), headers)[:2]


def complain(event, _context):
    headers = {
        "Lambda-Extension-Identifier": welcome[2],
        "Lambda-Extension-Function-Error-Type": "Inner.Broken",
    }
    print(call("POST", f"{_EXTENSION}/exit/error", {}, headers)[:2], flush=True)
    os._exit(3)
