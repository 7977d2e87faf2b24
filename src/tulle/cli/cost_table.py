"""Owns how `tulle cost` shows a cost and the rates in the terminal, within 80 columns."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

import click

from tulle.api.cost import Change, Origin, Priced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tulle.api.cost import Alternative, Cost, Rates
    from tulle.pricing.estimate import EstimateLine
    from tulle.pricing.rates import Tariff

__all__ = ["cost_lines", "rates_lines"]

_Row = tuple[str, str, str, str, str]

_WIDTH = 80
_LEAST_WIDTHS = (16, 20, 13, 11, 14)  # with what stands between them 80 columns
_MILLION = 1_000_000
_NAMES = {
    Priced.REQUESTS: "Lambda requests",
    Priced.COMPUTE_X86_64: "Lambda compute",
    Priced.COMPUTE_ARM64: "Lambda compute",
    Priced.EPHEMERAL_STORAGE: "larger /tmp",
    Priced.PROVISIONED_X86_64: "kept ready",
    Priced.PROVISIONED_ARM64: "kept ready",
    Priced.PROVISIONED_COMPUTE_X86_64: "Lambda compute",
    Priced.PROVISIONED_COMPUTE_ARM64: "Lambda compute",
    Priced.HTTP_API: "HTTP API",
    Priced.REST_API: "REST API",
    Priced.LOG_INGESTION: "logs written",
    Priced.LOG_STORAGE: "logs kept",
    Priced.ALARMS: "alarms",
    Priced.TRANSFER_OUT: "answers sent out",
    Priced.IMAGE_STORAGE: "image in ECR",
    Priced.ZIP_STORAGE: "zip in S3",
}
_APIS = {
    "http": "an HTTP API",
    "rest": "a REST API",
    "url": "a function URL",
    "none": "no gateway",
}
_PACKAGES = {"image": "a container image", "zip": "a zip"}
_ORIGINS = {
    Origin.GIVEN: "as you say",
    Origin.MEASURED: "as measured on this machine, put into Lambda's terms",
    Origin.DEPLOYED: "as seen on AWS",
}


def cost_lines(cost: Cost) -> Iterator[str]:
    """Show a month line by line, what it comes to, and what would change it."""
    yield from _heading(cost)
    parts = (_lines(cost), _totals(cost), _alternatives(cost))
    widths = [
        max(least, *map(len, column))
        for least, column in zip(_LEAST_WIDTHS, zip(*chain(*parts), strict=True), strict=True)
    ]
    (heading, *lines), (total, *shares), (other_heading, *others) = (
        [_row(row, widths) for row in part] for part in parts
    )
    yield from ("", click.style(heading, dim=True), *lines)
    yield from ("", click.style(total, bold=True), *shares)
    yield from ("", click.style(other_heading, dim=True), *others)
    yield ""
    yield from _notes(cost)


def rates_lines(rates: Rates) -> Iterator[str]:
    """Show a region's rates, each with where it stands."""
    yield click.style(f"AWS's prices in {rates.region}", bold=True) + " (USD without tax)"
    sources: dict[str, int] = {}
    for priced, tariff in rates.tariffs.items():
        number = sources.setdefault(tariff.source.url, len(sources) + 1)
        yield ""
        yield f"{priced:<28}{tariff.what}"
        for text in _tiers(tariff):
            yield f"  {text}"
        note = f"; {tariff.source.note}" if tariff.source.note else ""
        yield from _wrapped(f"source {number}, of {tariff.source.date}{note}", dim=True)
        if tariff.free_source is not None:
            free = sources.setdefault(tariff.free_source.url, len(sources) + 1)
            amount = f"{tariff.free:,} {_plural(tariff.unit, tariff.free)}"
            text = f"{amount} a month are free: source {free}, of {tariff.free_source.date}"
            yield from _wrapped(text, dim=True)
    yield ""
    yield "sources"
    for url, number in sources.items():
        yield f"{number:>3}  {url}"


def _heading(cost: Cost) -> Iterator[str]:
    workload = cost.quote.workload
    name = click.style(cost.project.name, bold=True)
    yield f"{name}  {workload.requests:,} requests a month in {cost.rates.region}"
    yield (
        f"  {workload.memory_mb:,} MB on {workload.architecture}, "
        f"{_PACKAGES['zip' if workload.zip_bytes else 'image']}, {_APIS[workload.api]}"
    )
    text = f"{_ms(workload.duration_ms)} a request"
    if workload.provisioned:
        text += f", {workload.provisioned} environments kept ready"
    elif workload.init_ms:
        text += f", {_ms(workload.init_ms)} more at a cold start ({workload.cold_share * 100:g} %)"
    yield from _wrapped(f"{text}: {_ORIGINS[cost.behaviour.origin]}")


