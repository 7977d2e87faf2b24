"""A `tulle dev` with a small function, which the tests of a file share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.emulator.dev_process import Dev, running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTION = """
import time

def handler(event, context):
    if isinstance(event, dict):
        print("got", event.get("say", "nothing"))
        for _ in range(event.get("lines", 0)):
            print("x" * 8000)
        time.sleep(event.get("sleep_s", 0))
        if "fail" in event:
            raise ValueError(event["fail"])
        if "give" in event:
            return "x" * event["give"]
        if "version" in event:
            return {"statusCode": 200, "headers": {"server-timing": "infer;dur=1.5"}, "body": "{}"}
    return event
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the function."""
    made = tmp_path / "small"
    made.mkdir()
    (made / "app.py").write_text(FUNCTION)
    return made


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("functions") / "small"
    folder.mkdir()
    (folder / "app.py").write_text(FUNCTION)
    options = ("--handler", "app.handler", "--concurrency", "2", "--no-reload")
    with running_dev(folder, *options) as running:
        yield running
