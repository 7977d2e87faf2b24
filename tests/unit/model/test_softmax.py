from __future__ import annotations

import pytest

from tulle.errors import UnsupportedModel, UsageError
from tulle.model.sources.softmax import Ending, Softmax, decide_ending, decide_softmax

PROBABILITIES = [[0.2, 0.7, 0.1], [1.0, 0.0, 0.0]]
LOGITS = [[2.0, -1.0, 0.3], [0.1, 0.2, 0.3]]
INDEPENDENT = [[0.9, 0.8, 0.1], [0.0, 0.0, 0.1]]


@pytest.mark.parametrize(
    ("activation", "outputs", "added"),
    [
        ("softmax", PROBABILITIES, False),
        ("softmax", [[0.336, 0.293, 0.375]], False),  # of 8 bits
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


@pytest.mark.parametrize(
    ("labels", "activation", "outputs", "ending"),
    [
        (1, "sigmoid", [[0.4], [1.0]], Ending()),
        (2, "sigmoid", [[0.4], [1.0]], Ending(both=True)),
        (2, None, [[-3.0], [2.0]], Ending(sigmoid=True, both=True)),
        (1, "linear", [[0.4], [0.9]], Ending()),
        (3, None, LOGITS, Ending(softmax=True)),
    ],
)
def test_a_single_output_becomes_the_scores_of_its_labels(
    labels: int, activation: str | None, outputs: list[list[float]], ending: Ending
) -> None:
    softmax = Softmax(added=len(outputs[0]) > 1, reason="")
    decided = decide_ending(softmax, labels=labels, activation=activation, outputs=outputs)
    assert decided == ending


def test_refuses_a_regression_model() -> None:
    with pytest.raises(UnsupportedModel, match="no score: it goes from -3 to 47") as refusal:
        decide_ending(
            Softmax(added=False, reason=""), labels=1, activation=None, outputs=[[-3.0], [47.0]]
        )
    assert "regression" in refusal.value.hint
