"""Owns a visit of the console's page: a browser window, and all that must not happen in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from integration.emulator.dev_process import Dev

__all__ = ["ARGUMENTS", "NARROW", "PATIENCE_MS", "WIDE", "Scheme", "Visit", "visiting"]

# Chromium as root in a container, without a graphics card, and without calls home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)
WIDE = (1280, 900)
NARROW = (360, 740)
PATIENCE_MS = 60_000

Scheme = Literal["light", "dark"]

# A page cannot be told that an HTTP error was meant: the browser logs each one.
_MEANT = "Failed to load resource: the server responded with a status of"

_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One window on the page."""

    page: Page
    dev: Dev

    def open(self, tab: str) -> Locator:
        """Choose a tab, and give its panel."""
        self.page.get_by_role("tab", name=tab).click()
        return self.page.locator(f"#{tab.lower()}")

    def choose(self, name: str) -> None:
        """Choose one of the samples from the disk, and wait for its bars."""
        self.page.set_input_files("#picture-file", SAMPLES / f"{name}.jpg")
        self.page.locator("#try .file-name", has_text=f"{name}.jpg").wait_for()
        self.page.locator("#try .figures").wait_for()

    def write(self, event: str) -> None:
        """Put a text into the editor of events."""
        self.open("Event")
        self.page.locator("#event-json").fill(event)

    def invoke(self, event: str) -> Locator:
        """Hand an event to the function, and give what is shown of the answer."""
        self.write(event)
        self.page.locator("#invoke").click()
        self.page.locator("#event .answer:not([aria-busy]) .figures").wait_for()
        return self.page.locator("#event .answer")

    def read(self, script: str, argument: Any = None) -> Any:
        """Give what a script finds out in the page."""
        return self.page.evaluate(script, argument)


@contextmanager
def visiting(
    browser: Browser,
    dev: Dev,
    *,
    scheme: Scheme = "light",
    size: tuple[int, int] = WIDE,
    tab: str = "",
) -> Iterator[Visit]:
    """Open the page; when it is left, nothing may have failed, and no other host may have been asked."""
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": size[0], "height": size[1]},
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    page = context.new_page()
    faults: list[str] = []
    hosts: set[str] = set()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{dev.url}/_tulle/#{tab}")
    page.wait_for_selector("body.ready")
    page.wait_for_selector(".connection.live")
    yield Visit(page=page, dev=dev)
    violations = page.evaluate("violations")
    context.close()
    assert not violations
    assert not [fault for fault in faults if not fault.startswith(_MEANT)]
    assert hosts - {""} == {urlsplit(dev.url).netloc}  # "" is of blob: and data:
