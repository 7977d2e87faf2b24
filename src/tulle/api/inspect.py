"""Owns the way from a model's name to all that can be told of its file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tulle.errors import ModelError
from tulle.model.builtin import builtin_model
from tulle.model.file import load_model
from tulle.model.inspection import Inspection, TensorSummary, inspect_file
from tulle.model.sources.source import look_closer, open_source
from tulle.model.sources.tflite.guess import Guess
from tulle.model.trials.trial import Trial, try_model

__all__ = ["FileReport", "Guess", "Inspection", "TensorSummary", "Trial", "inspect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """All that can be told of a model's file.

    Attributes:
        inspection: what the file says.
        trial: how it runs here.
        obstacle: why the function could not serve it; None where it can.
        way_out: what to do about that.
        wanted: what the input was trained with, as far as that can be seen; None where nothing is to be done to pixels.
    """

    inspection: Inspection
    trial: Trial
    obstacle: str | None = None
    way_out: str | None = None
    wanted: Guess | None = None


def inspect(model: str) -> FileReport:
    """Read a `.tflite` file, whoever made it, and run it once.

    Args:
        model: the path of the file, or the name of a built-in model.

    Raises:
        ModelNotFound, NotAModel: there is no such file, or no model in it.
    """
    path = Path(model)
    path = path if path.exists() else builtin_model(model) or path
    inspection, trial = inspect_file(path), try_model(path)
    report = FileReport(inspection=inspection, trial=trial)
    try:
        if not inspection.folded:
            report = replace(report, wanted=_wanted(path))
        load_model(path)
    except ModelError as exc:
        return replace(report, obstacle=exc.message, way_out=exc.hint)
    return report


def _wanted(path: Path) -> Guess | None:
    """Find what the input was trained with, or refuse what `convert` would refuse."""
    source = open_source(path)
    return source.guess and look_closer(source, source.guess, sys.executable)