def _row(cells: _Row, widths: Sequence[int]) -> str:
    """Align a row: its name to the left, the others to the right."""
    name, *others = (f"{cell:{'<' if n == 0 else '>'}{widths[n]}}" for n, cell in enumerate(cells))
    return " ".join(["  " + name, *others])


def _lines(cost: Cost) -> list[_Row]:
    rows = [("", "amount", "rate", "a month", "with free tier")]
    for line, reduced in zip(cost.quote.full.lines, cost.quote.reduced.lines, strict=True):
        money = _cents(line.usd), _cents(reduced.usd)
        rows.append((_NAMES[line.priced], _amount(line), _rate(line), *money))
    return rows


def _totals(cost: Cost) -> list[_Row]:
    full, reduced = cost.quote.full, cost.quote.reduced
    rows = [("all", "", "", _cents(full.total_usd), _cents(reduced.total_usd))]
    if full.requests:
        each = "a picture" if cost.project.function.handler is None else "a request"
        one_usd, one_reduced_usd = full.request_usd, reduced.request_usd
        million = _cents(one_usd * _MILLION), _cents(one_reduced_usd * _MILLION)
        rows.append(("a million", "", "", *million))
        rows.append((each, "", "", _exact(one_usd), _exact(one_reduced_usd)))
    return rows


def _alternatives(cost: Cost) -> list[_Row]:
    rows = [("instead", "a request takes", "difference", "a month", "with free tier")]
    for entry in cost.alternatives:
        takes = _ms(entry.quote.workload.duration_ms)
        full, reduced = entry.quote.full, entry.quote.reduced
        money = _cents(full.total_usd), _cents(reduced.total_usd)
        rows.append((_change(entry), takes, _difference(entry.difference_usd), *money))
    return rows


def _change(entry: Alternative) -> str:
    if entry.change is Change.MEMORY:
        return f"{int(entry.value):,} MB"
    return {**_APIS, "image": "an image", "zip": "a zip"}.get(entry.value, entry.value)


def _notes(cost: Cost) -> Iterator[str]:
    for text in cost.assumptions:
        yield from _wrapped(f"assumed: {text}", dim=True)
    changes = dict.fromkeys(entry.change.assumption for entry in cost.alternatives)
    yield from _wrapped(f"what is assumed of what stands instead: {'; '.join(changes)}", dim=True)
    yield from _wrapped(
        f"USD without tax, by price lists up to {cost.rates.date}; --rates shows them", dim=True
    )


def _amount(line: EstimateLine) -> str:
    quantity = line.quantity
    digits = 0 if quantity == quantity.to_integral_value() or quantity >= 100 else 2
    shown = f"{quantity:,.{digits}f}" if quantity >= Decimal("0.005") else "<0.01"
    return f"{shown} {_plural(line.unit, quantity)}"


def _plural(unit: str, quantity: Decimal) -> str:
    counted = unit in {"request", "alarm", "GB-month"}
    return f"{unit}s" if counted and quantity != 1 else unit


def _rate(line: EstimateLine) -> str:
    if len(line.charges) != 1:
        return "by tiers"
    rate_usd = line.charges[0].rate_usd
    if line.unit == "request":
        return f"${_cut(rate_usd * _MILLION)}/million"
    return f"${_cut(rate_usd)}"


def _cut(number: Decimal) -> str:
    """Write a rate in full, with two decimals at least."""
    text = f"{number.normalize():f}"
    return text if len(text.partition(".")[2]) >= 2 else f"{number:.2f}"


def _tiers(tariff: Tariff) -> Iterator[str]:
    for begin, rate in tariff.tiers:
        above = f" above {begin:,}" if begin else ""
        each = {"request": "million", "alarm": "one"}.get(tariff.unit, tariff.unit)
        usd = rate * _MILLION if tariff.unit == "request" else rate
        yield f"${_cut(usd)} a {each}{above}"


def _cents(usd: Decimal) -> str:
    if 0 < usd < Decimal("0.005"):
        return "<$0.01"
    return f"${usd:,.2f}" if usd else "$0"


def _difference(usd: Decimal) -> str:
    if abs(usd) < Decimal("0.005"):
        return "none" if not usd else ("+<$0.01" if usd > 0 else "-<$0.01")
    return f"{'+' if usd > 0 else '-'}${abs(usd):,.2f}"


def _exact(usd: Decimal) -> str:
    """Write a small amount with two digits that say something."""
    if usd >= 1 or not usd:
        return _cents(usd)
    return f"${usd:.{1 - usd.adjusted()}f}"


def _ms(duration_ms: float) -> str:
    return f"{duration_ms:,.0f} ms" if duration_ms >= 10 else f"{duration_ms:.2g} ms"


def _wrapped(text: str, *, dim: bool = False) -> Iterator[str]:
    for line in textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    ):
        yield click.style(line, dim=True) if dim else line
