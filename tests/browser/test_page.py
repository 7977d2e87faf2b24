"""The page as a whole: its theme, its keyboard, its width, its connection."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.visit import NARROW, Visit, visiting
from integration.emulator.conftest import FUNCTIONS
from integration.emulator.dev_process import Dev, running_dev
from ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

TABS = ("Try", "Event", "Logs", "History", "Load", "Code")
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 246, 243)", "rgb(19, 21, 25)"


def test_the_theme_is_the_systems_until_another_is_chosen_and_kept(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own, scheme="dark")
    assert here.read(BACKGROUND) == DARK
    here.page.get_by_role("button", name="Dark theme").click()
    assert here.read(BACKGROUND) == LIGHT
    here.page.reload()
    here.page.wait_for_selector("body.ready")
    assert here.read(BACKGROUND) == LIGHT
    toggle = here.page.get_by_role("button", name="Dark theme")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    assert here.read(BACKGROUND) == DARK


def test_all_can_be_done_by_keyboard(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model)
    keyboard = here.page.keyboard
    here.page.on("filechooser", lambda _: None)  # from here on, none is shown
    keyboard.press("Tab")
    assert here.read("document.activeElement.textContent") == "Skip to the content"
    keyboard.press("Tab")
    keyboard.press("Tab")
    assert here.read("document.activeElement.id") == "tab-try"
    keyboard.press("Tab")
    with here.page.expect_file_chooser():
        keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type(f"{model.url}/_tulle/samples/dress.jpg")
    keyboard.press("Enter")
    expect(here.page.locator("#try .headline")).to_contain_text("dress")
    here.page.locator("#tab-try").focus()
    for tab in TABS[1:]:
        keyboard.press("ArrowRight")
        assert here.read("document.activeElement.textContent") == tab
        expect(here.page.locator(f"#{tab.lower()}")).to_be_visible()
    keyboard.press("Home")
    assert here.read("document.activeElement.id") == "tab-try"
    keyboard.press("ArrowLeft")
    assert here.read("document.activeElement.id") == "tab-code"


def test_a_tab_has_an_address_and_the_way_back(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model, tab="logs")
    expect(here.page.locator("#logs")).to_be_visible()
    here.open("Load")
    assert here.page.url.endswith("#load")
    here.page.go_back()
    expect(here.page.locator("#logs")).to_be_visible()
    here.page.get_by_text("Skip to the content").focus()
    here.page.keyboard.press("Enter")
    assert here.read("document.activeElement.id") == "main"
    expect(here.page.locator("#logs")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(
    visit: Callable[..., Visit], model: Dev, scheme: str
) -> None:
    here = visit(model, size=NARROW, scheme=scheme)
    here.choose("longsleeve")
    here.invoke('{"image": "%s"}' % ("A" * 500))  # an error, with a long event
    for tab in TABS:
        here.open(tab)
        if tab == "History":
            here.page.locator(".call").first.click()
        assert here.read("document.documentElement.scrollWidth") <= NARROW[0], tab
        too_wide = here.read(
            """width => [...document.querySelectorAll("main *")].filter(element =>
                element.getBoundingClientRect().right > width && element.closest(".block, textarea") === null
                && getComputedStyle(element).clipPath === "none").map(element => element.outerHTML)""",
            NARROW[0],
        )
        assert too_wide == [], tab


@pytest.mark.parametrize("width", [360, 390])
def test_a_price_stands_on_one_line(visit: Callable[..., Visit], model: Dev, width: int) -> None:
    here = visit(model, size=(width, 844))
    here.choose("pants")
    lines = here.read(
        """prices => [...document.querySelectorAll("#try .prices dd")].map((place, index) => {
            place.textContent = prices[index];
            const text = document.createRange();
            text.selectNodeContents(place);
            return text.getClientRects().length;
        })""",
        ["$0.00000030", "$1,234.56"],
    )
    assert lines == [1, 1]
    assert here.read("document.documentElement.scrollWidth") <= width


def test_another_tab_begins_at_its_top(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model, size=NARROW)
    here.choose("pants")
    here.read("scrollTo(0, document.body.scrollHeight)")
    panel = here.open("Event").bounding_box()
    tabs = here.page.locator("#tabs").bounding_box()
    assert panel is not None
    assert tabs is not None
    assert tabs["y"] + tabs["height"] <= panel["y"]


def test_changed_code_is_told(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "changing"
    shutil.copytree(FUNCTIONS, folder)
    handler = ("--handler", "lambda_function.lambda_handler")
    with running_dev(folder, *handler) as dev, visiting(chromium, dev) as here:
        code = folder / "lambda_function.py"
        code.write_text(code.read_text().replace('"PONG"', '"PING"'))
        expect(here.page.locator("#notes")).to_contain_text("Changed: lambda_function.py")
        assert (
            here.invoke('{"do": "pong"}').get_by_role("region", name="Answer").inner_text()
            == "PING"
        )


def test_the_page_comes_back_with_the_server(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "stopping"
    shutil.copytree(FUNCTIONS, folder)
    (port,) = free_ports(1)
    options = ("--handler", "lambda_function.lambda_handler", "--port", str(port))
    with running_dev(folder, *options) as dev:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(dev.url)
        page.wait_for_selector(".connection.live")
        assert dev.stop() == 130
        page.wait_for_selector(".connection.lost")
        page.locator("#invoke").click()
        expect(page.locator("#event .fault")).to_contain_text("tulle dev does not answer")
    with running_dev(folder, *options):
        page.wait_for_selector(".connection.live")
        page.locator("#event-json").fill('{"do": "pong"}')
        page.locator("#invoke").click()
        expect(page.get_by_role("region", name="Answer")).to_have_text("PONG")
        context.close()
