"""A handler with internal extensions: threads that register while the module is imported."""

import http.client
import http.server
import json
import os
import signal
import sys
import threading
import time

_EXTENSION = "/2020-01-01/extension"
_HOST = os.environ["AWS_LAMBDA_RUNTIME_API"]
_heard = []
_told = []


def say(event, _context):
    """Write a line at once, for threads write at the same time."""
    os.write(1, f"{event['text']}\n".encode())


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
        if "eventType" not in event:
            return  # refused, for it has complained
        _heard.append(event)
        say({"text": f"internal heard {event['eventType']}"}, None)
        time.sleep(float(os.environ.get("EXTENSION_WORK_S", "0")))


def _say_goodbye(*_):
    say({"text": "runtime ends"}, None)
    sys.exit(0)


signal.signal(signal.SIGTERM, _say_goodbye)
if os.environ.get("EXTENSION", "yes") == "yes":
    welcome = register("inner", **{"Lambda-Extension-Accept-Feature": "accountId, other"})
    threading.Thread(target=_listen, args=(welcome[2],), daemon=True).start()


class _Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # the name that the library wants
        batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _told.append([self.path, self.headers["Content-Type"], batch])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def _subscribe():
    server = http.server.HTTPServer(("127.0.0.1", 0), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://sandbox.localdomain:{server.server_port}/events"
    body = {
        **json.loads(os.environ["SUBSCRIBE"]),
        "destination": {"protocol": "HTTP", "URI": uri},
        "buffering": {"timeoutMs": 25},
    }
    return call("PUT", os.environ["BY"], body, {"Lambda-Extension-Identifier": welcome[2]})[:2]


if "SUBSCRIBE" in os.environ:
    subscribed = _subscribe()


def told(event, _context):
    """Tell what was told, as soon as a number of events have ended."""
    while True:
        events = [one for _, _, batch in _told for one in batch]
        if sum(one["type"] == "platform.report" for one in events) >= event["reports"]:
            return {"subscribed": subscribed, "events": events, "how": _told[0][:2]}
        time.sleep(0.005)


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
    answer = call("POST", f"{_EXTENSION}/exit/error", {}, headers)
    say({"text": f"complained: {answer[0]}"}, None)
    os._exit(3)


def leave(_event, _context):
    os._exit(4)
