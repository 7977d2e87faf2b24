"""Owns what `tulle dev` says when requests can come."""

from __future__ import annotations

import threading
import webbrowser
from typing import TYPE_CHECKING

import click

from tulle.bundle.runtime_files import RUNTIME_HANDLER
from tulle.cli.gateway_options import example_calls

if TYPE_CHECKING:
    from tulle.emulator.server import LocalLambda
    from tulle.progress import Reporter

__all__ = ["greet", "open_in_browser"]

_PICTURE_EVENT = '{"url": "https://example.com/picture.jpg"}'
_ANY_EVENT = '{"key": "value"}'


def greet(running: LocalLambda, page: str | None, reporter: Reporter) -> None:
    """Say where the function is, on stdout the URL alone.

    Args:
        running: what serves it.
        page: the address of the console, if there is one.
        reporter: hears all but the URL.
    """
    name, url = running.function.name, running.url
    event = _PICTURE_EVENT if running.function.handler == RUNTIME_HANDLER else _ANY_EVENT
    click.echo(url)
    if page is None:
        reporter.done(f"{name} is ready at {url}; stop with Ctrl-C")
    else:
        address = click.style(page, bold=True)
        reporter.done(f"{name} is ready: open {address} to try it in a browser; stop with Ctrl-C")
    for key in running.api_keys:
        origin = f"that {key.key.from_env} holds" if key.key.from_env else key.value
        reporter.note(f"API key {key.key.name}: {origin}")
    for line in example_calls(running, event):
        reporter.note(f"over HTTP: {line}")
    reporter.note(
        f'as Lambda: boto3.client("lambda", endpoint_url="{url}", region_name="us-east-1", '
        'aws_access_key_id="local", aws_secret_access_key="local")'
        f'.invoke(FunctionName="{name}", Payload=\'{event}\')["Payload"].read()'
    )


def open_in_browser(page: str, reporter: Reporter) -> None:
    """Open a page without waiting for it, for the browser may wait for what this process serves."""

    def open_page() -> None:
        if not webbrowser.open(page):
            reporter.warn(f"no browser could be opened: open {page} yourself")

    threading.Thread(target=open_page, daemon=True).start()
