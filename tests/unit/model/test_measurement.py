from __future__ import annotations

import pytest

from tulle.model.recipe import Recipe
from tulle.model.trials.measurement import Measurement, choose, tabulate


def measured(recipe: Recipe, size_bytes: int, infer_ms: float, loss: float) -> Measurement:
    return Measurement(
        recipe=recipe,
        size_bytes=size_bytes,
        infer_ms=infer_ms,
        memory_bytes=None,
        agreement=1 - loss,
        accuracy=None,
        loss=loss,
    )


NONE = measured(Recipe.NONE, 12_000_000, 10.0, 0)
FLOAT16 = measured(Recipe.FLOAT16, 6_000_000, 10.2, 0.001)
DYNAMIC = measured(Recipe.DYNAMIC, 3_000_000, 18.0, 0.002)
INT8 = measured(Recipe.INT8, 3_200_000, 5.0, 0.02)
ALL = (NONE, FLOAT16, DYNAMIC, INT8)


@pytest.mark.parametrize(
    ("max_loss", "chosen"),
    [
        (0, NONE),  # nothing may be lost
        (0.001, FLOAT16),  # as fast, and smaller
        (0.005, FLOAT16),  # dynamic is smaller still, but slow
        (0.05, INT8),  # the fastest
    ],
)
def test_the_smallest_of_the_fastest_within_the_loss_is_chosen(
    max_loss: float, chosen: Measurement
) -> None:
    assert choose(ALL, max_loss=max_loss) is chosen


def test_the_table_points_at_what_was_chosen() -> None:
    assert tabulate(ALL, Recipe.FLOAT16) == (
        "  recipe        file      time    memory     same    right",
        "  none       12.0 MB   10.0 ms         –   100.0%        –",
        "→ float16     6.0 MB   10.2 ms         –    99.9%        –",
        "  dynamic     3.0 MB   18.0 ms         –    99.8%        –",
        "  int8        3.2 MB    5.0 ms         –    98.0%        –",
    )
