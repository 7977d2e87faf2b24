"""Who may come in, and how often."""

from __future__ import annotations

from datetime import datetime

import pytest

from tulle.emulator.gateway.api_keys import IssuedKey, issue_keys
from tulle.emulator.gateway.gate import Gate
from tulle.emulator.gateway.kind import Refusal, Refused
from tulle.emulator.gateway.throttle import QuotaCount, TokenBucket
from tulle.errors import InvalidApiKey
from tulle.project.api import ApiKey, Period, Quota, Throttle
from tulle.project.route import Route

PREDICT, OTHER = Route(path="/predict"), Route(path="/other")
FREE = Throttle()


def refused(gate: Gate, key: str = "", route: Route = PREDICT, now_s: float = 0) -> Refusal | None:
    try:
        gate.admit(route, key, now_s)
    except Refused as exc:
        return exc.refusal
    return None


def issued(name: str, throttle: Throttle | None = None, quota: Quota | None = None) -> IssuedKey:
    return IssuedKey(key=ApiKey(name=name, throttle=throttle, quota=quota), value=f"key of {name}")


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate() -> None:
    bucket = TokenBucket(Throttle(rate=2, burst=3))
    assert [bucket.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(10.4), bucket.take(10.5), bucket.take(10.6)] == [False, True, False]
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_no_tokens() -> None:
    bucket = TokenBucket(Throttle(rate=1, burst=1))
    assert [bucket.take(10.0), bucket.take(5.0), bucket.take(5.5)] == [True, False, False]


def test_nothing_comes_through_a_burst_of_zero() -> None:
    assert TokenBucket(Throttle(rate=100, burst=0)).take(1.0) is False


def test_each_route_is_throttled_by_itself() -> None:
    gate = Gate(Throttle(rate=1, burst=1), {"ANY /other": Throttle(rate=1, burst=2)})
    assert [refused(gate) for _ in range(2)] == [None, Refusal.TOO_MANY_REQUESTS]
    assert [refused(gate, route=OTHER) for _ in range(3)] == [
        None,
        None,
        Refusal.TOO_MANY_REQUESTS,
    ]
    assert refused(gate, now_s=1) is None


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("key of a", None),
        ("key of b", None),
        ("", Refusal.UNKNOWN_KEY),
        ("key of A", Refusal.UNKNOWN_KEY),
        ("kéy", Refusal.UNKNOWN_KEY),
    ],
)
def test_only_known_keys_come_in(key: str, expected: Refusal | None) -> None:
    assert refused(Gate(FREE, keys=(issued("a"), issued("b"))), key) is expected


def test_a_route_for_preflights_asks_for_no_key() -> None:
    gate = Gate(FREE, keys=(issued("a"),))
    assert refused(gate, route=Route(method="OPTIONS", path="/predict")) is None
    assert refused(gate, route=Route(path="/predict")) is Refusal.UNKNOWN_KEY


def test_a_key_is_told() -> None:
    known = issued("a")
    assert Gate(FREE, keys=(known,)).admit(PREDICT, known.value, 0) is known
    assert Gate(FREE).admit(PREDICT, "whatever", 0) is None


def test_keys_are_throttled_one_by_one_over_all_routes() -> None:
    slow = Throttle(rate=1, burst=1)
    gate = Gate(FREE, keys=(issued("a", throttle=slow), issued("b", throttle=slow)))
    found = [refused(gate, "key of a"), refused(gate, "key of a", OTHER), refused(gate, "key of b")]
    assert found == [None, Refusal.TOO_MANY_REQUESTS, None]


def test_a_quota_ends() -> None:
    gate = Gate(FREE, keys=(issued("a", quota=Quota(limit=2)), issued("b")))
    assert [refused(gate, "key of a") for _ in range(3)] == [None, None, Refusal.QUOTA_EXCEEDED]
    assert refused(gate, "key of b") is None


@pytest.mark.parametrize(
    ("period", "last", "first"),
    [
        (Period.DAY, "2026-11-22T23:59:59", "2026-11-23T00:00:00"),
        (Period.WEEK, "2026-11-22T23:59:59", "2026-11-23T00:00:00"),
        (Period.MONTH, "2026-11-30T23:59:59", "2026-12-01T00:00:00"),
    ],
)
def test_a_quota_begins_anew(period: Period, last: str, first: str) -> None:
    count = QuotaCount(Quota(limit=1, period=period))
    before, after = (
        datetime.fromisoformat(f"{moment}+00:00").timestamp() for moment in (last, first)
    )
    found = [count.take(before - 60), count.take(before), count.take(after), count.take(after)]
    assert found == [True, False, True, False]


def test_keys_come_from_the_environment_or_are_made() -> None:
    environ = {"PARTNER_KEY": "a" * 20}
    keys = (ApiKey(name="partner", from_env="PARTNER_KEY"), ApiKey(name="own"))
    partner, own = issue_keys(keys, environ)
    assert partner.value == "a" * 20
    assert 20 <= len(own.value) <= 128
    assert own.value != issue_keys(keys, environ)[1].value


@pytest.mark.parametrize(
    ("environ", "said"),
    [({}, "is not set"), ({"K": "a" * 19}, "19 characters"), ({"K": "a" * 129}, "129 characters")],
)
def test_a_key_that_cannot_be_is_refused(environ: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidApiKey, match=said):
        issue_keys([ApiKey(name="partner", from_env="K")], environ)
