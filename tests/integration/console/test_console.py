"""The console's page and API over HTTP, and who may use them."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from integration.console.console_client import (
    FROM_PAGE,
    JSON,
    SECURITY_HEADERS,
    ask,
    stream_of,
)
from integration.emulator.dev_process import TULLE, running_dev, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from integration.emulator.dev_process import Answer, Dev


@pytest.mark.parametrize("path", ["/", "/_tulle/", "/_tulle/static/index.html"])
def test_the_page_is_there(dev: Dev, path: str) -> None:
    answer = dev.request("GET", path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<!doctype html>" in answer.body.lower()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/_tulle/", 200),
        ("GET", "/_tulle/static/index.html", 200),
        ("GET", "/_tulle/static/", 403),
        ("GET", "/_tulle/static/..%2f..%2fconsole%2fapi.py", 404),
        ("GET", "/_tulle/nothing", 404),
        ("GET", "/_tulle/api/function", 200),
        ("GET", "/_tulle/api/samples", 200),
        ("GET", "/_tulle/samples/nothing.jpg", 404),
        ("GET", "/_tulle/api/events", 200),
        ("GET", "/_tulle/api/load", 200),
        ("POST", "/_tulle/api/invocations", 403),
        ("PATCH", "/_tulle/api/invocations", 405),
        ("HEAD", "/_tulle/api/stream", 405),
    ],
)
def test_every_answer_lets_a_browser_do_nothing_else(
    dev: Dev, method: str, path: str, status: int
) -> None:
    headers = (FROM_PAGE,) if method == "PATCH" else ()
    answer = dev.request(method, path, headers=headers)
    assert answer.status == status
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    if status >= 400 and method != "HEAD":
        assert set(answer.json["error"]) == {"message", "hint"}


def test_the_function_is_described(dev: Dev) -> None:
    described = ask(dev, "GET", "function").json
    assert described.pop("architecture") in {"x86_64", "arm64"}
    assert described.pop("runtime").startswith("python3.")
    assert described.pop("version")
    assert described == {
        "name": "small",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:small",
        "handler": "app.handler",
        "client": "awslambdaric",
        "memory_mb": 1024,
        "timeout_s": 30,
        "concurrency": 2,
        "kind": "handler",
        "labels": None,
        "input_size": None,
        "gateway": {
            "type": "http",
            "routes": [{"method": "ANY", "path": "/predict"}],
            "picture_route": None,
            "headers": {},
        },
        "url": dev.url,
        "region": "us-east-1",
    }


def test_an_invocation_from_the_page(dev: Dev) -> None:
    done = ask(dev, "POST", "invocations", {"event": {"say": "hello"}}).json
    assert (done["state"], done["source"]) == ("done", "page")
    assert done["event"] == done["result"] == {"say": "hello"}
    assert done["cost"]["call_usd"] > 0
    failed = ask(dev, "POST", "invocations", {"event": {"fail": "on purpose"}}).json
    assert (failed["error_type"], failed["result"]["errorMessage"]) == ("ValueError", "on purpose")
    assert failed["report"]["status"] == "success"  # of the platform


def test_an_event_reaches_the_function_letter_by_letter(dev: Dev) -> None:
    dev.request(
        "POST",
        "/_tulle/api/invocations",
        b'{"event": {"say": 12345678901234567890.10}, "more": 1}',
        (FROM_PAGE, JSON),
    )
    dev.wait_for_log("got 1.2345678901234567e+19")
    body = b'{"event": {"say": "\\ud800 \xc3\xa4"}}'
    answer = dev.request("POST", "/_tulle/api/invocations", body, (FROM_PAGE, JSON))
    assert answer.json["event"] == {"say": "\ud800 ä"}


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "line 1, column 2"),
        (b"[]", 400, "no event"),
        (b"{}", 400, "no event"),
        (b'{"event": NaN}', 400, "NaN is not JSON"),
        (b"\xff", 400, "not UTF-8"),
        (b'{"event":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "nested deeper than"),
        (b'{"event": "' + b"x" * (6 * 1024 * 1024) + b' more than fits"}', 413, "6 MB"),
    ],
    ids=["none", "cut", "list", "without", "nan", "binary", "deep", "large"],
)
def test_a_body_that_holds_no_event_is_refused(
    dev: Dev, body: bytes, status: int, text: str
) -> None:
    answer = ask(dev, "POST", "invocations", body)
    assert answer.status == status
    assert text in answer.json["error"]["message"]


EVENT = b'{"event": {}}'


@pytest.mark.parametrize(
    "headers",
    [
        (JSON,),
        (JSON, ("X-Tulle-Console", "yes")),
        (JSON, FROM_PAGE, ("Origin", "https://example.com")),
        (JSON, FROM_PAGE, ("Origin", "null")),
        (JSON, FROM_PAGE, ("Origin", "http://localhost")),
        (JSON, FROM_PAGE, ("Sec-Fetch-Site", "cross-site")),
        (JSON, FROM_PAGE, ("Sec-Fetch-Site", "same-site")),
        (JSON, FROM_PAGE, ("Host", "example.com")),
    ],
    ids=str,
)
def test_another_sites_page_changes_nothing(dev: Dev, headers: tuple[tuple[str, str], ...]) -> None:
    before = len(snapshot(dev)["invocations"])
    assert dev.request("POST", "/_tulle/api/invocations", EVENT, headers).status == 403
    assert dev.request("PUT", "/_tulle/api/events/mine", EVENT, headers).status == 403
    assert dev.request("DELETE", "/_tulle/api/load", headers=headers).status == 403
    assert len(snapshot(dev)["invocations"]) == before
    assert not (dev.folder / ".tulle").exists()


def snapshot(dev: Dev) -> Any:
    with stream_of(dev) as stream:
        return stream.next("snapshot")


def test_another_site_reads_nothing(dev: Dev) -> None:
    def read(path: str, mode: str) -> Answer:
        headers = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode))
        return dev.request("GET", path, headers=headers)

    assert read("/_tulle/api/stream", "no-cors").status == 403
    assert read("/_tulle/api/function", "cors").status == 403
    assert read("/_tulle/", "navigate").status == 200  # a link may lead here
    assert dev.request("GET", "/_tulle/", headers=(("Host", "example.com"),)).status == 403


def test_a_tool_sends_no_origin(dev: Dev) -> None:
    headers = (JSON, FROM_PAGE)
    assert dev.request("POST", "/_tulle/api/invocations", EVENT, headers).status == 200


def test_a_form_is_no_event(dev: Dev) -> None:
    form = ("Content-Type", "text/plain")
    answer = dev.request("POST", "/_tulle/api/invocations", EVENT, (form, FROM_PAGE))
    assert answer.status == 415


def test_a_busy_function_says_so(dev: Dev) -> None:
    event = {"event": {"say": "busy", "sleep_s": 2}}
    calls = [
        threading.Thread(target=ask, args=(dev, "POST", "invocations", event)) for _ in range(2)
    ]
    with stream_of(dev) as stream:
        for call in calls:
            call.start()
        while stream.next("environments")["busy"] < 2:
            pass
        answer = ask(dev, "POST", "invocations", {"event": {}})
    assert answer.status == 429
    assert "--concurrency" in answer.json["error"]["hint"]
    for call in calls:
        call.join()


@pytest.mark.parametrize(
    ("options", "root", "page"),
    [
        (("--api", "url"), b'"rawPath"', "/_tulle/"),
        (("--route", "/{proxy+}", "--route", "/"), b'"rawPath"', "/_tulle/"),
        (("--route", "POST /"), b"<!doctype", "/"),
        (("--route", "$default"), b'"rawPath"', "/_tulle/"),
    ],
)
def test_the_function_goes_before_the_page(
    folder: Path, options: tuple[str, ...], root: bytes, page: str
) -> None:
    (folder / "app.py").write_text("def handler(event, context): return event\n")
    with running_dev(folder, "--handler", "app.handler", *options) as dev:
        assert root in dev.request("GET", "/").body
        assert dev.request("GET", "/_tulle/").body.startswith(b"<!doctype")
        assert dev.request("GET", "/_tulle").headers["Location"] == "/_tulle/"
        dev.wait_for_log(f"open {dev.url}{page} to try it")


def test_without_the_console(folder: Path) -> None:
    with running_dev(folder, "--handler", "app.handler", "--no-console") as dev:
        assert dev.request("GET", "/").status == 404
        assert dev.request("GET", "/_tulle/").json == {"message": "Not Found"}
        dev.wait_for_log("small is ready at")


def test_the_page_opens_in_the_browser(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = folder / "opened.txt"
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    with running_dev(folder, "--handler", "app.handler", "--open") as dev:
        wait_until(lambda: opened.exists() and opened.read_text() == f"{dev.url}/\n", "the browser")
    monkeypatch.setenv("BROWSER", "/no/such/browser %s")
    monkeypatch.setenv("PATH", "/nowhere")
    with running_dev(folder, "--handler", "app.handler", "--open") as dev:
        dev.wait_for_log(f"no browser could be opened: open {dev.url}/ yourself")


def test_a_page_that_is_not_served_cannot_be_opened(folder: Path) -> None:
    command = [*TULLE, "dev", "--no-console", "--open"]
    ended = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "leave out --no-console" in ended.stderr


REST = """
[model]
path = "clothing"

