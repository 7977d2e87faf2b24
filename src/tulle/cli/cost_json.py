"""Owns what `tulle cost --json` prints: a cost, or the rates, as one stable JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.api.cost import Alternative, Cost, Rates
    from tulle.pricing.estimate import EstimateLine
    from tulle.pricing.rates import Source

__all__ = ["cost_json", "rates_json"]

_MILLION = 1_000_000


def cost_json(cost: Cost) -> str:
    """Write a cost; amounts of money are in USD."""
    full, reduced = cost.quote.full, cost.quote.reduced
    behaviour = cost.behaviour
    return _written(
        {
            "schema": 1,
            "name": cost.project.name,
            "region": cost.rates.region,
            "rates_date": cost.rates.date,
            "durations": behaviour.origin,
            "max_memory_used_mb": behaviour.max_memory_used_mb,
            "workload": {
                **asdict(cost.quote.workload),
                "billed_ms": cost.quote.workload.billed_ms,
            },
            "lines": [
                _line(line, with_free_tier)
                for line, with_free_tier in zip(full.lines, reduced.lines, strict=True)
            ],
            "month": _both(full.total_usd, reduced.total_usd),
            "million": _both(full.request_usd * _MILLION, reduced.request_usd * _MILLION),
            "request": _both(full.request_usd, reduced.request_usd),
            "alternatives": [_alternative(entry) for entry in cost.alternatives],
            "assumptions": cost.assumptions,
            "problem": cost.problem,
        }
    )


def rates_json(rates: Rates) -> str:
    """Write a region's rates, each with its source."""
    return _written(
        {
            "schema": 1,
            "region": rates.region,
            "date": rates.date,
            "rates": [
                {
                    "priced": priced,
                    "what": tariff.what,
                    "unit": tariff.unit,
                    "tiers": [{"from": begin, "rate_usd": rate} for begin, rate in tariff.tiers],
                    "source": asdict(tariff.source),
                    "free_a_month": tariff.free,
                    "free_source": _source(tariff.free_source),
                }
                for priced, tariff in rates.tariffs.items()
            ],
        }
    )


def _source(source: Source | None) -> dict[str, str | None] | None:
    return None if source is None else asdict(source)


def _line(full: EstimateLine, reduced: EstimateLine) -> dict[str, object]:
    return {
        "priced": full.priced,
        "quantity": full.quantity,
        "unit": full.unit,
        "free": reduced.free,
        "charges": [asdict(charge) for charge in full.charges],
        **_both(full.usd, reduced.usd),
    }


def _both(usd: Decimal, reduced_usd: Decimal) -> dict[str, Decimal]:
    return {"usd": usd, "free_tier_usd": reduced_usd}


def _alternative(entry: Alternative) -> dict[str, object]:
    return {
        "change": entry.change,
        "value": entry.value,
        "duration_ms": entry.quote.workload.duration_ms,
        "difference_usd": entry.difference_usd,
        "month": _both(entry.quote.full.total_usd, entry.quote.reduced.total_usd),
        "assumption": entry.change.assumption,
    }


def _written(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> float:
    """Write an exact number as JSON has numbers."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in the JSON")
