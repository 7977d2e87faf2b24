"""Owns what a conversion starts from: the file, the child that reads it, and what it says of itself."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import InvalidLabels, ModelNotFound, NotAModel, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.labels import are_numbered, check_labels, parse_labels
from tulle.model.sources.child import SourceChild
from tulle.model.sources.preprocessing import (
    Channels,
    Preprocessing,
    choose_preprocessing,
    find_preprocessing,
)
from tulle.model.sources.tflite.guess import Guess
from tulle.model.sources.tflite.source import read_tflite
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.progress import Reporter

__all__ = [
    "PreprocessingRequest",
    "Source",
    "look_closer",
    "open_source",
    "settle_labels",
    "settle_preprocessing",
]

_SAVE = "save the whole model with model.save('model.keras') and name that file"
_KERAS_WORKER = "tulle.model.sources.keras.worker"
_TFLITE_WORKER = "tulle.model.sources.tflite.worker"
_LABELS = "labels.txt"
_TEACHABLE_MACHINE = ("keras_model", "model", "model_unquant")
_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A trained model, as it was left.

    Attributes:
        path: its file, or a SavedModel's folder.
        sha256: of the file, or of the names and sums of a folder's files.
        worker: the module that reads it, in a child.
        labels: what the file itself says; empty where it does not.
        guess: the preprocessing that the file says or suggests; None where only the user can tell.
        has_few_bits: whether it is a TF-Lite model that computes with 8 bits or fewer.
    """

    path: Path
    sha256: str
    worker: str
    labels: tuple[str, ...] = ()
    guess: Guess | None = None
    has_few_bits: bool = False

    @property
    def is_tflite(self) -> bool:
        """Say whether the source is a TF-Lite model already."""
        return self.worker == _TFLITE_WORKER


@dataclass(frozen=True, slots=True, kw_only=True)
class PreprocessingRequest:
    """What a user says of the preprocessing: a name or a range, a mean, a deviation, an order of channels."""

    name: str | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    channels: Channels | None = None


def open_source(path: Path) -> Source:
    """Find out what a path holds, and refuse what can be seen to be no model."""
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise ModelNotFound(f"there is no model at {path}", hint="check the path")
    if path.suffix == ".tflite" or _begins_as_tflite(path):
        read = read_tflite(path)
        return Source(
            path=path,
            sha256=_sha256(path),
            worker=_TFLITE_WORKER,
            labels=read.labels,
            guess=read.guess if read.guess.certain else _teachable_machine(path) or read.guess,
            has_few_bits=read.graph.few_bits,
        )
    _check_keras(path)
    guess = _teachable_machine(path)
    return Source(path=path, sha256=_sha256(path), worker=_KERAS_WORKER, guess=guess)


def _open_folder(path: Path) -> Source:
    if not any((path / name).is_file() for name in _SAVED_MODEL):
        raise NotAModel(
            f"{path} is a folder, and no SavedModel: {_SAVED_MODEL[0]} is not in it",
            hint=_SAVE,
        )
    files = sorted(file for file in path.rglob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(path)}\n{_sha256(file)}\n".encode())
    return Source(path=path, sha256=digest.hexdigest(), worker=_KERAS_WORKER)


def settle_labels(
    source: Source, asked: tuple[str, ...] | None, reporter: Reporter
) -> tuple[str, ...]:
    """Take the labels that the user gives, else the file's own, else those in the file that lies beside it."""
    labels = asked
    beside = source.path.parent / _LABELS
    if labels is None and source.labels:
        labels = source.labels
        reporter.note(f"labels taken from {source.path.name}: {_few(labels)}")
    elif labels is None and beside.is_file():
        labels = parse_labels(beside.read_bytes(), beside.name)
        reporter.note(f"labels taken from {_LABELS} beside it: {_few(labels)}")
    if labels is None:
        raise InvalidLabels(
            f"{source.path.name} does not say what its outputs stand for",
            hint=f"name a file with one label a line: --labels FILE, or put {_LABELS} beside the model",
        )
    check_labels(labels)
    return labels


def settle_preprocessing(
    source: Source, asked: PreprocessingRequest, reporter: Reporter, *, python: str
) -> Preprocessing:
    """Take the preprocessing that the user gives, else what the file says or suggests.

    Args:
        source: the model.
        asked: what the user says.
        reporter: hears what was found.
        python: the interpreter that runs the model, where only that can tell.
    """
    if asked != PreprocessingRequest():
        return choose_preprocessing(
            asked.name, mean=asked.mean, std=asked.std, channels=asked.channels
        )
    guess = source.guess
    if guess is None:
        raise UsageError(
            f"{source.path.name} does not say what its input was trained with",
            hint="name it with --preprocessing: a Keras application (xception, mobilenet_v2, …), "
            "a range such as 0..1, or none",
        )
    guess = look_closer(source, guess, python)
    text = f"preprocessing {guess.preprocessing.name}: {guess.reason}"
    if guess.certain:
        reporter.note(text)
    else:
        reporter.warn(f"{text}; if the answers are wrong, say it with --preprocessing")
    return guess.preprocessing


def look_closer(source: Source, guess: Guess, python: str) -> Guess:
    """Show pictures in every range to a model of which nothing is certain: does it tell them apart from 0 to 255 alone?

    Args:
        source: the model.
        guess: what was found without running it.
        python: the interpreter that runs it.
    """
    if guess.certain or not source.is_tflite:
        return guess
    pictures = [str(picture) for picture in sample_pictures()]
    with SourceChild(source.worker, python, SilentReporter()) as child:
        answer = child.ask({"do": "look", "source": str(source.path), "pictures": pictures})
    if not answer["takes_pixels"]:
        return guess
    return Guess(
        preprocessing=find_preprocessing("none"),
        reason="it answers all pictures alike unless they are from 0 to 255",
        certain=False,
    )


def _teachable_machine(path: Path) -> Guess | None:
    """Know Teachable Machine's files by the labels that lie beside them."""
    beside = path.parent / _LABELS
    if path.stem not in _TEACHABLE_MACHINE or not beside.is_file():
        return None
    if not are_numbered(beside.read_bytes()):
        return None
    return Guess(
        preprocessing=find_preprocessing("-1..1"),
        reason=f"{_LABELS} beside it is numbered, as Teachable Machine writes it",
    )


def _few(labels: tuple[str, ...]) -> str:
    return ", ".join(labels[:3]) + (f", … ({len(labels)})" if len(labels) > 3 else "")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_keras(source: Path) -> None:
    whole = {
        ".keras": zipfile.is_zipfile,
        ".h5": _starts_as_hdf5,
        ".hdf5": _starts_as_hdf5,
    }
    if source.suffix not in whole:
        raise NotAModel(
            f"{source} is neither a .keras, an .h5 nor a .tflite file, nor a SavedModel's folder",
            hint=_SAVE,
        )
    if not whole[source.suffix](source):
        raise NotAModel(
            f"{source} is no Keras model, or not all of it", hint=f"copy it again, or {_SAVE}"
        )


def _begins_as_tflite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"TFL3"


def _starts_as_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"
