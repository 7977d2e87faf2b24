from __future__ import annotations

import pytest

from tulle.evaluation.calibration import calibrate
from unit.evaluation.answered import answered


def test_finds_the_mean_distance_of_score_and_accuracy() -> None:
    calibration = calibrate(
        [
            answered("a", "a", 0.95),  # with the next: 0.95 sure, half right
            answered("a", "b", 0.95),
            answered("a", "a", 0.5),
            answered("a", "b", 0.2),
        ]
    )
    assert calibration is not None
    assert calibration.ece == pytest.approx((2 * 0.45 + 0.5 + 0.2) / 4)


def test_bins_are_equally_wide_and_closed_above() -> None:
    calibration = calibrate([answered("a", "a", 3 / 15), answered("a", "b", 3.01 / 15)])
    assert calibration is not None
    assert len(calibration.bins) == 15
    assert [entry.pictures for entry in calibration.bins][:5] == [0, 0, 1, 1, 0]
    third = calibration.bins[2]
    assert (third.low, third.high) == pytest.approx((2 / 15, 3 / 15))
    assert (third.score, third.accuracy) == (0.2, 1.0)
    assert (calibration.bins[0].score, calibration.bins[0].accuracy) == (None, None)


def test_takes_the_ends_of_the_scale() -> None:
    calibration = calibrate([answered("a", "a", 1.0000001), answered("a", "b", 0.0)])
    assert calibration is not None
    assert calibration.ece == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("score", [-0.5, 1.5])
def test_judges_no_scores_that_are_no_probabilities(score: float) -> None:
    assert calibrate([answered("a", "a", 0.5), answered("a", "a", score)]) is None
