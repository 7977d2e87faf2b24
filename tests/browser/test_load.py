"""The tab Load: many requests at once, plotted while they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visit import Visit
    from integration.emulator.dev_process import Dev

# How many points of a canvas are painted; lines and figures are some, but fewer than with a curve.
_PAINTED = """selector => {
  const plot = document.querySelector(selector);
  const { data } = plot.getContext("2d").getImageData(0, 0, plot.width, plot.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
}"""


def start(here: Visit, *, requests: int, at_once: int) -> None:
    here.open("Load")
    here.page.get_by_label("Requests", exact=True).fill(str(requests))
    here.page.get_by_label("At once").fill(str(at_once))
    here.page.locator("#load-start").click()


def test_a_load_run_is_plotted_and_summed_up(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"do": "sleep", "s": 0.01}')
    start(here, requests=60, at_once=3)
    tiles = here.page.locator("#load .tiles")
    expect(tiles).to_contain_text("60 of 60")
    expect(tiles.locator(".tile", has_text="Errors")).to_contain_text("0")
    expect(tiles.locator(".tile", has_text="Half within")).to_contain_text("ms")
    expect(here.page.locator("#spoken")).to_contain_text("The load run is done: 60 requests")
    assert here.read(_PAINTED, ".plot.tall") > 1500
    assert here.read(_PAINTED, ".plot:not(.tall)") > 1500
    here.page.reload()  # the server has it still
    expect(tiles).to_contain_text("60 of 60")


def test_a_load_run_is_stopped(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"do": "sleep", "s": 0.05}')
    start(here, requests=5000, at_once=2)
    here.page.locator("#load-stop").click()
    expect(here.page.locator("#load-start")).to_be_enabled()
    expect(here.page.locator("#load-stop")).to_be_hidden()
    expect(here.page.locator("#spoken")).to_contain_text("The load run is stopped")


def test_errors_are_counted_and_the_first_is_told(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"do": "fail", "message": "too many garments"}')
    start(here, requests=5, at_once=1)
    tiles = here.page.locator("#load .tiles")
    expect(tiles.locator(".tile.bad", has_text="Errors")).to_contain_text("5")
    expect(here.page.locator(".first-error")).to_contain_text("ValueError: too many garments")


def test_what_is_sent_is_the_last_picture_or_the_event_of_the_editor(
    visit: Callable[..., Visit], model: Dev
) -> None:
    here = visit(model)
    here.choose("outwear")
    start(here, requests=4, at_once=1)
    assert here.page.get_by_label("Send", exact=True).input_value() == "last"
    expect(here.page.locator("#load .tiles")).to_contain_text("4 of 4")
    expect(here.page.locator("#load .tile", has_text="Errors")).not_to_have_class("tile bad")
    here.write("{")
    here.open("Load")
    here.page.get_by_label("Send", exact=True).select_option("editor")
    here.page.locator("#load-start").click()
    expect(here.page.locator("#notes")).to_contain_text("not valid JSON")
