"""Owns the way from models and a folder of labelled pictures to what the models are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import ModelError, TulleError, UnreadablePicture
from tulle.evaluation.answers import Answer, Unread
from tulle.evaluation.pictures import read_folder, select_pictures
from tulle.evaluation.report.page import write_html_report
from tulle.evaluation.result import Evaluation, FailedModel, ModelEvaluation, judge
from tulle.evaluation.run import answer_all
from tulle.model.lookup import find_model
from tulle.model.serving import processors

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
        raise _none_left(failed)
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
    workers = min(workers or processors(), len(pictures))
    failed = list(plan.failed)
    answered: list[tuple[str, Model, tuple[Answer | Unread, ...]]] = []
    for name, model in plan.models:
        try:
            answers = answer_all(model, pictures, workers=workers, advance=advance)
        except TulleError as exc:
            failed.append(FailedModel(name=name, error=exc))
        else:
            answered.append((name, model, answers))
    if not answered:
        raise _none_left(failed)
    unread = _unread(tuple(entry for _, _, answers in answered for entry in answers))
    if len(unread) == len(pictures):
        raise UnreadablePicture(
            f"none of the {len(pictures)} pictures can be read",
            hint="give JPEG, PNG, WebP, GIF or BMP files",
            detail="\n".join(f"{entry.picture}: {entry.problem}" for entry in unread[:10]),
        )
    return Evaluation(
        folder=plan.folder.path,
        pictures=len(pictures),
        unread=unread,
        left_out=plan.left_out,
        loose_pictures=plan.folder.loose_pictures,
        workers=workers,
        models=tuple(
            judge(name, model, _all_read(answers, unread)) for name, model, answers in answered
        ),
        failed=tuple(failed),
    )


def _unread(answers: Sequence[Answer | Unread]) -> tuple[Unread, ...]:
    """List the pictures that some model could not be shown, each once: it may be gone meanwhile."""
    unread = {entry.picture: entry for entry in answers if isinstance(entry, Unread)}
    return tuple(unread.values())


def _all_read(answers: Sequence[Answer | Unread], unread: tuple[Unread, ...]) -> list[Answer]:
    """Take the answers to pictures that every model was shown, so that all are judged on the same."""
    skipped = {entry.picture for entry in unread}
    return [
        entry for entry in answers if isinstance(entry, Answer) and entry.picture not in skipped
    ]


def _none_left(failed: Sequence[FailedModel]) -> TulleError:
    if len(failed) == 1:
        return failed[0].error
    return ModelError(
        f"none of the {len(failed)} models can be judged",
        hint="mend them one by one: `tulle inspect MODEL` tells more of each",
        detail="\n".join(f"{entry.name}: {entry.error.message}" for entry in failed),
    )
