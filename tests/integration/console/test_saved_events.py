"""Test events as files: where they are, what they are named, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.console.console_client import FROM_PAGE, JSON, ask
from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from pathlib import Path

    from integration.emulator.dev_process import Dev


def listed(dev: Dev) -> dict[str, Any]:
    return {each["name"]: each for each in ask(dev, "GET", "events").json["events"]}


def file_of(dev: Dev, name: str) -> Path:
    return dev.folder / ".tulle" / "events" / f"{name}.json"


def test_starters_are_the_gateways_own_events(dev: Dev) -> None:
    starters = [each for each in listed(dev).values() if not each["saved"]]
    assert [each["name"] for each in starters] == [
        "Picture by URL",
        "HTTP API request",
        "REST API request",
        "Function URL request",
        "Empty",
    ]
    http, rest, url = (each["event"] for each in starters[1:4])
    assert (http["version"], http["routeKey"]) == ("2.0", "POST /predict")
    assert (rest["httpMethod"], rest["requestContext"]["stage"]) == ("POST", "prod")
    assert url["requestContext"]["domainName"].endswith(".lambda-url.us-east-1.on.aws")
    assert http["body"] == '{"url": "https://example.com/picture.jpg"}'


def test_an_event_is_saved_as_it_was_written_and_deleted(dev: Dev) -> None:
    text = b'{\n  "n": 1.00,  "big": 12345678901234567890\n}'
    path = "/_tulle/api/events/my%20event-1.0"
    saved = dev.request("PUT", path, b'{"event": ' + text + b"}", (FROM_PAGE, JSON))
    assert saved.status == 200
    assert file_of(dev, "my event-1.0").read_bytes() == text + b"\n"
    assert saved.json == listed(dev)["my event-1.0"] == ask(dev, "GET", "events/my event-1.0").json
    assert saved.json["text"] == text.decode() + "\n"
    assert saved.json["event"]["big"] == 12345678901234567890
    assert (saved.json["saved"], saved.json["bytes"]) == (True, len(text) + 1)
    assert ask(dev, "PUT", "events/my event-1.0", {"event": 2}).json["event"] == 2
    assert [path.name for path in file_of(dev, "x").parent.iterdir()] == ["my event-1.0.json"]
    assert ask(dev, "DELETE", "events/my event-1.0").status == 200
    assert ask(dev, "DELETE", "events/my event-1.0").status == 404
    assert "my event-1.0" not in listed(dev)


def test_a_saved_event_hides_the_starter_of_its_name(dev: Dev) -> None:
    ask(dev, "PUT", "events/Empty", {"event": {"full": True}})
    assert listed(dev)["Empty"]["event"] == {"full": True}
    ask(dev, "DELETE", "events/Empty")
    assert listed(dev)["Empty"]["event"] == {}
    assert ask(dev, "DELETE", "events/Empty").status == 404


@pytest.mark.parametrize(
    "name",
    [".", "..", ".hidden", " a", "a ", "-a", "ü", "a:b", "a\\b", "a\0b", "..%2Fa", "x" * 65, "a\n"],
    ids=ascii,
)
def test_a_name_that_is_none_is_refused(dev: Dev, name: str) -> None:
    for method, body in (("GET", None), ("PUT", {"event": {}}), ("DELETE", None)):
        assert ask(dev, method, f"events/{name}", body).status in {400, 404}
    assert not list(dev.folder.rglob("*.json"))
    assert not list(dev.folder.parent.glob("*.json"))


def test_a_slash_that_is_encoded_leads_nowhere(dev: Dev) -> None:
    for path in ("..%2f..%2fapp", "..%2F..%2F..%2Fapp", "%2e%2e%2fapp", "a%2fb"):
        answer = dev.request(
            "PUT", f"/_tulle/api/events/{path}", b'{"event": {}}', (FROM_PAGE, JSON)
        )
        assert answer.status in {400, 404}
    assert not list(dev.folder.parent.rglob("*.json"))


def test_a_name_may_have_64_characters(dev: Dev) -> None:
    assert ask(dev, "PUT", f"events/{'x' * 64}", {"event": {}}).status == 200
    assert ask(dev, "DELETE", f"events/{'x' * 64}").status == 200


def test_a_file_that_was_broken_by_hand_is_listed_with_its_fault(dev: Dev) -> None:
    ask(dev, "PUT", "events/broken", {"event": {}})
    file_of(dev, "broken").write_text('{"a": }')
    file_of(dev, "binary").write_bytes(b"\xff")
    (file_of(dev, "x").parent / "näme.json").write_text("{}")
    file_of(dev, "folder").mkdir()
    found = {name: each for name, each in listed(dev).items() if each["saved"]}
    assert {name: each["fault"] for name, each in found.items()} == {
        "binary": "it is not UTF-8",
        "broken": "line 1, column 7: Expecting value",
    }
    assert (found["broken"]["event"], found["broken"]["text"]) == (None, '{"a": }')


def test_of_a_large_event_the_list_has_only_the_size(dev: Dev) -> None:
    ask(dev, "PUT", "events/large", {"event": "x" * 300_000})
    entry = listed(dev)["large"]
    assert (entry["event"], entry["text"], entry["bytes"]) == (None, None, 300_003)
    assert len(ask(dev, "GET", "events/large").json["event"]) == 300_000


def test_what_cannot_be_written_is_said(folder: Path) -> None:
    (folder / ".tulle").write_text("no folder")
    with running_dev(folder, "--handler", "app.handler") as dev:
        answer = ask(dev, "PUT", "events/mine", {"event": {}})
        assert "Empty" in listed(dev)
    assert answer.status == 500
    assert ".tulle" in answer.json["error"]["message"]
    assert answer.json["error"]["hint"]


def test_a_hundred_events_are_enough(folder: Path) -> None:
    events = folder / ".tulle" / "events"
    events.mkdir(parents=True)
    for number in range(100):
        (events / f"event {number}.json").write_text("{}")
    with running_dev(folder, "--handler", "app.handler") as dev:
        assert ask(dev, "PUT", "events/one more", {"event": {}}).status == 409
        assert ask(dev, "PUT", "events/event 5", {"event": 5}).json["event"] == 5
        assert len([each for each in listed(dev).values() if each["saved"]]) == 100


def test_events_of_a_model_are_in_the_working_directory(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with running_dev(folder) as dev:
        ask(dev, "PUT", "events/mine", {"event": {}})
    assert (folder / ".tulle" / "events" / "mine.json").read_text() == "{}\n"
