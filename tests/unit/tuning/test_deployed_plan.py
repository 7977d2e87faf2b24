"""What trying a deployed function will do and can cost, reckoned by hand."""

from __future__ import annotations

from decimal import Decimal

from tulle.aws.versions import LatestSettings
from tulle.cli.tune_table import describe_plan
from tulle.pricing.rates import find_rates
from tulle.tuning.deployed import DeployedPlan, plan_trials
from tulle.tuning.version_trial import Calls


def planned(
    *, description: str = "mine", memory_mb: int = 1024, reserved: int | None = None
) -> DeployedPlan:
    settings = LatestSettings(
        memory_mb=memory_mb,
        timeout_s=30,
        architecture="x86_64",
        description=description,
        revision="1",
        reserved_concurrency=reserved,
    )
    return plan_trials(
        "clothing-dev",
        settings,
        (512, 1536),
        Calls(at_once=3, in_turn=17),
        find_rates("us-east-1"),
        region="eu-north-1",
    )


def test_costs_at_most_what_all_calls_take_that_run_out_of_time() -> None:
    plan = planned()
    # 20 calls of 30 s at 0.5 GB and at 1.5 GB are 1,200 GB-s, and 40 requests.
    assert plan.most_usd == 1200 * Decimal("0.0000166667") + 40 * Decimal("0.0000002")
    assert plan.second_usd == 40 * Decimal("0.0000166667") + 40 * Decimal("0.0000002")
    assert plan.invocations == 40


def test_what_an_interrupted_trial_left_is_not_taken_for_the_functions_own() -> None:
    left = "tulle tune: trial of 512 MB in place of 2048 MB; mine; and more"
    plan = planned(description=left, memory_mb=512)
    assert (plan.memory_mb, plan.description) == (2048, "mine; and more")


def test_tells_all_that_will_be_done() -> None:
    text = "\n".join(describe_plan(planned(reserved=5)))
    assert "`clothing-dev` in eu-north-1 has 1024 MB" in text
    assert "each of 512, 1536 MB, and called 20 times" in text
    assert "no alias is touched" in text
    assert "reserved concurrency of 5" in text
    assert (
        "about $0.00067 if a call takes a second, and $0.020 at most, if each takes its 30 s"
        in text
    )


def test_speaks_of_reserved_concurrency_only_where_there_is_some() -> None:
    assert "reserved" not in "\n".join(describe_plan(planned()))
