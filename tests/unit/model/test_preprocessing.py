from __future__ import annotations

import pytest

from tulle.errors import UnknownPreprocessing
from tulle.model.preprocessing import PREPROCESSINGS, find_preprocessing


@pytest.mark.parametrize(
    ("name", "black", "white"), [("0..1", 0.0, 1.0), ("-1..1", -1.0, 1.0), ("none", 0.0, 255.0)]
)
def test_a_range_reaches_from_end_to_end(name: str, black: float, white: float) -> None:
    preprocessing = find_preprocessing(name)
    assert not preprocessing.bgr
    for mean, std in zip(preprocessing.mean, preprocessing.std, strict=True):
        assert (0 - mean) / std == black
        assert (255 - mean) / std == white


def test_an_unknown_name_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(UnknownPreprocessing, match="no preprocessing 'Xcepton'") as refusal:
        find_preprocessing("Xcepton")
    assert "did you mean 'xception'?" in refusal.value.hint
    assert all(name in refusal.value.hint for name in PREPROCESSINGS)


def test_a_name_like_no_other_is_answered_with_all() -> None:
    with pytest.raises(UnknownPreprocessing) as refusal:
        find_preprocessing("☃")
    assert "did you mean" not in refusal.value.hint
