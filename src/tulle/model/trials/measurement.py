"""Owns what each recipe costs and keeps: measured on pictures, on this machine, and compared."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.model.serving import open_classifier
from tulle.model.trials.trial import try_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tulle.model.file import Model
    from tulle.model.recipe import Recipe
    from tulle.model.serving import Classifier

__all__ = ["Measurement", "choose", "measure", "tabulate"]

# Times nearer than this are the same: the next run may turn them round.
_SAME_TIME = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one recipe costs and keeps.

    Attributes:
        recipe: which.
        size_bytes: of the file.
        infer_ms: the median, in one thread, the recipes in turns.
        memory_bytes: by how much memory grows when the model is opened and run; None where that failed.
        agreement: the share of pictures on which the category is that of the model without a recipe.
        accuracy: the share of labelled pictures on which the category is right; None where none are labelled.
        loss: what the recipe costs: accuracy, or else agreement, against the model without a recipe.
    """

    recipe: Recipe
    size_bytes: int
    infer_ms: float
    memory_bytes: int | None
    agreement: float
    accuracy: float | None
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One model's answers on all pictures, and how long each took."""

    answers: list[int]
    times_ms: list[float]


def measure(models: Mapping[Recipe, Model], pictures: Sequence[Path]) -> tuple[Measurement, ...]:
    """Measure models that differ by their recipes; the first is what the others are held against.

    Pictures that lie in a folder named after a label are taken to show that category.
    """
    runs = _run_in_turns(models, pictures)
    original = next(iter(models.values()))
    labels = original.signature.labels
    truth = [
        labels.index(picture.parent.name) if picture.parent.name in labels else None
        for picture in pictures
    ]
    reference = runs[next(iter(models))].answers
    accuracy = _accuracy(reference, truth)
    measurements = []
    for recipe, model in models.items():
        run = runs[recipe]
        agreement = _share(run.answers, reference)
        own_accuracy = _accuracy(run.answers, truth)
        lost = 1 - agreement if accuracy is None else accuracy - (own_accuracy or 0)
        measurements.append(
            Measurement(
                recipe=recipe,
                size_bytes=model.size_bytes,
                infer_ms=statistics.median(run.times_ms),
                memory_bytes=try_model(model.path).memory_bytes,
                agreement=agreement,
                accuracy=own_accuracy,
                loss=lost,
            )
        )
    return tuple(measurements)


def choose(measurements: Sequence[Measurement], *, max_loss: float) -> Measurement:
    """Choose the fastest recipe that loses no more than is allowed; of those as fast, the smallest."""
    within = [each for each in measurements if each.loss <= max_loss + 1e-9]
    fastest = min(each.infer_ms for each in within)
    as_fast = [each for each in within if each.infer_ms <= fastest * _SAME_TIME]
    return min(as_fast, key=lambda each: each.size_bytes)


def tabulate(measurements: Sequence[Measurement], chosen: Recipe) -> tuple[str, ...]:
    """Lay measurements out as the lines of a table."""
    heading = f"  {'recipe':<9}{'file':>9}{'time':>10}{'memory':>10}{'same':>9}{'right':>9}"
    return (heading, *(_line(each, chosen=each.recipe is chosen) for each in measurements))


def _line(each: Measurement, *, chosen: bool) -> str:
    memory = "–" if each.memory_bytes is None else f"{each.memory_bytes / 1e6:.1f} MB"
    accuracy = "–" if each.accuracy is None else f"{each.accuracy:.1%}"
    return (
        f"{'→' if chosen else ' '} {each.recipe:<9}{each.size_bytes / 1e6:>6.1f} MB"
        f"{each.infer_ms:>7.1f} ms{memory:>10}{each.agreement:>9.1%}{accuracy:>9}"
    )


def _run_in_turns(models: Mapping[Recipe, Model], pictures: Sequence[Path]) -> dict[Recipe, _Run]:
    """Show every picture to every model before the next, so that a busy moment meets them all."""
    classifiers = {recipe: open_classifier(model, threads=1) for recipe, model in models.items()}
    runs = {recipe: _Run(answers=[], times_ms=[]) for recipe in models}
    order = list(models)
    for picture in pictures:
        pixels = classifiers[order[0]].pixels(picture.read_bytes())
        for recipe in order:
            answer, time_ms = _answer(classifiers[recipe], pixels)
            runs[recipe].answers.append(answer)
            runs[recipe].times_ms.append(time_ms)
        order = order[1:] + order[:1]
    return runs


def _answer(classifier: Classifier, pixels: bytes) -> tuple[int, float]:
    start = time.perf_counter()
    scores = classifier.score(pixels)
    elapsed_ms = (time.perf_counter() - start) * 1e3
    return scores.index(max(scores)), elapsed_ms


def _accuracy(answers: Sequence[int], truth: Sequence[int | None]) -> float | None:
    known = [
        (answer, right) for answer, right in zip(answers, truth, strict=True) if right is not None
    ]
    return sum(answer == right for answer, right in known) / len(known) if known else None


def _share(answers: Sequence[int], reference: Sequence[int]) -> float:
    return sum(map(int.__eq__, answers, reference)) / len(reference)
