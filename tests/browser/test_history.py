"""The tab History: every call, whole again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visit import Visit
    from integration.emulator.dev_process import Dev


def test_pictures_are_kept_small_and_calls_are_run_again(
    visit: Callable[..., Visit], model: Dev
) -> None:
    here = visit(model)
    here.choose("t-shirt")
    panel = here.open("History")
    newest = panel.locator(".call").first
    expect(newest.locator(".call-title")).to_contain_text("t-shirt")
    expect(newest.locator("img")).to_be_visible()
    here.page.reload()
    expect(newest.locator("img")).to_be_visible()
    newest.click()
    expect(panel.locator(".headline")).to_contain_text("t-shirt")
    expect(panel.locator(".detail")).to_contain_text("Where the time went")
    expect(panel.get_by_role("region", name="Event")).to_contain_text('"routeKey"')
    calls = panel.locator(".call").count()
    panel.get_by_role("button", name="Run again").click()
    expect(panel.locator(".call")).to_have_count(calls + 1)
    expect(newest).to_have_attribute("aria-current", "true")


def test_calls_of_others_appear_and_become_events(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own, tab="history")
    own.invoke({"do": "fail", "message": "from boto3, say"})
    panel = here.page.locator("#history")
    newest = panel.locator(".call").first
    expect(newest.locator(".call-title.bad")).to_have_text("ValueError")
    newest.click()
    expect(panel.locator(".fault-message")).to_have_text("from boto3, say")
    panel.get_by_role("button", name="Open as event").click()
    expect(here.page.get_by_role("tab", name="Event")).to_have_attribute("aria-selected", "true")
    assert "from boto3, say" in here.page.locator("#event-json").input_value()


def test_a_request_that_the_gateway_refused_is_there_too(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own, tab="history")
    assert own.request("GET", "/nowhere").status == 404
    newest = here.page.locator("#history .call").first
    expect(newest).to_contain_text("GET /nowhere")
    newest.click()
    expect(here.page.locator("#history .fault .status")).to_have_text("404")
    expect(here.page.get_by_role("button", name="Run again")).to_be_disabled()
