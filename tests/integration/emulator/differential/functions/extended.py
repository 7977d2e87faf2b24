"""A function with internal extensions, which ask the Extensions API all that can be asked wrongly."""

import http.client
import json
import os
import threading
import time

_EXTENSION = "/2020-01-01/extension"
_answers = []
_events = []


def _call(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    text = json.dumps(body) if isinstance(body, dict) else body
    connection.request(method, _EXTENSION + path, text, headers or {})
    response = connection.getresponse()
    told = {name: value for name, value in response.getheaders() if name in _TOLD}
    answer = [response.status, response.read().decode(), told]
    connection.close()
    return answer


_TOLD = {"Content-Type", "Lambda-Extension-Identifier"}


def _ask(*question):
    _answers.append(_call(*question)[:2])


def _named(name, **more):
    return {"Lambda-Extension-Name": name, **more}


def _identified(identifier, *error_type):
    if error_type:
        return {**_identified(identifier), "Lambda-Extension-Function-Error-Type": error_type[0]}
    return {"Lambda-Extension-Identifier": identifier}


def _register(name, body, **more):
    answer = _call("POST", "/register", body, _named(name, **more))
    # AWS's emulator is not told of the handler, nor of a trace.
    _answers.append([answer[0], answer[1].replace("extended.handler", "")])
    return answer[2].get("Lambda-Extension-Identifier", "")


def _listen(identifier):
    while True:
        status, text, told = _call("GET", "/event/next", None, _identified(identifier))
        event = json.loads(text)
        event.pop("tracing", None)
        _events.append([status, {**event, "deadlineMs": 0, "invokedFunctionArn": ""}, sorted(told)])


_NOBODY = "00000000-0000-0000-0000-000000000000"
_ask("POST", "/register", {"events": []})
_ask("POST", "/register", "", _named("empty"))
_ask("POST", "/register", {"configurationKeys": ["a"]}, _named("old"))
_ask("POST", "/register", {"events": ["SHUTDOWN"]}, _named("inner"))
_ask("POST", "/register", {"events": ["INVOKE", "OTHER"]}, _named("inner"))
_ask("GET", "/event/next")
_ask("GET", "/event/next", None, _identified("me"))
_ask("GET", "/event/next", None, _identified(_NOBODY))
_ask("POST", "/init/error", {}, _identified(_NOBODY))
_ask("POST", "/exit/error", {}, _identified(_NOBODY, "Inner.Bad"))
_ask("PUT", "/register")
_ask("GET", "/other")
_inner = _register("inner", {"events": ["INVOKE"]}, **{"Lambda-Extension-Accept-Feature": "x"})
_register("inner", {"events": ["INVOKE"]})
for _number in range(9):
    _quiet = _register(f"quiet-{_number}", {"events": []} if _number else {})
    threading.Thread(target=_listen, args=(_quiet,), daemon=True).start()
_register("too-much", {"events": []})
threading.Thread(target=_listen, args=(_inner,), daemon=True).start()


def handler(event, context):
    """Tell all that was answered in init, and what is answered after it."""
    while not _events:
        time.sleep(0.001)
    time.sleep(0.1)  # until the extension asks for more
    late = [
        _call("POST", "/register", {"events": []}, _named("late"))[:2],
        _call("POST", "/init/error", {}, _identified(_inner, "Inner.Bad"))[:2],
        _call("GET", "/event/next", None, _identified(_quiet))[:2],
    ]
    if event["do"] == "extended.fail":
        late.append(_call("POST", "/exit/error", {}, _identified(_inner, "Inner.Bad"))[:2])
        late.append(_call("GET", "/event/next", None, _identified(_inner))[:2])
        print(late, flush=True)
        os._exit(3)
    return {"early": _answers, "late": late, "events": _events}
