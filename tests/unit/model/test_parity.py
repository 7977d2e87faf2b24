from __future__ import annotations

import math

import pytest

from tulle.errors import ParityFailed
from tulle.model.parity import compare, describe, require_parity


def test_equal_scores_agree() -> None:
    parity = compare([[0.1, 0.9], [0.8, 0.2]], [[0.1, 0.9], [0.8, 0.2]], tolerance=0)
    require_parity(parity)
    assert (parity.pictures, parity.same_category, parity.max_difference) == (2, 2, 0)


def test_a_difference_beyond_the_tolerance_is_refused() -> None:
    parity = compare([[0.1, 0.9]], [[0.1, 0.899]], tolerance=1e-4)
    with pytest.raises(ParityFailed, match=r"differ by at most 1\.0e-03") as refusal:
        require_parity(parity)
    assert "--tolerance" in refusal.value.hint


def test_another_category_is_refused_whatever_the_tolerance() -> None:
    parity = compare([[0.51, 0.49]], [[0.49, 0.51]], tolerance=1)
    with pytest.raises(ParityFailed, match="the same on 0 of 1 pictures") as refusal:
        require_parity(parity)
    assert "--tolerance" not in refusal.value.hint


def test_a_tie_may_fall_either_way() -> None:
    require_parity(compare([[0.500001, 0.499999]], [[0.499999, 0.500001]], tolerance=1e-4))


def test_differences_of_logits_are_relative_to_the_largest() -> None:
    parity = compare([[50.0, -100.0]], [[50.001, -100.0]], tolerance=1e-4)
    require_parity(parity)
    assert parity.max_difference == pytest.approx(1e-5)


def test_scores_that_are_not_numbers_never_agree() -> None:
    parity = compare([[0.1, 0.9]], [[math.nan, 0.9]], tolerance=1)
    with pytest.raises(ParityFailed):
        require_parity(parity)
    assert "nan" in describe(parity)
