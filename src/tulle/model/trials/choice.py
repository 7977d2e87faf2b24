"""Owns `--recipe auto`: convert with every recipe, measure, and keep one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import ModelError
from tulle.model.builtin import sample_pictures
from tulle.model.convert import check_output, convert
from tulle.model.pictures import choose_pictures
from tulle.model.recipe import Recipe
from tulle.model.sources.source import open_source
from tulle.model.trials.measurement import choose, measure, tabulate
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from tulle.model.convert import Conversion, ConversionRequest
    from tulle.model.trials.measurement import Measurement
    from tulle.progress import Reporter

__all__ = ["Choice", "convert_by_measurement"]

_MOST_PICTURES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The conversion that was kept, and the measurements that speak for it.

    Attributes:
        conversion: what was kept.
        measurements: of every recipe that was tried.
        pictures: how many pictures they were measured on.
        max_loss: the largest loss that was allowed.
    """

    conversion: Conversion
    measurements: tuple[Measurement, ...]
    pictures: int
    max_loss: float


def convert_by_measurement(
    request: ConversionRequest, *, max_loss: float, reporter: Reporter
) -> Choice:
    """Convert with every recipe that can be had, and keep the best within the loss that is allowed.

    Args:
        request: what is to be converted; its recipe, and for 8 bits its tolerance, do not count.
        max_loss: the largest loss of accuracy (of agreement, where no picture is labelled), as a share.
        reporter: hears the whole story of the first conversion, and the steps of the others.
    """
    check_output(request)
    with tempfile.TemporaryDirectory(prefix=".tulle-", dir=request.output.parent) as name:
        conversions = _convert_by_each(request, Path(name), reporter)
        pictures = (
            choose_pictures(request.pictures, _MOST_PICTURES, SilentReporter())
            if request.pictures
            else sample_pictures()
        )
        reporter.step(f"Measure on {len(pictures)} pictures")
        models = {recipe: conversion.model for recipe, conversion in conversions.items()}
        measurements = measure(models, pictures)
        chosen = choose(measurements, max_loss=max_loss).recipe
        for line in tabulate(measurements, chosen):
            reporter.note(line)
        kept = conversions[chosen]
        kept.model.path.replace(request.output)
    reporter.done(
        f"{request.output.name}: {chosen}, the smallest of the fastest that lose at most {max_loss:.2%}"
    )
    return Choice(
        conversion=replace(kept, model=replace(kept.model, path=request.output)),
        measurements=measurements,
        pictures=len(pictures),
        max_loss=max_loss,
    )


def _convert_by_each(
    request: ConversionRequest, folder: Path, reporter: Reporter
) -> dict[Recipe, Conversion]:
    """Convert with every recipe; one that this model cannot be made into is left out."""
    first, *others = _recipes(request, reporter)
    conversions = {first: convert(_with_recipe(request, first, folder), _Beginning(reporter))}
    for recipe in others:
        reporter.step(f"Convert again, with {recipe}")
        try:
            asked = _with_recipe(request, recipe, folder)
            conversions[recipe] = convert(asked, SilentReporter())
        except ModelError as exc:
            reporter.warn(f"{recipe} is left out: {exc.message}; {exc.hint}")
    return conversions


class _Beginning(SilentReporter):
    """A `Reporter` of what is the beginning of a longer story: it passes on all but the end."""

    def __init__(self, reporter: Reporter) -> None:
        self.step, self.note, self.warn = reporter.step, reporter.note, reporter.warn  # type: ignore[method-assign]  # bound to another


def _recipes(request: ConversionRequest, reporter: Reporter) -> list[Recipe]:
    """List the recipes that can be had from a source."""
    if open_source(request.source).has_few_bits:
        reporter.note("8 bits are left out: the file is in them already")
        return [Recipe.NONE, Recipe.FLOAT16]
    if request.pictures is None:
        reporter.warn("int8 is left out: it needs pictures; name a folder with --pictures")
        return [Recipe.NONE, Recipe.FLOAT16, Recipe.DYNAMIC]
    return list(Recipe)


def _with_recipe(request: ConversionRequest, recipe: Recipe, folder: Path) -> ConversionRequest:
    """Ask for one recipe; with 8 bits, the measurement and not the comparison decides."""
    asked = replace(request, recipe=recipe, output=folder / f"{recipe}.tflite")
    if recipe in {Recipe.DYNAMIC, Recipe.INT8}:
        return replace(asked, tolerance=1.0, agreement=0.0)
    return asked
