"""The tab Code: its lines do what the page did, so they are run here."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.visit import Visit
    from integration.emulator.dev_process import Dev

WAYS = {
    "curl": ("bash", "-c"),
    "boto3": (sys.executable, "-c"),
    "JavaScript": ("node", "--input-type=module", "-e"),
}
# Python and Node print in a notation of their own; Node's is left as a text.
READ: dict[str, Callable[[str], Any]] = {
    "curl": json.loads,
    "boto3": ast.literal_eval,
    "JavaScript": str,
}
EVENT = '{"do": "echo", "it\'s": [null, true, 1.5, "a \\"b\\" $HOME ü"], "long": "%s"}' % ("x" * 99)


def run(here: Visit, way: str, folder: Path) -> Any:
    """Copy the lines, run them, and give what they print."""
    panel = here.open("Code")
    panel.get_by_role("button", name=f"Copy the lines for {way}").click()
    expect(panel.get_by_role("button", name=f"Copy the lines for {way}")).to_contain_text("Copied")
    lines = here.read("navigator.clipboard.readText()")
    command, *options = WAYS[way]
    if not (program := shutil.which(command)):
        pytest.skip(f"not installed: {command}")
    ran = subprocess.run(
        [program, *options, lines], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return READ[way](ran.stdout.decode())


@pytest.mark.parametrize("way", WAYS)
def test_the_lines_send_the_same_picture(
    visit: Callable[..., Visit], model: Dev, tmp_path: Path, way: str
) -> None:
    shutil.copy(SAMPLES / "pants.jpg", tmp_path / "it's mine.jpg")
    here = visit(model)
    here.page.set_input_files("#picture-file", tmp_path / "it's mine.jpg")
    expect(here.page.locator("#try .headline")).to_contain_text("pants")
    printed = run(here, way, tmp_path)
    assert "category: 'pants'" in printed if way == "JavaScript" else printed["category"] == "pants"


@pytest.mark.parametrize("way", WAYS)
def test_the_lines_send_the_same_url(
    visit: Callable[..., Visit], model: Dev, tmp_path: Path, way: str
) -> None:
    here = visit(model)
    here.page.get_by_label("Or its URL").fill(f"{model.url}/_tulle/samples/hat.jpg")
    here.page.keyboard.press("Enter")
    expect(here.page.locator("#try .headline")).to_contain_text("hat")
    printed = run(here, way, tmp_path)
    assert "category: 'hat'" in printed if way == "JavaScript" else printed["category"] == "hat"


@pytest.mark.parametrize("way", WAYS)
def test_the_lines_send_the_same_event(
    visit: Callable[..., Visit], own: Dev, tmp_path: Path, way: str
) -> None:
    here = visit(own)
    here.invoke(EVENT)
    printed = run(here, way, tmp_path)
    if way == "JavaScript":
        assert """[ null, true, 1.5, 'a "b" $HOME ü' ]""" in printed
    else:
        assert printed == json.loads(EVENT)
