"""A web framework behind each gateway: Starlette, which Mangum translates events for."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Answer, Dev

APP = """
from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

async def about(request):
    found = {"path": request.url.path, "query": request.query_params.multi_items()}
    response = JSONResponse({**found, "cookies": request.cookies, "method": request.method})
    response.set_cookie("a", "1", httponly=True)
    response.set_cookie("b", "2")
    return response

async def echo(request):
    return Response(await request.body(), media_type=request.headers["content-type"])

async def leave(request):
    return RedirectResponse("/about?from=leave", status_code=303)

async def nothing(request):
    return Response(status_code=204)

async def name(request):
    return PlainTextResponse(f"hällo {request.path_params['name']}")

app = Starlette(routes=[
    Route("/about", about, methods=["GET", "HEAD", "DELETE"]),
    Route("/echo", echo, methods=["POST"]),
    Route("/leave", leave),
    Route("/nothing", nothing),
    Route("/name/{name}", name),
])
lambda_handler = Mangum(app, lifespan="off", api_gateway_base_path=BASE_PATH)
"""
# The URL, the base path that Mangum is told of, and the gateway.
GATEWAYS = {
    "http": ("", "/", 'routes = ["$default"]'),
    "http with a stage": ("/dev", "/dev", 'stage = "dev"\nroutes = ["/{proxy+}"]'),
    "rest": ("", "/", 'type = "rest"\nroutes = ["/", "/{proxy+}"]\nbinary_media_types = ["*/*"]'),
    "rest with a stage": (
        "/prod",
        "/",
        'type = "rest"\nroute = "/{proxy+}"\nbinary_media_types = ["*/*"]',
    ),
    "rest on a domain": (
        "/v1",
        "/v1",
        'type = "rest"\nroute = "/{proxy+}"\nbase_path = "v1"\nbinary_media_types = ["*/*"]',
    ),
    "url": ("", "/", 'type = "url"'),
}
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa4.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\xff\x00\r\n--x--\r\n"
)


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Dev]]:
    with ExitStack() as stack:
        running = {}
        for name, (_, base_path, settings) in GATEWAYS.items():
            folder = tmp_path_factory.mktemp("app") / "fn"
            folder.mkdir()
            (folder / "app.py").write_text(APP.replace("BASE_PATH", repr(base_path)))
            (folder / "tulle.toml").write_text(f"[api]\n{settings}\n")
            options = ("--handler", "app.lambda_handler", "--no-reload")
            running[name] = stack.enter_context(running_dev(folder, *options))
        yield running


@pytest.fixture(params=GATEWAYS)
def ask(request: pytest.FixtureRequest, gateways: dict[str, Dev]) -> Any:
    """Send a request to one of the gateways."""

    def send(method: str, path: str, body: bytes = b"", *headers: tuple[str, str]) -> Answer:
        prefix = GATEWAYS[request.param][0]
        return gateways[request.param].request(method, prefix + path, body, headers)

    return send


def test_queries_and_cookies_come_whole(ask: Any) -> None:
    answer = ask("GET", "/about?a=1&a=2&b=x%20y%2Bz&c=", b"", ("Cookie", "c=3; d=4"))
    assert answer.json == {
        "path": "/about",
        "query": [["a", "1"], ["a", "2"], ["b", "x y+z"], ["c", ""]],
        "cookies": {"c": "3", "d": "4"},
        "method": "GET",
    }
    cookies = answer.headers.get_all("Set-Cookie")
    assert [cookie.partition(";")[0] for cookie in cookies] == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("image/png", b"\x89PNG\xff\x00"),
        ("application/json", '{"é": 1}'.encode()),
        ("application/x-www-form-urlencoded", b"a=1&a=2&b=%C3%A9+x"),
        ("multipart/form-data; boundary=x", MULTIPART),
        ("text/plain; charset=utf-8", "é €".encode()),
        ("application/octet-stream", bytes(range(256)) * 4),
    ],
)
def test_every_kind_of_body_comes_and_goes_unbroken(
    ask: Any, content_type: str, body: bytes
) -> None:
    answer = ask("POST", "/echo", body, ("Content-Type", content_type))
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["Content-Type"].startswith(content_type.partition(";")[0])


def test_a_redirect_names_its_goal(ask: Any) -> None:
    answer = ask("GET", "/leave")
    assert (answer.status, answer.headers["Location"]) == (303, "/about?from=leave")


def test_methods_and_statuses_come_through(ask: Any) -> None:
    nothing, deleted, head = ask("GET", "/nothing"), ask("DELETE", "/about"), ask("HEAD", "/about")
    assert (nothing.status, nothing.body) == (204, b"")
    assert deleted.json["method"] == "DELETE"
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    assert [ask("POST", "/about").status, ask("GET", "/nowhere").status] == [405, 404]


def test_a_path_is_decoded_once(ask: Any) -> None:
    answer = ask("GET", "/name/J%C3%BCrg%20B")
    assert answer.body.decode() == "hällo Jürg B"
