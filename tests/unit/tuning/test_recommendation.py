"""Which size is best, reckoned by hand with the rates of us-east-1."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tulle.errors import TuningFailed
from tulle.pricing.rates import find_rates
from tulle.target import Architecture
from tulle.tuning.recommendation import Recommendation, Strategy, recommend
from tulle.tuning.trial import Trial
from unit.tuning.made_tunings import timing, trial

RATES = find_rates("us-east-1")


def recommended(*trials: Trial, weight: float = 0.5) -> Recommendation:
    return recommend(
        trials,
        RATES,
        architecture=Architecture.X86_64,
        strategy=Strategy.COST,
        weight=weight,
    )


def test_a_million_calls_cost_their_memory_and_their_requests() -> None:
    (option,) = recommended(trial(1024, 100)).options
    # 1 GB for 0.1 s, a million times: 100,000 GB-s, and a million requests at 0.20 USD.
    assert option.million_usd == {
        Architecture.X86_64: Decimal("1.66667") + Decimal("0.2"),
        Architecture.ARM64: Decimal("1.33334") + Decimal("0.2"),
    }


def test_what_is_billed_is_paid_for_not_what_is_typical() -> None:
    tried = Trial(
        memory_mb=1024, warm=timing(99.2, billed_ms=100), cold=None, max_memory_used_mb=10
    )
    (option,) = recommended(tried).options
    assert option.million_usd[Architecture.X86_64] == Decimal("1.86667")


def test_power_tunings_own_example_of_a_shape() -> None:
    # Cost per million, at 16.6667 USD a million GB-s: 128 MB 3.65 s, 512 MB 0.8 s, 1024 MB 0.5 s, 3008 MB 0.4 s
    # 7.80, 6.87, 8.53 and 19.78 USD with the requests.
    best = recommended(trial(128, 3650), trial(512, 800), trial(1024, 500), trial(3008, 400)).best
    # Balanced, each as a part of the highest: 0.39 + 1, 0.35 + 0.22, 0.43 + 0.14, 1 + 0.11.
    assert best == {Strategy.COST: 512, Strategy.SPEED: 3008, Strategy.BALANCED: 512}


@pytest.mark.parametrize(("weight", "memory_mb"), [(0, 3008), (0.1, 1024), (0.5, 512), (1, 512)])
def test_the_weight_moves_the_balance_from_time_to_cost(weight: float, memory_mb: int) -> None:
    trials = (trial(128, 3650), trial(512, 800), trial(1024, 500), trial(3008, 400))
    assert recommended(*trials, weight=weight).best[Strategy.BALANCED] == memory_mb


def test_of_sizes_that_cost_alike_the_fastest_is_the_cheapest() -> None:
    # 128 MB for 800 ms and 1024 MB for 100 ms are the same GB-s; 2 % more is no difference that is known.
    best = recommended(trial(128, 800), trial(512, 204), trial(1024, 102)).best
    assert best[Strategy.COST] == 1024


def test_of_sizes_that_are_alike_in_time_the_cheapest_is_the_fastest() -> None:
    best = recommended(trial(1769, 100), trial(3008, 98), trial(5120, 97.5)).best
    assert best[Strategy.SPEED] == 1769


def test_a_size_with_a_problem_is_shown_and_never_best() -> None:
    found = recommended(trial(128, 10, problem="too small"), trial(512, 20), trial(1024, 15))
    assert [option.trial.memory_mb for option in found.options] == [128, 512, 1024]
    assert 128 not in found.best.values()


def test_a_size_at_which_no_call_was_warm_has_no_price() -> None:
    ended = Trial(memory_mb=128, warm=None, cold=None, max_memory_used_mb=128, problem="too small")
    found = recommended(ended, trial(512, 20))
    assert found.option(128).million_usd == {}
    assert found.memory_mb == 512


def test_says_of_each_size_why_none_can_be_taken() -> None:
    with pytest.raises(TuningFailed) as raised:
        recommended(trial(128, 10, problem="too small"), trial(256, 10, problem="too slow"))
    assert raised.value.detail == "128 MB: too small\n256 MB: too slow"
