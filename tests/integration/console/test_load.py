"""Load runs: counted right, alone, stoppable, and in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.console.console_client import Stream, ask, stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Dev


@pytest.fixture(autouse=True)
def _no_run_is_left(dev: Dev) -> Iterator[None]:
    yield
    ask(dev, "DELETE", "load")


def start(dev: Dev, event: object, *, requests: int, concurrency: int) -> Any:
    body = {"event": event, "requests": requests, "concurrency": concurrency}
    answer = ask(dev, "POST", "load", body)
    assert answer.status == 202
    return answer.json


def follow(stream: Stream) -> tuple[Any, list[Any]]:
    """Read to the end of the run; give its last message and all samples."""
    samples = []
    while True:
        load = stream.next("load")
        samples += load["samples"]
        if load["state"] != "running":
            return load, samples


def test_a_run_is_told_as_it_goes_and_kept_when_it_is_done(dev: Dev) -> None:
    with stream_of(dev) as stream:
        started = start(dev, {"say": "loaded"}, requests=60, concurrency=2)
        done, samples = follow(stream)
        kept = ask(dev, "GET", "load").json["load"]
        snapshot = ask_snapshot(dev)
    assert (started["state"], started["done"], started["samples"]) == ("running", 0, [])
    assert done["id"] == started["id"] == kept["id"]
    assert (done["state"], done["done"], done["errors"], done["throttled"]) == ("done", 60, 0, 0)
    assert kept["samples"] == samples == snapshot["load"]["samples"]
    assert len(samples) == 60
    latencies = sorted(latency for _, latency, _, _ in samples)
    assert [done["p50_ms"], done["p90_ms"]] == [latencies[29], latencies[53]]
    assert [done["p99_ms"], done["max_ms"]] == [latencies[59]] * 2
    assert {answered for _, _, answered, _ in samples} == {"ok"}
    assert 1 <= sum(cold for *_, cold in samples) <= 2
    assert max(busy for _, busy, _ in kept["environments"]) == 2
    assert done["per_second"] > 0
    assert snapshot["invocations"] == []  # they are too many for the history
    assert not [each for each in snapshot["logs"] if each["line"] == "got loaded"]


def ask_snapshot(dev: Dev) -> Any:
    with stream_of(dev) as stream:
        return stream.next("snapshot")


def test_errors_are_counted_and_the_first_is_shown(dev: Dev) -> None:
    with stream_of(dev) as stream:
        start(dev, {"fail": "under load"}, requests=4, concurrency=1)
        done, samples = follow(stream)
    assert (done["done"], done["errors"]) == (4, 4)
    assert done["first_error"] == {"error_type": "ValueError", "message": "under load"}
    assert {answered for _, _, answered, _ in samples} == {"error"}


def test_more_than_may_run_at_once_are_throttled(dev: Dev) -> None:
    with stream_of(dev) as stream:
        start(dev, {"sleep_s": 0.3}, requests=12, concurrency=6)
        done, samples = follow(stream)
    throttled = [answered for _, _, answered, _ in samples].count("throttled")
    assert done["throttled"] == throttled >= 4
    assert done["done"] == 12
    assert len({busy for _, busy, _ in done["environments"]}) <= 3


def test_others_are_answered_meanwhile(dev: Dev) -> None:
    with stream_of(dev) as stream:
        start(dev, {"say": "loaded"}, requests=300, concurrency=1)
        stream.next("load")
        for number in range(5):
            assert dev.invoke({"number": number}).json == {"number": number}
            assert stream.next_invocation("done")["event"] == {"number": number}
        load, _ = follow(stream)
    assert (load["done"], load["errors"], load["throttled"]) == (300, 0, 0)


def test_one_at_a_time_and_it_can_be_stopped(dev: Dev) -> None:
    with stream_of(dev) as stream:
        start(dev, {"sleep_s": 0.2}, requests=10_000, concurrency=2)
        while stream.next("load")["done"] < 2:
            pass
        second = ask(dev, "POST", "load", {"event": {}, "requests": 1, "concurrency": 1})
        stopped = ask(dev, "DELETE", "load").json
        told, _ = follow(stream)
        again = ask(dev, "DELETE", "load")
    assert second.status == 409
    assert stopped["state"] == told["state"] == "stopped"
    assert 2 <= stopped["done"] < 10_000
    assert again.status == 404


@pytest.mark.parametrize(
    ("requests", "concurrency"),
    [(0, 1), (10_001, 1), ("5", 1), (True, 1), (1.5, 1), (None, 1), (5, 0), (5, 1001)],
)
def test_a_run_that_cannot_be_is_refused(dev: Dev, requests: object, concurrency: object) -> None:
    body = {"event": {}, "requests": requests, "concurrency": concurrency}
    answer = ask(dev, "POST", "load", body)
    assert answer.status == 400
    assert "whole number from 1 to" in answer.json["error"]["message"]
