from __future__ import annotations

import pytest

from tulle.errors import UsageError
from tulle.model.softmax import decide_softmax

PROBABILITIES = [[0.2, 0.7, 0.1], [1.0, 0.0, 0.0]]
LOGITS = [[2.0, -1.0, 0.3], [0.1, 0.2, 0.3]]
INDEPENDENT = [[0.9, 0.8, 0.1], [0.0, 0.0, 0.1]]


@pytest.mark.parametrize(
    ("activation", "outputs", "added"),
    [
        ("softmax", PROBABILITIES, False),
        ("linear", PROBABILITIES, False),
        (None, PROBABILITIES, False),
        ("linear", LOGITS, True),
        ("linear", INDEPENDENT, True),
        (None, LOGITS, True),
        ("relu", [[7.0, 0.0, 3.0]], True),
        ("sigmoid", INDEPENDENT, False),
        ("sigmoid", [[0.4]], False),
        ("linear", [[4.0]], False),
    ],
)
def test_logits_are_told_from_probabilities(
    activation: str | None, outputs: list[list[float]], added: bool
) -> None:
    softmax = decide_softmax(None, layer="dense", activation=activation, outputs=outputs)
    assert softmax.added is added
    assert softmax.reason


@pytest.mark.parametrize("wanted", [True, False])
def test_what_the_user_asks_for_is_done(wanted: bool) -> None:
    softmax = decide_softmax(wanted, layer="dense", activation="softmax", outputs=PROBABILITIES)
    assert softmax.added is wanted
    assert softmax.reason == "as asked for"


def test_refuses_a_softmax_that_is_always_1() -> None:
    with pytest.raises(UsageError, match="always 1"):
        decide_softmax(True, layer="dense", activation="sigmoid", outputs=[[0.4]])
