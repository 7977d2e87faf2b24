"""The report: a page that stands by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tulle.tuning.report.page import write_html_report
from tulle.tuning.trial import Trial
from unit.tuning.made_tunings import trial, tuning

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.tuning.result import Tuning


class _Page(HTMLParser):
    """Gathers what a page would ask for, its rows, and its points by the drawing."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.bare_headings = 0
        self.points: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        self.bare_headings += tag == "th" and "scope" not in given
        if tag == "svg":
            self.points.append([])
        if tag == "circle":
            self.points[-1].append(given["class"] or "")
        if tag not in {"meta", "circle", "line", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"circle", "line", "polyline"}:
            assert self.open.pop() == tag


def page(tmp_path: Path, some: Tuning) -> tuple[str, _Page]:
    path = tmp_path / "report.html"
    write_html_report(some, path)
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    parsed = _Page()
    parsed.feed(path.read_text())
    assert parsed.open == []
    return path.read_text(), parsed


def made() -> Tuning:
    return tuning(
        trial(128, 800, problem="too <small>"), trial(512, 205), trial(1024, 110), trial(3008, 60)
    )


def test_asks_no_host_for_anything(tmp_path: Path) -> None:
    text, parsed = page(tmp_path, made())
    assert parsed.addresses == []
    assert "http" not in text.replace("http-equiv", "")
    assert "url(" not in text
    assert parsed.bare_headings == 0


def test_draws_every_size_for_wide_and_for_narrow_screens(tmp_path: Path) -> None:
    _, parsed = page(tmp_path, made())
    assert [sorted(points) for points in parsed.points] == [["chosen", "out", "point", "point"]] * 2


def test_tells_the_choice_and_what_it_takes_for_granted(tmp_path: Path) -> None:
    text, _ = page(tmp_path, replace(made(), spent_usd=Decimal("0.00214")))
    assert "<b>1,024 MB</b>, in place of 512 MB, for a balance of cost and time" in text
    assert "<li>it is &amp; was so</li>" in text
    assert "cost about $0.0021" in text
    assert "clothing-&lt;dev&gt;" in text
    assert "too &lt;small&gt;" in text


def test_labels_cover_neither_each_other_nor_points(tmp_path: Path) -> None:
    crowded = tuning(*(trial(size, 100_000 / size) for size in range(512, 3008, 64)))
    text, parsed = page(tmp_path, crowded)
    assert len(parsed.points[0]) == 39
    wide = text.partition("</svg>")[0]
    labels = [
        (float(x), float(y), len(label))
        for x, y, label in re.findall(
            r'<text class="(?:point|chosen)" x="([\d.]+)" y="([\d.]+)">([^<]+)<', wide
        )
    ]
    assert 3 < len(labels) < 39
    for index, (x, y, length) in enumerate(labels):
        for other_x, other_y, other_length in labels[index + 1 :]:
            beside = x + 7 * length <= other_x or other_x + 7 * other_length <= x
            assert beside or abs(y - other_y) >= 11


def test_a_size_without_a_warm_call_is_told_and_not_drawn(tmp_path: Path) -> None:
    ended = Trial(
        memory_mb=128, warm=None, cold=None, max_memory_used_mb=128, problem="too slow: it ended"
    )
    text, parsed = page(tmp_path, tuning(ended, trial(512, 205)))
    assert parsed.points == [["chosen"], ["chosen"]]
    assert "too slow: it ended" in text
