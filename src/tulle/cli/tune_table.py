"""Owns how a tuning is shown in the terminal: a table of the sizes, and a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tulle.api.tune import Origin, Strategy
from tulle.cli.tune_plot import letters, plot
from tulle.target import Architecture
from tulle.tuning.figures import digits_of, duration, spread, usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tulle.api.tune import Option, Tuning
    from tulle.tuning.deployed import DeployedPlan

__all__ = ["describe_plan", "render"]

_NAMES = {Strategy.COST: "cheapest", Strategy.SPEED: "fastest", Strategy.BALANCED: "balanced"}
_WIDE = 92  # columns from which all is shown
_WANTED = {
    Strategy.COST: "costs least",
    Strategy.SPEED: "is fastest",
    Strategy.BALANCED: "is the best balance of cost and time",
}


def render(tuning: Tuning, *, width: int) -> str:
    """Show the sizes side by side, the plot, and what it all comes to."""
    return "\n\n".join(
        [_table(tuning, width=width), plot(tuning, width=width), "\n".join(_verdict(tuning))]
    )


def describe_plan(plan: DeployedPlan) -> Iterator[str]:
    """Say what trying a deployed function will do to it, and what that costs."""
    sizes = ", ".join(str(size) for size in plan.sizes)
    yield f"`{plan.function}` in {plan.region} has {plan.memory_mb} MB ({plan.architecture})"
    yield f"a version is published at each of {sizes} MB, and called {plan.calls.count} times:"
    yield (
        f"  {plan.calls.at_once} calls at once, for cold starts, then {plan.calls.in_turn} in turn; "
        f"{plan.invocations} in all"
    )
    yield "no alias is touched: callers keep what they have"
    yield "do not deploy meanwhile: `$LATEST` has other settings until the end"
    yield "in the end the function has its settings again, and these versions are deleted"
    if plan.reserved_concurrency is not None:
        yield (
            f"the trials take from the function's reserved concurrency of {plan.reserved_concurrency}, "
            "which its callers share"
        )
    yield (
        f"Lambda asks about {usd(plan.second_usd, 2)} if a call takes a second, and {usd(plan.most_usd, 2)} "
        f"at most, if each takes its {plan.timeout_s} s"
    )


def _table(tuning: Tuning, *, width: int) -> str:
    recommendation, is_wide = tuning.recommendation, width >= _WIDE
    shown = tuple(Architecture) if is_wide else (recommendation.architecture,)
    heading = ("", "memory", "cold start", "warm call", *(("spread",) if is_wide else ()))
    prices = (
        f"1M on {architecture}"
        + ("" if architecture is recommendation.architecture else ", if as fast")
        for architecture in shown
    )
    rows = [
        (letter, *_cells(option, tuning, shown, with_spread=is_wide))
        for letter, option in letters(recommendation)
    ]
    lines = _aligned([(*heading, *prices), *rows])
    verdicts = [_tags(option, tuning) for option in recommendation.options]
    body = [
        _styled(line, verdict, option, tuning)
        for line, verdict, option in zip(lines[1:], verdicts, recommendation.options, strict=True)
    ]
    return "\n".join([click.style(lines[0], dim=True), *body])


def _cells(
    option: Option, tuning: Tuning, shown: Sequence[Architecture], *, with_spread: bool
) -> tuple[str, ...]:
    trial, digits = option.trial, digits_of(tuning.origin)
    prices = (
        usd(option.million_usd[architecture], digits) if option.million_usd else "–"
        for architecture in shown
    )
    return (
        f"{trial.memory_mb} MB",
        duration(trial.cold.typical_ms, digits) if trial.cold else "–",
        duration(trial.warm.typical_ms, digits) if trial.warm else "–",
        *((spread(trial.warm) if trial.warm else "–",) if with_spread else ()),
        *prices,
    )


def _tags(option: Option, tuning: Tuning) -> str:
    memory_mb, best = option.trial.memory_mb, tuning.recommendation.best
    tags = [name for strategy, name in _NAMES.items() if best[strategy] == memory_mb]
    if memory_mb == tuning.current_mb:
        tags.append("now")
    if option.trial.problem:
        tags.append(option.trial.problem)
    return ", ".join(tags)


def _styled(line: str, verdict: str, option: Option, tuning: Tuning) -> str:
    text = f"{line}  {verdict}".rstrip()
    if option.trial.memory_mb == tuning.recommendation.memory_mb:
        return click.style(text, bold=True)
    return click.style(text, dim=True) if option.trial.problem else text


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def _verdict(tuning: Tuning) -> Iterator[str]:
    recommendation = tuning.recommendation
    chosen = recommendation.memory_mb
    how = "predicted" if tuning.origin is Origin.PREDICTED else "measured"
    now = "as it has now" if chosen == tuning.current_mb else f"in place of {tuning.current_mb} MB"
    yield (
        click.style(f"{chosen} MB", bold=True)
        + f" {_WANTED[recommendation.strategy]} ({how}), {now}"
    )
    yield (
        f"1M: a million warm calls, memory and requests, rates of {recommendation.region} "
        f"({recommendation.rates_date})"
    )
    if tuning.spent_usd is not None:
        yield f"the trials themselves cost about {usd(tuning.spent_usd, 2)}"