[api]
type = "rest"
route = "/models/{name}"

[api.keys.page]

[api.keys.secret]
from_env = "SECRET_KEY"
"""


def test_the_page_can_ask_a_gateway_that_wants_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "x" * 40
    monkeypatch.setenv("SECRET_KEY", secret)
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "tulle.toml").write_text(REST)
    with running_dev(folder) as dev:
        described = ask(dev, "GET", "function")
        gateway = described.json["gateway"]
        picture = dev.request("GET", "/_tulle/samples/hat.jpg").body
        headers = (("Content-Type", "image/jpeg"), *gateway["headers"].items())
        answer = dev.request("POST", gateway["picture_route"], picture, headers)
    assert (gateway["type"], gateway["picture_route"]) == ("rest", "/models/name")
    assert answer.json["category"] == "hat"
    assert secret.encode() not in described.body


def test_a_built_in_model_has_labels_and_samples(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with running_dev(folder) as dev:
        described = ask(dev, "GET", "function").json
        samples = ask(dev, "GET", "samples").json["samples"]
        picture = dev.request("GET", samples[0]["url"])
        starters = ask(dev, "GET", "events").json["events"]
        answers = [
            ask(dev, "POST", "invocations", {"event": starter["event"]}).json
            for starter in starters
            if starter["name"] != "Empty"
        ]
        with stream_of(dev) as stream:
            dev.request("POST", "/predict", picture.body, (("Content-Type", "image/jpeg"),))
            last = stream.next_answered()
    assert (described["kind"], described["input_size"]) == ("model", [224, 224])
    assert described["gateway"]["picture_route"] == "/predict"
    assert len(described["labels"]) == len(samples) == 10
    assert samples[0] == {"name": "dress", "url": "/_tulle/samples/dress.jpg"}
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert answers[0]["result"]["category"] == "dress"
    assert [each["result"]["statusCode"] for each in answers[1:]] == [200] * 3
    assert set(answers[1]["timings"]) == {"fetch", "decode", "infer"}
    assert (last["source"], last["http"]["status"]) == ("http", 200)
    assert set(last["timings"]) == {"decode", "infer"}
    assert [part["what"] for part in last["cost"]["parts"]] == ["compute", "requests", "gateway"]
