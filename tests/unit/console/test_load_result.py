"""The figures of a load run."""

from __future__ import annotations

from typing import Any

from tulle.console.load_result import Answered, LoadResult, LoadState


def result() -> LoadResult:
    return LoadResult(requests=100, concurrency=10, started_at_ms=0)


def test_percentiles_are_of_what_was_answered() -> None:
    load = result()
    for latency in range(1, 101):
        load.add(Answered.OK if latency % 10 else Answered.ERROR, latency, cold=latency == 100)
    load.add(Answered.THROTTLED, 5000, cold=False)
    described: Any = load.describe()
    figures = [described[name] for name in ("p50_ms", "p90_ms", "p99_ms", "max_ms")]
    assert figures == [50, 90, 99, 100]
    assert (described["done"], described["errors"], described["throttled"]) == (101, 10, 1)
    assert described["samples"][99][1:] == [100, "error", True]
    assert described["samples"][100][2] == "throttled"


def test_there_are_no_figures_before_the_first_answer() -> None:
    described = result().describe()
    assert (described["p50_ms"], described["max_ms"], described["done"]) == (None, None, 0)


def test_news_have_only_what_was_not_told() -> None:
    load = result()
    load.add(Answered.OK, 1, cold=False)
    first: Any = load.describe_news()
    load.add(Answered.OK, 2, cold=False)
    second: Any = load.describe_news()
    assert [len(first["samples"]), len(second["samples"])] == [1, 1]
    assert second["done"] == 2
    whole: Any = load.describe()
    assert whole["samples"] == first["samples"] + second["samples"]


def test_of_environments_the_most_that_were_busy_are_kept_and_the_last_count() -> None:
    load = result()
    news = []
    for counts in ([(1, 0), (2, 0), (1, 1)], [(1, 1), (2, 0)], [], [(1, 1), (0, 2)]):
        for busy, idle in counts:
            load.note_environments(busy, idle)
        news.append(counted(load.describe_news()))
    assert news == [[[2, 0]], [], [], []]
    load.end(LoadState.DONE)
    assert counted(load.describe_news()) == [[0, 2]]


def counted(news: Any) -> list[Any]:
    return [counts for _, *counts in news["environments"]]


def test_the_first_error_is_kept() -> None:
    load = result()
    load.note_error("KeyError", b'{"errorMessage": "first"}')
    load.note_error("KeyError", b'{"errorMessage": "second"}')
    assert load.describe()["first_error"] == {"error_type": "KeyError", "message": "first"}
    odd = result()
    odd.note_error("Odd", b"\xff" + b"x" * 5000)
    assert odd.describe()["first_error"] == {"error_type": "Odd", "message": "\ufffd" + "x" * 999}
