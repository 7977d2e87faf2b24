"""Owns the way from models and a folder of labelled pictures to what the models are worth."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import TulleError, UnreadablePicture
from tulle.evaluation.answers import Answer, Unread
from tulle.evaluation.pictures import read_folder, select_pictures
from tulle.evaluation.report.page import write_html_report
from tulle.evaluation.result import Evaluation, FailedModel, ModelEvaluation, judge
from tulle.evaluation.run import answer_all
from tulle.model.lookup import find_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tulle.evaluation.pictures import LeftOut, PictureFolder, Selection
    from tulle.model.file import Model

__all__ = [
    "Evaluation",
    "EvaluationPlan",
    "ModelEvaluation",
    "evaluate",
    "plan_evaluation",
    "write_html_report",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """Which models see which pictures.

    Attributes:
        models: what the user called a model, and the model.
        failed: models that cannot be read.
        folder: what was found in the folder.
        selection: the pictures that every model sees.
    """

    models: tuple[tuple[str, Model], ...]
    failed: tuple[FailedModel, ...]
    folder: PictureFolder
    selection: Selection

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """List the categories that no figure will speak of."""
        return self.selection.left_out

    @property
    def answers(self) -> int:
        """Count the answers to come."""
        return len(self.models) * len(self.selection.pictures)


def plan_evaluation(models: Sequence[str], folder: Path) -> EvaluationPlan:
    """Find out which models can see which pictures.

    Args:
        models: names of built-in models, or paths of `.tflite` files; each once.
        folder: a folder with a folder for each category, named as the models' labels are.

    Raises:
        ModelNotFound, ModelError: no model can be read.
        PictureNotFound: there is no such folder, or nothing in it.
        UnknownCategories: no category is a label of every model.
    """
    found: list[tuple[str, Model]] = []
    failed: list[FailedModel] = []
    for name in dict.fromkeys(models):
        try:
            found.append((name, find_model(name)))
        except TulleError as exc:
            failed.append(FailedModel(name=name, error=exc))
    if not found:
        raise failed[0].error
    pictures = read_folder(folder)
    labels = {name: model.signature.labels for name, model in found}
    return EvaluationPlan(
        models=tuple(found),
        failed=tuple(failed),
        folder=pictures,
        selection=select_pictures(pictures, labels),
    )


def evaluate(
    plan: EvaluationPlan,
    *,
    workers: int | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Show every model every picture, and count.

    Each process is a new interpreter: call this under `if __name__ == "__main__":` where a script does.

    Args:
        plan: what `plan_evaluation` found.
        workers: how many processes run a model at once; None means one for each processor.
        advance: is called with 1 after each answer.

    Raises:
        ModelError: no model can be run.
        UnreadablePicture: no picture can be read.
    """
    pictures = plan.selection.pictures
    workers = min(workers or _processors(), len(pictures))
    failed, models = list(plan.failed), []
    unread: dict[Unread, None] = {}
    for name, model in plan.models:
        try:
            answers = answer_all(model, pictures, workers=workers, advance=advance)
        except TulleError as exc:
            failed.append(FailedModel(name=name, error=exc))
            continue
        unread.update(dict.fromkeys(entry for entry in answers if isinstance(entry, Unread)))
        models.append(judge(name, model, _read(answers)))
    if not models:
        raise failed[0].error
    return Evaluation(
        folder=plan.folder.path,
        pictures=len(pictures),
        unread=tuple(unread),
        left_out=plan.left_out,
        loose_pictures=plan.folder.loose_pictures,
        workers=workers,
        models=tuple(models),
        failed=tuple(failed),
    )


def _read(answers: Sequence[Answer | Unread]) -> list[Answer]:
    read = [entry for entry in answers if isinstance(entry, Answer)]
    if not read:
        problems = [entry for entry in answers if isinstance(entry, Unread)]
        raise UnreadablePicture(
            f"none of the {len(problems)} pictures can be read",
            hint="give JPEG, PNG, WebP, GIF or BMP files",
            detail="\n".join(f"{entry.picture}: {entry.problem}" for entry in problems[:10]),
        )
    return read


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
