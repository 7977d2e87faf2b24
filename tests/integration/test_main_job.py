"""The main job: a picture's URL in, its category out, the same by every way; and nothing bad input can do stops it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import TULLE, Dev, running_dev
from integration.runtime.servers import answer, drip, raw, serving
from made_pictures import png_header
from ports import free_ports
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Answer

JSON = ("Content-Type", "application/json")
PANTS = next(path for path in sample_pictures() if path.name == "pants.jpg")


@pytest.fixture(scope="module", params=["awslambdaric", "bootstrap"])
def dev(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve the built-in model, under AWS's client and under the runtime's own."""
    with running_dev(tmp_path_factory.mktemp("dev"), "--client", request.param) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Serve the built-in model as it would be deployed: no private addresses."""
    with running_dev(tmp_path_factory.mktemp("guarded"), "--no-allow-private-addresses") as running:
        yield running


def post(dev: Dev, content: object) -> Answer:
    return dev.request("POST", "/predict", json.dumps(content).encode(), (JSON,))


def in_base64(picture: bytes) -> dict[str, str]:
    return {"image": base64.b64encode(picture).decode()}


def predict(*arguments: str) -> list[dict[str, Any]]:
    command = [*TULLE, "predict", "--json", *arguments]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    predictions: list[dict[str, Any]] = json.loads(ran.stdout)["predictions"]
    return predictions


def test_every_way_gives_the_same_answer_to_the_last_digit(
    dev: Dev, photographs: tuple[Path, ...]
) -> None:
    pictures = [*sample_pictures(), *photographs[:: max(1, len(photographs) // 10)]]
    predicted = predict(*(str(path) for path in pictures))
    for path, prediction in zip(pictures, predicted, strict=True):
        expected = {"category": prediction["category"], "scores": prediction["scores"]}
        with serving(answer("200 OK", path.read_bytes())) as host:
            url = f"http://{host}/{path.name}"
            assert dev.invoke({"url": url}).json == expected
            assert post(dev, {"url": url}).json == expected
            assert dev.request("GET", f"/predict?url={url}").json == expected
        assert post(dev, in_base64(path.read_bytes())).json == expected
        kind = ("Content-Type", "image/jpeg")
        assert dev.request("POST", "/predict", path.read_bytes(), (kind,)).json == expected


def test_says_where_the_time_went(dev: Dev) -> None:
    with serving(answer("200 OK", PANTS.read_bytes())) as host:
        answered = post(dev, {"url": f"http://{host}/"})
    assert answered.headers["Content-Type"] == "application/json"
    parts = [part.partition(";")[0] for part in answered.headers["Server-Timing"].split(", ")]
    assert parts == ["fetch", "decode", "infer"]


BODIES: list[tuple[bytes, tuple[tuple[str, str], ...], int, str]] = [
    (b"{}", (JSON,), 400, "no 'url'"),
    (b'{"url": "http://a", "image": "AAAA"}', (JSON,), 400, "Both"),
    (b"{", (JSON,), 400, "not JSON"),
    (b'{"image": "***"}', (JSON,), 400, "not base64"),
    (b'{"url": "file:///etc/passwd"}', (JSON,), 400, "scheme 'file'"),
    (b'{"url": "ftp://example.com/a.jpg"}', (JSON,), 400, "scheme 'ftp'"),
    (b'{"url": "http://no-such-host.invalid/"}', (JSON,), 502, "does not resolve"),
    (b"", (JSON,), 400, "body is empty"),
    (
        b"a=b",
        (("Content-Type", "application/x-www-form-urlencoded"),),
        415,
        "x-www-form-urlencoded",
    ),
    (b"<html>", (("Content-Type", "image/jpeg"),), 415, "web page"),
    (PANTS.read_bytes()[:2000], (("Content-Type", "image/jpeg"),), 422, "cut short"),
    (png_header(50_000, 50_000), (("Content-Type", "image/png"),), 413, "50000 × 50000 pixels"),
]


@pytest.mark.parametrize(("body", "headers", "status", "says"), BODIES)
def test_answers_a_bad_request_with_a_problem_document_and_goes_on(
    dev: Dev, body: bytes, headers: tuple[tuple[str, str], ...], status: int, says: str
) -> None:
    answered = dev.request("POST", "/predict", body, headers)
    assert_problem(answered, status, says)
    assert post(dev, in_base64(PANTS.read_bytes())).json["category"] == "pants"


PICTURE_SERVERS = {
    "404": (answer("404 Not Found", b"gone"), 502, "answered 404"),
    "500": (answer("500 Internal Server Error"), 502, "answered 500"),
    "a page": (answer("200 OK", b"<!doctype html><title>x"), 415, "web page"),
    "truncated": (answer("200 OK", PANTS.read_bytes()[:3000]), 422, "cut short"),
    "nothing": (answer("200 OK"), 415, "no bytes"),
    "200 MB": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n"),
        413,
        "larger than 20 MiB",
    ),
    "a loop": (answer("302 Found", b"", "Location: /"), 502, "redirected more than 5 times"),
    "no HTTP": (raw(b"220 ftp ready\r\n\r\n"), 502, "did not answer as a web server"),
}


@pytest.mark.parametrize("name", PICTURE_SERVERS)
def test_answers_for_a_bad_picture_server_and_goes_on(dev: Dev, name: str) -> None:
    script, status, says = PICTURE_SERVERS[name]
    with serving(script) as host:
        assert_problem(post(dev, {"url": f"http://{host}/picture.jpg"}), status, says)
    with serving(answer("200 OK", PANTS.read_bytes())) as host:
        assert post(dev, {"url": f"http://{host}/picture.jpg"}).json["category"] == "pants"


def test_answers_for_a_picture_server_that_is_gone(dev: Dev) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/picture.jpg"
    assert_problem(post(dev, {"url": url}), 502, "cannot be reached")
    assert post(dev, in_base64(PANTS.read_bytes())).json["category"] == "pants"


def test_gives_up_on_an_endless_slow_picture_and_goes_on(dev: Dev) -> None:
    with serving(drip(b"HTTP/1.1 200 OK\r\n\r\n")) as host:
        assert_problem(post(dev, {"url": f"http://{host}/picture.jpg"}), 504, "in time")
    assert post(dev, in_base64(PANTS.read_bytes())).json["category"] == "pants"


def test_raises_on_a_direct_invoke(dev: Dev) -> None:
    answered = dev.invoke({"url": "file:///etc/passwd"})
    assert answered.headers["X-Amz-Function-Error"] == "Unhandled"
    assert answered.json["errorType"] == "BadRequest"
    assert "scheme 'file'" in answered.json["errorMessage"]
    assert dev.invoke(in_base64(PANTS.read_bytes())).json["category"] == "pants"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "http://localhost/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
    ],
)
def test_refuses_inner_addresses_as_it_would_be_deployed(guarded: Dev, url: str) -> None:
    assert_problem(post(guarded, {"url": url}), 400, "not public")
    assert post(guarded, in_base64(PANTS.read_bytes())).json["category"] == "pants"


def test_a_private_picture_server_is_not_even_called_when_guarded(guarded: Dev) -> None:
    called = []
    with serving(lambda request, _: called.append(request)) as host:
        assert_problem(post(guarded, {"url": f"http://{host}/"}), 400, "not public")
    assert not called


def test_the_demo_runs_to_its_answer() -> None:
    demo = Path(__file__).parents[2] / "examples/demo.py"
    ran = subprocess.run([sys.executable, demo], check=True, capture_output=True, text=True)
    assert "category  pants" in ran.stdout
    assert [line.split()[0] for line in ran.stdout.splitlines()[-3:]] == ["cold", "warm", "memory"]


def assert_problem(answered: Answer, status: int, says: str) -> None:
    assert answered.status == status
    assert answered.headers["Content-Type"] == "application/problem+json"
    problem = answered.json
    assert problem["status"] == status
    assert says in problem["detail"]
    assert "Traceback" not in answered.body.decode()
    assert problem.keys() == {"title", "status", "detail"}
