"""The tab Event: any JSON is handed to a function, saved, and looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.visit import Visit
    from integration.emulator.dev_process import Dev


def test_a_handler_gets_the_event_and_its_answer_report_and_log_are_shown(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own)
    assert here.page.get_by_role("tab").first.inner_text() == "Event"  # no model, so nothing to try
    answer = here.invoke('{"do": "echo", "large": 12345678901234567890, "text": "<b>ünï</b>"}')
    shown = json.loads(answer.get_by_role("region", name="Answer").inner_text())
    assert shown == {"do": "echo", "large": 12345678901234567890, "text": "<b>ünï</b>"}
    expect(answer.locator(".figures")).to_contain_text("Duration")
    log = answer.get_by_role("region", name="Log of this call")
    expect(log).to_contain_text("START RequestId: ")
    expect(log.locator(".platform").last).to_contain_text("REPORT RequestId: ")


def test_many_categories_and_scores_that_are_no_shares_are_shown_too(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own)
    scores = {f"a rather long category {n}": (n - 10) / 2 for n in range(30)}
    answer = here.invoke(json.dumps({"do": "echo"} | scores))
    expect(answer.locator(".bar")).to_have_count(0)  # with a text among them they are no scores
    answer = here.invoke(json.dumps({"do": "echo", "category": "x", "scores": scores}))
    expect(answer.locator(".bar")).to_have_count(10)
    expect(answer.locator(".bar").first).to_contain_text("a rather long category 29")
    expect(answer.locator(".bar").first).to_contain_text("9.500")
    answer.get_by_role("button", name="Show all 30 categories").click()
    expect(answer.locator(".bar")).to_have_count(30)


def test_control_and_enter_invoke(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"do": "pong"}')
    here.page.locator("#event-json").press("Control+Enter")
    expect(here.page.get_by_role("region", name="Answer")).to_have_text("PONG")


def test_an_exception_is_shown_with_its_stack(visit: Callable[..., Visit], own: Dev) -> None:
    answer = visit(own).invoke('{"do": "fail", "message": "no such <i>garment</i>"}')
    expect(answer.locator(".headline")).to_contain_text("ValueError")
    expect(answer.locator(".fault-message")).to_have_text("no such <i>garment</i>")
    answer.get_by_text("Stack", exact=True).click()
    expect(answer.get_by_role("region", name="Stack")).to_contain_text(
        'raise ValueError(event["mess'
    )
    expect(answer.locator(".logline.error").first).to_contain_text("[ERROR] ValueError")


def test_a_timeout_is_shown_with_what_to_do(visit: Callable[..., Visit], own: Dev) -> None:
    answer = visit(own).invoke('{"do": "sleep", "s": 60}')
    expect(answer.locator(".headline")).to_contain_text("Sandbox.Timedout")
    expect(answer.locator(".fault-hint")).to_contain_text("--timeout-s")


def test_what_is_not_json_is_not_sent_and_the_cursor_goes_to_the_mistake(
    visit: Callable[..., Visit], own: Dev
) -> None:
    here = visit(own)
    here.write('{\n  "do": pong\n}')
    state = here.page.locator(".editor-state")
    expect(state).to_have_text("Line 2, column 9: 'pong' should be in double quotes")
    here.page.locator("#invoke").click()
    assert here.read("document.activeElement.id") == "event-json"
    assert here.read("document.activeElement.selectionStart") == 10
    expect(here.page.locator("#event .answer")).to_contain_text("Hand it an event")


def test_events_are_saved_found_again_and_deleted(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"do": "echo", "n": 1}')
    here.page.get_by_role("button", name="Save as…").click()
    here.page.get_by_label("Name").fill("../up")
    here.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(here.page.get_by_role("alert")).to_contain_text("letters, digits")
    here.page.get_by_label("Name").fill("my event")
    here.page.keyboard.press("Enter")
    entry = here.page.get_by_role("button", name="my event")
    expect(entry).to_have_attribute("aria-current", "true")
    here.write('{"do": "echo", "n": 2}')
    here.page.get_by_role("button", name="Save", exact=True).click()
    expect(here.page.locator("#notes")).to_contain_text("Saved as “my event”.")
    here.write("{}")
    here.page.reload()
    entry.click()
    assert json.loads(here.page.locator("#event-json").input_value()) == {"do": "echo", "n": 2}
    here.page.get_by_role("button", name="Delete").click()
    expect(entry).to_have_count(0)
    expect(here.page.get_by_role("button", name="Delete")).to_be_hidden()


def test_a_template_is_opened(visit: Callable[..., Visit], model: Dev) -> None:
    here = visit(model, tab="event")
    here.page.get_by_role("button", name="HTTP API request").click()
    event = json.loads(here.page.locator("#event-json").input_value())
    assert event["version"] == "2.0"


def test_tab_indents_and_escape_lets_it_leave(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    editor = here.page.locator("#event-json")
    editor.fill("")
    editor.press_sequentially('{\n"a": 1')
    assert editor.input_value() == '{\n  "a": 1'
    editor.press("Home")
    editor.press("Shift+Tab")
    assert editor.input_value() == '{\n"a": 1'
    editor.press("Tab")
    assert editor.input_value() == '{\n  "a": 1'
    here.page.keyboard.press("Escape")
    here.page.keyboard.press("Tab")
    assert here.read("document.activeElement.tagName") == "BUTTON"


def test_numbers_are_shown_as_the_function_gave_them(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    answer = here.invoke('{"do": "echo", "whole": 1.0, "deep": [{"zero": -0.0}, 2.50, 7]}')
    shown = answer.get_by_role("region", name="Answer")
    expect(shown).to_contain_text('"whole": 1.0,')
    expect(shown).to_contain_text('"zero": -0.0')
    expect(shown).to_contain_text("2.5,")
    expect(shown).to_contain_text("7")
    panel = here.open("History")
    panel.locator(".call").first.click()
    expect(panel.get_by_role("region", name="Event")).to_contain_text('"whole": 1.0,')
    panel.get_by_role("button", name="Open as event").click()
    assert '"whole": 1.0,' in here.page.locator("#event-json").input_value()
    alone = here.invoke('{"do": "give", "value": 3.0}')
    expect(alone.get_by_role("region", name="Answer")).to_have_text("3.0")


def test_format_lays_out_and_changes_no_digit(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    here.write('{"a":[1.0,12345678901234567890,1e2],"b":{},"c":[]}')
    here.page.get_by_role("button", name="Format").click()
    formatted = here.page.locator("#event-json").input_value()
    assert formatted == (
        '{\n  "a": [\n    1.0,\n    12345678901234567890,\n    1e2\n  ],\n  "b": {},\n  "c": []\n}'
    )
    here.page.keyboard.press("Control+z")
    assert here.page.locator("#event-json").input_value().startswith('{"a":[1.0')


GOOD = ["0", "-1.5e+3", '"\\u00e9\\n"', "[]", ' {"a" : [ true , null ] } ', '""', "[[[1]]]"]
BAD = [
    ("", 1, 1, "The text ends where a value should be"),
    ("{", 1, 2, "A key in double quotes should be here"),
    ('{"a": 1,}', 1, 9, "A comma before '}' is one too many"),
    ("[1,\n2,\n]", 3, 1, "A comma before ']' is one too many"),
    ("[1 2]", 1, 4, "A comma or ']' should be here"),
    ("{'a': 1}", 1, 2, "Strings take double quotes"),
    ('{"a" 1}', 1, 6, 'A colon should follow the key "a"'),
    ('{"a": True}', 1, 7, "'True' is not JSON; write true"),
    ("[01]", 1, 2, "'01' is no number of JSON"),
    ('["a\nb"]', 1, 2, "This string does not end"),
    ("1 2", 1, 3, "Nothing may follow the value"),
    ("[1] // one", 1, 5, "JSON knows no comments"),
    ("[nul]", 1, 2, "'nul' should be in double quotes"),
    ('["\\x"]', 1, 2, "This string holds what JSON does not allow"),
]
_FIND = """async (text) => {
  const { findMistake } = await import("/_tulle/static/json_text.js");
  const mistake = findMistake(text);
  return mistake && [mistake.line, mistake.column, mistake.message];
}"""


def test_mistakes_in_json_are_told_with_their_place(visit: Callable[..., Visit], own: Dev) -> None:
    here = visit(own)
    for text in GOOD:
        json.loads(text)
        assert here.read(_FIND, text) is None, text
    for text, line, column, message in BAD:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
        assert here.read(_FIND, text) == [line, column, message], text
