from __future__ import annotations

import pytest

from tulle.evaluation.figures import count_figures
from unit.evaluation.answered import answered

ANSWERS = [answered("a", "a"), answered("a", "a"), answered("a", "b"), answered("b", "b")]


def test_counts_accuracy_with_its_interval() -> None:
    figures = count_figures(("a", "b"), ANSWERS)
    assert (figures.right, figures.pictures, figures.accuracy) == (3, 4, 0.75)
    assert figures.accuracy_low == pytest.approx(0.30064, abs=1e-5)
    assert figures.accuracy_high == pytest.approx(0.95441, abs=1e-5)


def test_counts_precision_recall_and_f1_by_category() -> None:
    a, b = count_figures(("a", "b"), ANSWERS).categories
    assert (a.category, a.pictures, a.said, a.right) == ("a", 3, 2, 2)
    assert (a.precision, a.recall, a.f1) == pytest.approx((1.0, 2 / 3, 0.8))
    assert (b.category, b.pictures, b.said, b.right) == ("b", 1, 2, 1)
    assert (b.precision, b.recall, b.f1) == pytest.approx((0.5, 1.0, 2 / 3))


def test_averages_the_categories_that_pictures_show() -> None:
    averages = count_figures(("a", "b", "never"), ANSWERS).averages
    assert averages.precision == pytest.approx(0.75)
    assert averages.recall == pytest.approx(5 / 6)
    assert averages.f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_has_no_figure_where_there_is_nothing_to_count() -> None:
    figures = count_figures(("a", "never", "said"), [answered("a", "a"), answered("a", "said")])
    _, never, said = figures.categories
    assert (never.precision, never.recall, never.f1) == (None, None, None)
    assert (said.precision, said.recall, said.f1) == (0.0, None, 0.0)


def test_counts_a_category_that_is_never_said_as_nought() -> None:
    figures = count_figures(("a", "b"), [answered("a", "b"), answered("b", "b")])
    assert figures.categories[0].precision is None
    assert figures.averages.precision == 0.25


def test_lays_the_confusion_out_as_what_it_is_by_what_is_said() -> None:
    assert count_figures(("b", "a"), ANSWERS).confusion == ((1, 0), (1, 2))
