"""What an open page hears, and what becomes of one that does not listen."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from integration.console.console_client import ask, stream_of
from integration.emulator.dev_process import Dev, is_alive, running_dev, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTIONS = ("--handler", "app.handler")


@pytest.fixture
def own_dev(folder: Path) -> Iterator[Dev]:
    """Serve the function in a process of the test's own."""
    with running_dev(folder, *OPTIONS) as dev:
        yield dev


def test_a_page_hears_what_was_and_then_what_is(own_dev: Dev) -> None:
    own_dev.invoke({"say": "before"})
    own_dev.wait_for_log("REPORT")
    with stream_of(own_dev) as stream:
        snapshot = stream.next("snapshot")
        answer = own_dev.request("POST", "/predict", b"hello")
        heard = stream.collect(is_over)
    begun, done, line = heard["invocation"][0], heard["invocation"][-1], heard["log"][0]
    assert [each["event"] for each in snapshot["invocations"]] == [{"say": "before"}]
    assert snapshot["invocations"][0]["state"] == "done"
    assert "got before" in [each["line"] for each in snapshot["logs"]]
    assert snapshot["environments"] == {"busy": 0, "idle": 1}
    assert snapshot["load"] is None
    assert begun["id"] == line["request_id"] == done["id"]
    assert begun["environment"] == line["environment"]
    assert (begun["state"], done["report"]["init_duration_ms"]) == ("running", None)
    assert (begun["cold"], begun["event"]["version"]) == (False, "2.0")
    assert line["line"].startswith("START RequestId: ")
    assert done["http"]["gateway_id"] == answer.headers["apigw-requestid"]


def test_attempts_of_an_asynchronous_call_are_one_invocation(own_dev: Dev) -> None:
    with stream_of(own_dev) as stream, own_dev.client() as client:
        client.put_function_event_invoke_config(FunctionName="small", MaximumRetryAttempts=0)
        client.invoke(FunctionName="small", InvocationType="Event", Payload=b'{"fail": "once"}')
        done = stream.next_invocation("done")
    assert (done["source"], done["attempts"]) == ("event", 1)
    assert (done["error_type"], done["event"]) == ("ValueError", {"fail": "once"})


def is_over(heard: dict[str, list[Any]]) -> bool:
    """Tell whether the gateway answered, the report is known, and the environment is idle again."""
    last, counts = heard["invocation"][-1:], heard["environments"][-1:]
    ended = any(each["state"] == "done" and each["http"] is not None for each in last)
    return ended and any((each["busy"], each["idle"]) == (0, 1) for each in counts)


def test_a_page_hears_of_changed_files(own_dev: Dev) -> None:
    with stream_of(own_dev) as stream:
        (own_dev.folder / "app.py").write_text("def handler(event, context): return 2\n")
        assert stream.next("changed")["names"] == ["app.py"]


def test_a_page_hears_of_what_the_gateway_refused(own_dev: Dev) -> None:
    with stream_of(own_dev) as stream:
        own_dev.request("GET", "/no-such-route")
        refused = stream.next_invocation("refused")
    assert (refused["http"]["status"], refused["http"]["path"]) == (404, "/no-such-route")


def test_a_page_that_does_not_read_is_cut_off_and_may_come_again(own_dev: Dev) -> None:
    with stream_of(own_dev, receive_bytes=4096) as deaf, stream_of(own_dev) as listener:
        for _ in range(10):  # 20 MB in all
            assert ask(own_dev, "POST", "invocations", {"event": {"lines": 250}}).status == 200
            assert listener.next_invocation("done")["event"] == {"lines": 250}
        assert deaf.is_over
    with stream_of(own_dev) as stream:
        assert len(stream.next("snapshot")["logs"]) == 2000


def test_so_many_pages_may_listen_and_closed_ones_make_room(own_dev: Dev) -> None:
    def fill() -> None:
        streams = [stream_of(own_dev) for _ in range(32)]
        for stream in streams:
            stream.__enter__()
        try:
            answer = ask(own_dev, "GET", "stream")
        finally:
            for stream in streams:
                stream.__exit__(None, None, None)
        assert answer.status == 503
        assert "32 pages" in answer.json["error"]["message"]

    def is_free() -> bool:
        try:
            with stream_of(own_dev):
                return True
        except AssertionError:
            return False

    fill()
    wait_until(is_free, "room for a page")
    fill()


def test_a_stop_ends_streams_and_load_runs_at_once(own_dev: Dev) -> None:
    load = {"event": {"sleep_s": 60}, "requests": 1000, "concurrency": 5}
    with stream_of(own_dev) as stream, stream_of(own_dev, receive_bytes=4096):
        ask(own_dev, "POST", "invocations", {"event": {"lines": 300}})
        pid = int(own_dev.process.pid)
        assert ask(own_dev, "POST", "load", load).status == 202
        while stream.next("environments")["busy"] < 5:
            pass
        assert own_dev.stop(signal.SIGINT) == 130
        assert stream.is_over
    assert not is_alive(pid)
