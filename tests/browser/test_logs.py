"""The tab Logs: what the function says, as it says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visit import Visit
    from integration.emulator.dev_process import Dev


def test_lines_come_by_themselves_and_are_filtered(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own, tab="logs")
    own.invoke({"do": "say", "text": "a green dress"})
    own.invoke({"do": "fail", "message": "a blue hat"})
    log = here.page.get_by_role("log")
    expect(log.locator(".own", has_text="a green dress")).to_be_visible()
    expect(log.locator(".error", has_text="[ERROR] ValueError: a blue hat")).to_be_visible()
    expect(log.locator(".error", has_text="lambda_function.py").first).to_be_attached()
    assert log.locator(".platform", has_text="START RequestId").count() >= 2
    here.page.get_by_label("Filter the log by text").fill("GREEN")
    expect(log.locator(".logline")).to_have_count(1)
    here.page.get_by_label("Filter the log by text").fill("purple")
    expect(here.page.get_by_text("No line has that in it.")).to_be_visible()


def test_one_invocation_is_looked_at_alone_and_copied(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own, tab="logs")
    own.invoke({"do": "say", "text": "only me"})
    own.invoke({"do": "say", "text": "someone else"})
    log = here.page.get_by_role("log")
    expect(log.locator(".logline", has_text="someone else")).to_be_visible()
    line = log.locator(".logline.first").nth(-2)
    line.get_by_role("button").click()
    expect(log.locator(".logline")).to_have_count(4)  # START, the text, END, REPORT
    expect(log.locator(".own .log-text")).to_have_text("only me")
    here.page.get_by_role("button", name="Copy the log").click()
    expect(here.page.get_by_role("button", name="Copy the log")).to_contain_text("Copied")
    assert "\nonly me\nEND RequestId" in here.read("navigator.clipboard.readText()")
    here.page.get_by_role("button", name="Show all invocations again").click()
    expect(log.locator(".logline", has_text="someone else")).to_be_visible()


def test_the_end_is_followed_unless_someone_reads_above(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own, tab="logs")
    own.invoke({"do": "say", "text": "\n".join(map(str, range(200)))})
    log = here.page.get_by_role("log")
    end = (
        "document.querySelector('#log').scrollHeight - document.querySelector('#log').clientHeight"
    )
    top = "document.querySelector('#log').scrollTop"
    expect(log.locator(".platform", has_text="REPORT").last).to_be_in_viewport()
    assert here.read(f"{end} - {top}") < 2
    here.read("document.querySelector('#log').scrollTo(0, 100)")
    expect(here.page.get_by_role("button", name="Follow the end")).to_be_visible()
    own.invoke({"do": "say", "text": "the last word"})
    last = log.locator(".logline", has_text="the last word")
    expect(last).to_be_attached()
    assert here.read(top) == 100
    here.page.get_by_role("button", name="Follow the end").click()
    expect(last).to_be_in_viewport()


def test_many_lines_are_shown_in_bounds(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own, tab="logs")
    answer = own.invoke({"do": "say", "text": "\n".join(f"line {n}" for n in range(5000))})
    assert json.loads(answer.body) == "said"
    expect(here.page.get_by_role("log").locator(".own .log-text").last).to_have_text("line 4999")
    assert here.read("document.querySelectorAll('.logline').length") <= 2000
