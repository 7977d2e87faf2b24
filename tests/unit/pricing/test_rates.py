"""The rates: each with its source, and none guessed."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from importlib.resources import files

import pytest

from tulle.errors import RatesUnknown
from tulle.pricing.rates import Priced, find_rates, known_regions


def test_two_regions_are_known() -> None:
    assert known_regions() == ("eu-west-1", "us-east-1")


@pytest.mark.parametrize("region", known_regions())
def test_every_figure_has_a_source_and_a_day(region: str) -> None:
    rates = find_rates(region)
    assert set(rates.tariffs) == set(Priced)
    for tariff in rates.tariffs.values():
        for source in filter(None, (tariff.source, tariff.free_source)):
            assert source.url.startswith(
                ("https://pricing.us-east-1.amazonaws.com/", "https://aws.amazon.com/")
            )
            assert dt.date.fromisoformat(source.date) <= dt.date(2026, 11, 28)
        assert (tariff.free > 0) == (tariff.free_source is not None)
        begins = [begin for begin, _ in tariff.tiers]
        falling = [rate for _, rate in tariff.tiers]
        assert begins[0] == 0
        assert begins == sorted(set(begins))
        assert falling == sorted(set(falling), reverse=True)
        assert falling[-1] > 0


def test_no_source_stands_unused() -> None:
    table = json.loads(files("tulle.pricing").joinpath("rates.json").read_text())
    used = {row["source"] for rows in table["regions"].values() for row in rows.values()}
    used |= {kind["free_source"] for kind in table["priced"].values() if "free_source" in kind}
    assert used == set(table["sources"])


def test_what_was_not_seen_in_a_regions_own_list_says_so() -> None:
    noted = {name for name, tariff in find_rates("eu-west-1").tariffs.items() if tariff.source.note}
    assert Priced.EPHEMERAL_STORAGE in noted
    assert not noted & {Priced.REQUESTS, Priced.COMPUTE_X86_64, Priced.HTTP_API, Priced.REST_API}
    assert not [tariff for tariff in find_rates("us-east-1").tariffs.values() if tariff.source.note]


def test_lambda_costs_the_same_in_both_regions_and_gateways_and_logs_do_not() -> None:
    virginia, ireland = find_rates("us-east-1").tariffs, find_rates("eu-west-1").tariffs
    same = {name for name in Priced if virginia[name].tiers == ireland[name].tiers}
    assert Priced.COMPUTE_ARM64 in same
    assert not same & {Priced.HTTP_API, Priced.REST_API, Priced.LOG_INGESTION}
    assert ireland[Priced.LOG_INGESTION].tiers[0] == (Decimal(0), Decimal("0.57"))


def test_the_date_is_that_of_the_newest_list() -> None:
    assert find_rates("us-east-1").date == "2026-09-22"
    assert find_rates("eu-west-1").date == "2026-10-02"


def test_another_region_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(RatesUnknown, match="eu-central-1") as refused:
        find_rates("eu-central-1")
    assert "eu-west-1 and us-east-1" in refused.value.hint
    assert "--region" in refused.value.hint
