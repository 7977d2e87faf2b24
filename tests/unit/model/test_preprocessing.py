from __future__ import annotations

import math
from typing import Any

import pytest

from tulle.errors import UnknownPreprocessing, UsageError
from tulle.model.sources.preprocessing import (
    PREPROCESSINGS,
    Channels,
    choose_preprocessing,
    find_preprocessing,
)


@pytest.mark.parametrize(
    ("name", "black", "white"),
    [
        ("0..1", 0.0, 1.0),
        ("-1..1", -1.0, 1.0),
        ("none", 0.0, 255.0),
        ("0..255", 0.0, 255.0),
        ("-0.5..0.5", -0.5, 0.5),
        ("-128..127", -128.0, 127.0),
    ],
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


def test_mean_and_deviation_come_after_the_range() -> None:
    torch = choose_preprocessing("0..1", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    by_name = find_preprocessing("densenet")
    assert torch.mean == pytest.approx(by_name.mean)
    assert torch.std == pytest.approx(by_name.std)
    assert torch.name == "0..1, mean 0.485,0.456,0.406, std 0.229,0.224,0.225"


def test_one_number_is_for_all_channels() -> None:
    chosen = choose_preprocessing(None, mean=(127.5,), std=(127.5,))
    assert (chosen.mean, chosen.std) == (
        find_preprocessing("-1..1").mean,
        find_preprocessing("-1..1").std,
    )
    assert chosen.name == "mean 127.5, std 127.5"


def test_channels_are_turned_round_when_asked_for() -> None:
    assert choose_preprocessing("0..1", channels=Channels.BGR).bgr
    assert not choose_preprocessing("0..1", channels=Channels.RGB).bgr
    assert find_preprocessing("vgg16").bgr


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"name": "1..0"}, "1..0 is no range"),
        ({"name": None, "mean": (1.0, 2.0)}, "--mean has 2 numbers"),
        ({"name": None, "mean": (math.nan,)}, "--mean or --std is no number"),
        ({"name": None, "std": (1.0, 0.0, 1.0)}, "--std is not above 0"),
        ({"name": None, "std": (0.229, 0.224, 0.225)}, "for pixels from 0 to 1"),
        ({"name": "vgg16", "channels": Channels.RGB}, "order of the channels is part of 'vgg16'"),
    ],
)
def test_refuses_what_cannot_be_meant(asked: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError, match=text) as refusal:
        choose_preprocessing(**asked)
    assert refusal.value.hint
