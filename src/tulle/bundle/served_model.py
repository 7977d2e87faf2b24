"""Owns bringing a project's model into the form that a function serves, at most once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from tulle import __version__
from tulle.errors import InvalidLabels, UnsupportedModel
from tulle.model.builtin import builtin_model
from tulle.model.file import load_model
from tulle.model.labels import read_labels

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.file import Model
    from tulle.model.sources.source import Source
    from tulle.progress import Reporter
    from tulle.project.project import ModelSection, Project

__all__ = ["model_source", "served_model"]


def model_source(project: Project) -> Path | None:
    """Give the path of a project's model, be it built in."""
    if project.model is None:
        return None
    path = project.folder / project.model.path
    return path if path.exists() else builtin_model(project.model.path) or path


def served_model(project: Project, *, cache: Path, reporter: Reporter) -> Model | None:
    """Load a project's model, or convert it; a conversion is kept in the cache.

    Args:
        project: what names the model.
        cache: a folder for what may be made again.
        reporter: hears of a conversion.

    Raises:
        ModelError: the model cannot be read or converted.
    """
    path = model_source(project)
    if path is None or project.model is None:
        return None
    section = project.model
    if path.suffix == ".tflite" and section.labels is None and section.preprocessing is None:
        try:
            return load_model(path)
        except (InvalidLabels, UnsupportedModel):
            reporter.note(f"{path.name} cannot be served as it is, so it is converted")
    return _converted(path, section, project.folder, cache, reporter)


def _converted(
    path: Path, section: ModelSection, folder: Path, cache: Path, reporter: Reporter
) -> Model:
    # Most builds convert nothing, and these are slow to load.
    from tulle.model.convert import ConversionRequest, convert  # noqa: PLC0415
    from tulle.model.sources.source import open_source, settle_labels  # noqa: PLC0415

    source = open_source(path)
    labels = settle_labels(source, _labels(section, folder), reporter)
    output = cache / "models" / _key(source, labels, section) / f"{path.stem}.tflite"
    if not output.is_file():
        output.parent.mkdir(parents=True, exist_ok=True)
        request = ConversionRequest(
            source=path, output=output, labels=labels, preprocessing=section.preprocessing
        )
        convert(request, reporter)
    return load_model(output)


def _labels(section: ModelSection, folder: Path) -> tuple[str, ...] | None:
    if isinstance(section.labels, str):
        beside = folder / section.labels
        return read_labels(str(beside) if beside.is_file() else section.labels)
    return section.labels


def _key(source: Source, labels: tuple[str, ...], section: ModelSection) -> str:
    guessed = source.guess.preprocessing.name if source.guess else None
    parts = [__version__, source.sha256, labels, section.preprocessing, guessed]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
