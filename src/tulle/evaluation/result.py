"""Owns what comes of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.evaluation.calibration import calibrate
from tulle.evaluation.figures import count_figures
from tulle.evaluation.timings import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tulle.errors import TulleError
    from tulle.evaluation.answers import Answer, Unread
    from tulle.evaluation.calibration import Calibration
    from tulle.evaluation.figures import Figures
    from tulle.evaluation.pictures import LeftOut
    from tulle.evaluation.timings import Timing
    from tulle.model.file import Model

__all__ = ["Evaluation", "FailedModel", "ModelEvaluation", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvaluation:
    """What one model is worth.

    Attributes:
        name: what the user called it.
        model: its file.
        figures: how often it is right.
        calibration: whether its scores mean what they say; None where they are not probabilities.
        decode: how long decoding and resizing a picture took.
        infer: how long the model took.
        mistakes: its wrong answers, the surest first.
    """

    name: str
    model: Model
    figures: Figures
    calibration: Calibration | None
    decode: Timing
    infer: Timing
    mistakes: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedModel:
    """A model that could not be evaluated, and why."""

    name: str
    error: TulleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What models are worth on the pictures of one folder.

    Attributes:
        folder: where the pictures are.
        pictures: how many every model was shown.
        unread: those of them that cannot be read, which no figure speaks of.
        left_out: categories that are not labels of every model.
        loose_pictures: how many pictures lie in no category's folder.
        workers: how many processes ran a model at once, each with one thread.
        models: one for each model, in the user's order.
        failed: models that could not be evaluated.
    """

    folder: Path
    pictures: int
    unread: tuple[Unread, ...]
    left_out: tuple[LeftOut, ...]
    loose_pictures: int
    workers: int
    models: tuple[ModelEvaluation, ...]
    failed: tuple[FailedModel, ...]


def judge(name: str, model: Model, answers: Sequence[Answer]) -> ModelEvaluation:
    """Judge a model by its answers, of which there is at least one."""
    mistakes = [answer for answer in answers if not answer.is_right]
    return ModelEvaluation(
        name=name,
        model=model,
        figures=count_figures(tuple(dict.fromkeys(model.signature.labels)), answers),
        calibration=calibrate(answers),
        decode=summarise([answer.decode_ms for answer in answers]),
        infer=summarise([answer.infer_ms for answer in answers]),
        mistakes=tuple(sorted(mistakes, key=lambda answer: -answer.score)),
    )
