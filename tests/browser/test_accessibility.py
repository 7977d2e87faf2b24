"""What axe-core finds: nothing on the page may shut anyone out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.visit import NARROW, WIDE, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.emulator.dev_process import Dev

AXE = Path(sys.prefix, "axe/node_modules/axe-core/axe.min.js")
pytestmark = pytest.mark.skipif(
    not AXE.exists(), reason="not installed: axe-core, for which npm is needed"
)

_RUN = """async (options) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false, ...options });
  return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ target, failureSummary }) =>
    `${target}: ${failureSummary}`) }));
}"""


def violations(here: Visit) -> list[dict[str, Any]]:
    """Give what is serious, in light and in dark; of the latter only the colours can differ."""
    if not here.read("'axe' in window"):
        here.read(AXE.read_text())
    found: list[dict[str, Any]] = here.read(_RUN, {})
    here.page.emulate_media(color_scheme="dark")
    found += here.read(_RUN, {"runOnly": ["color-contrast"]})
    here.page.emulate_media(color_scheme="light")
    return [violation for violation in found if violation["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_shuts_anyone_out(
    visit: Callable[..., Visit], model: Dev, size: tuple[int, int]
) -> None:
    here = visit(model, size=size)
    assert violations(here) == []
    here.choose("pants")
    here.page.get_by_text("What it is made of").click()
    here.page.get_by_text("The answer as JSON").click()
    assert violations(here) == []
    here.invoke('{"image": ""}')
    here.page.locator("#event-json").fill('{"image": oh}')
    here.page.wait_for_selector(".editor.invalid")
    assert violations(here) == []
    here.page.locator("#event-json").fill('{"image": ""}')
    for tab in ("Logs", "History", "Code"):
        here.open(tab)
        if tab == "History":
            here.page.locator(".call").nth(1).click()
        assert violations(here) == [], tab
    here.open("Load")
    here.page.get_by_label("Requests", exact=True).fill("4")
    here.page.get_by_label("At once").fill("1")
    here.page.locator("#load-start").click()
    here.page.locator(".tiles", has_text="4 of 4").wait_for()
    assert violations(here) == []
    here.open("Event")
    here.page.get_by_role("button", name="Save as…").click()
    assert violations(here) == []
    here.page.keyboard.press("Escape")


def test_a_fault_would_be_found(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model, tab="logs")
    here.read("document.querySelector('#log-filter').removeAttribute('aria-label')")
    here.read("document.querySelector('#log-filter').removeAttribute('placeholder')")
    assert {violation["id"] for violation in violations(here)} == {"label"}
