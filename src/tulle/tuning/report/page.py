"""Owns the report's page: what stands on it, and in which order."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from tulle.target import Architecture
from tulle.tuning.figures import digits_of, duration, spread, usd
from tulle.tuning.recommendation import Strategy
from tulle.tuning.report.chart import chart
from tulle.tuning.result import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.tuning.recommendation import Option
    from tulle.tuning.result import Tuning

__all__ = ["write_html_report"]

# This file's own style only: the browser itself sees to it that no host is asked.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# Of the table's columns. On narrow screens some are left out, and the verdict stands beneath its row.
_KINDS = ("number", "number", "number", "number more", "number", "number more", "more")
_NAMES = {Strategy.COST: "cheapest", Strategy.SPEED: "fastest", Strategy.BALANCED: "balanced"}


def write_html_report(tuning: Tuning, path: Path) -> None:
    """Write the report as one file, in place of what was there only when it is whole."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_text(_page(tuning), encoding="utf-8")
    unfinished.replace(path)


def _page(tuning: Tuning) -> str:
    style = files("tulle.tuning.report").joinpath("report.css").read_text("utf-8")
    parts = (
        _header(tuning),
        _tiles(tuning),
        (
            '<section class="card"><h2>Cost against time</h2>'
            '<p class="note">Further left is quicker, further down is cheaper. The line goes from the smallest size to '
            f"the largest.</p>{chart(tuning)}</section>"
        ),
        f'<section class="card"><h2>All sizes</h2>{_table(tuning)}</section>',
        _footer(tuning),
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(tuning.name)}: memory size</title>\n<style>\n{style}</style>\n</head>\n"
        "<body>\n<main>\n" + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"
    )


def _header(tuning: Tuning) -> str:
    recommendation = tuning.recommendation
    how = "predicted" if tuning.origin is Origin.PREDICTED else "measured on Lambda"
    now = (
        "which is what it has"
        if recommendation.memory_mb == tuning.current_mb
        else f"in place of {tuning.current_mb:,} MB"
    )
    wanted = {
        Strategy.COST: "the lowest cost",
        Strategy.SPEED: "speed",
        Strategy.BALANCED: "a balance of cost and time",
    }[recommendation.strategy]
    return (
        f'<header><p class="eyebrow">Memory size, {how}</p><h1>{escape(tuning.name)}</h1>'
        f'<p class="lead"><b>{recommendation.memory_mb:,} MB</b>, {now}, for {wanted}.</p></header>'
    )


def _tiles(tuning: Tuning) -> str:
    recommendation = tuning.recommendation
    cells = "".join(
        _tile(
            name.capitalize(),
            recommendation.option(recommendation.best[strategy]),
            tuning,
            chosen=strategy is recommendation.strategy,
        )
        for strategy, name in _NAMES.items()
    )
    return f'<dl class="tiles">{cells}</dl>'


def _tile(name: str, option: Option, tuning: Tuning, *, chosen: bool) -> str:
    digits, warm = digits_of(tuning.origin), option.trial.warm
    cost = usd(option.million_usd[tuning.recommendation.architecture], digits)
    time = duration(warm.typical_ms, digits) if warm else "–"
    mark = ' class="tile chosen"' if chosen else ' class="tile"'
    return (
        f"<div{mark}><dt>{name}</dt><dd><b>{option.trial.memory_mb:,}<small> MB</small></b>"
        f"<span>{time} a call, {cost} a million</span></dd></div>"
    )


def _table(tuning: Tuning) -> str:
    rows = "".join(_row(option, tuning) for option in tuning.recommendation.options)
    heads = "".join(
        f'<th scope="col" class="{kind}">{text}</th>'
        for text, kind in zip(_heads(tuning), _KINDS, strict=True)
    )
    return (
        '<div class="scroll" role="region" aria-label="All sizes" tabindex="0">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        '<p class="note">Prices are those of a million warm calls, memory and requests, without a gateway.</p>'
    )


def _heads(tuning: Tuning) -> tuple[str, ...]:
    first, second = _processors(tuning)
    verdict = '<span class="hidden">Verdict</span>'
    return ("Memory", "Cold start", "Warm call", "Spread", first, f"{second}, if as fast", verdict)


def _processors(tuning: Tuning) -> tuple[Architecture, Architecture]:
    """Give the function's own, then the other."""
    own = tuning.recommendation.architecture
    return own, next(each for each in Architecture if each is not own)


def _row(option: Option, tuning: Tuning) -> str:
    recommendation, trial, digits = (
        tuning.recommendation,
        option.trial,
        digits_of(tuning.origin),
    )
    cells = (
        duration(trial.cold.typical_ms, digits) if trial.cold else "–",
        duration(trial.warm.typical_ms, digits) if trial.warm else "–",
        spread(trial.warm) if trial.warm else "–",
        *(
            usd(option.million_usd[architecture], digits) if option.million_usd else "–"
            for architecture in _processors(tuning)
        ),
    )
    tags = [
        name
        for strategy, name in _NAMES.items()
        if recommendation.best[strategy] == trial.memory_mb
    ]
    if trial.memory_mb == tuning.current_mb:
        tags.append("now")
    verdict = "".join(f'<span class="tag {tag}">{tag}</span>' for tag in tags)
    if trial.problem:
        verdict += f'<span class="problem">{escape(trial.problem)}</span>'
    beneath = f'<tr class="beneath"><td colspan="4">{verdict}</td></tr>' if verdict else ""
    kind = "chosen" if trial.memory_mb == recommendation.memory_mb else ""
    kind = kind or ("out" if trial.problem else "")
    return (
        f'<tr class="{kind}"><th scope="row" class="number">{trial.memory_mb:,} MB</th>'
        + "".join(
            f'<td class="{kind}">{cell}</td>' for cell, kind in zip(cells, _KINDS[1:], strict=False)
        )
        + f'<td class="more">{verdict}</td></tr>{beneath}'
    )


def _footer(tuning: Tuning) -> str:
    recommendation = tuning.recommendation
    items = "".join(f"<li>{escape(text)}</li>" for text in tuning.assumptions)
    spent = (
        ""
        if tuning.spent_usd is None
        else f"<li>The trials themselves cost about {usd(tuning.spent_usd, 2)}.</li>"
    )
    return (
        "<footer><h2>What this takes for granted</h2><ul>"
        f"{items}{spent}<li>Rates of {escape(recommendation.region)}, {escape(recommendation.rates_date)}, "
        "in US dollars, without tax and without what is free.</li></ul></footer>"
    )
