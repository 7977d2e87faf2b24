"""A page of another origin that calls the function: the browser itself judges the gateways' CORS."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

HANDLER = """
import json

def lambda_handler(event, context):
    method = event.get("httpMethod") or event["requestContext"]["http"]["method"]
    headers = {"x-own": "1"}
    if event.get("httpMethod"):
        headers |= {
            "access-control-allow-origin": "*",
            "access-control-allow-headers": "content-type,x-api-key",
            "access-control-expose-headers": "x-own",
        }
    return {"statusCode": 200, "headers": headers, "body": json.dumps({"method": method})}
"""
CORS = """
[api.cors]
allow_origins = ["ORIGIN"]
allow_methods = ["POST"]
allow_headers = ["content-type"]
expose_headers = ["x-own"]
"""
CALL = """async ([url, headers]) => {
    try {
        const response = await fetch(url, { method: "POST", headers, body: "{}" });
        return [response.status, (await response.json()).method, response.headers.get("x-own")];
    } catch (error) {
        return error.name;
    }
}"""
JSON = {"content-type": "application/json"}


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Keep the tests' output clean."""


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open an empty page of an origin of its own, from a real server: Chromium lets no made-up one call loopback."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    handler = partial(_QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        window = chromium.new_page()
        window.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        yield window
        window.close()
        server.shutdown()
        thread.join()


def call(page: Page, folder: Path, settings: str, headers: dict[str, str] = JSON) -> Any:
    """Serve the function, and have the page call it."""
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    (folder / "tulle.toml").write_text(settings)
    with running_dev(folder, "--handler", "app.lambda_handler", "--no-reload") as dev:
        return page.evaluate(CALL, [f"{dev.url}/predict", headers])


def origin(page: Page) -> str:
    return str(page.evaluate("location.origin"))


@pytest.mark.parametrize("kind", ["http", "url"])
def test_a_page_that_is_allowed_may_call(page: Page, tmp_path: Path, kind: str) -> None:
    settings = f'[api]\ntype = "{kind}"\n' + CORS.replace("ORIGIN", origin(page))
    assert call(page, tmp_path / "fn", settings) == [200, "POST", "1"]


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ("", JSON),
        (CORS.replace("ORIGIN", "http://127.0.0.1:1"), JSON),
        (CORS.replace("ORIGIN", "http://*"), {**JSON, "x-not-allowed": "1"}),
    ],
)
def test_any_other_may_not(
    page: Page, tmp_path: Path, settings: str, headers: dict[str, str]
) -> None:
    assert call(page, tmp_path / "fn", settings, headers) == "TypeError"


def test_a_rest_apis_function_answers_for_itself(page: Page, tmp_path: Path) -> None:
    assert call(page, tmp_path / "fn", '[api]\ntype = "rest"\n') == [200, "POST", "1"]
