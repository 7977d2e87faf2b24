from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tulle.errors import ParityFailed
from tulle.model.parity import compare, describe, require_parity
from tulle.model.recipe import ALLOWANCES, Recipe

NONE = ALLOWANCES[Recipe.NONE]
INT8 = ALLOWANCES[Recipe.INT8]
NOTHING = replace(NONE, tolerance=0)
ANYTHING = replace(NONE, tolerance=1)


def test_equal_scores_agree() -> None:
    parity = compare([[0.1, 0.9], [0.8, 0.2]], [[0.1, 0.9], [0.8, 0.2]], NOTHING)
    require_parity(parity)
    assert (parity.pictures, parity.same_category, parity.max_difference) == (2, 2, 0)


def test_a_difference_beyond_the_tolerance_is_refused() -> None:
    parity = compare([[0.1, 0.9]], [[0.1, 0.899]], NONE)
    with pytest.raises(ParityFailed, match=r"differ by at most 1\.0e-03") as refusal:
        require_parity(parity)
    assert "--tolerance" in refusal.value.hint


def test_another_category_is_refused_whatever_the_tolerance() -> None:
    parity = compare([[0.51, 0.49]], [[0.49, 0.51]], ANYTHING)
    with pytest.raises(ParityFailed, match="the same on 0 of 1 pictures") as refusal:
        require_parity(parity)
    assert "--tolerance" not in refusal.value.hint


def test_a_tie_may_fall_either_way() -> None:
    require_parity(compare([[0.500001, 0.499999]], [[0.499999, 0.500001]], NONE))


def test_differences_of_logits_are_relative_to_the_largest() -> None:
    parity = compare([[50.0, -100.0]], [[50.001, -100.0]], NONE)
    require_parity(parity)
    assert parity.max_difference == pytest.approx(1e-5)


def test_8_bits_may_change_one_category_in_fifty() -> None:
    source = [[0.6, 0.4]] * 100
    for changed, allowed in ((2, True), (3, False)):
        converted = [[0.45, 0.55]] * changed + [[0.6, 0.4]] * (100 - changed)
        parity = compare(source, converted, INT8)
        assert parity.same_category == 100 - changed
        if allowed:
            require_parity(parity)
        else:
            with pytest.raises(
                ParityFailed, match=r"97 of 100 pictures \(98% is asked for"
            ) as refusal:
                require_parity(parity)
            assert "--recipe float16" in refusal.value.hint
            assert "--agreement" in refusal.value.hint


def test_scores_that_are_not_numbers_never_agree() -> None:
    parity = compare([[0.1, 0.9]], [[math.nan, 0.9]], ANYTHING)
    with pytest.raises(ParityFailed):
        require_parity(parity)
    assert "nan" in describe(parity)
