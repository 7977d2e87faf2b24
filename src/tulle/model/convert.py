"""Owns the conversion of a Keras model into one self-contained `.tflite` file."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import ModelNotFound, NotAModel, UnreadablePicture, UnsupportedModel, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.file import Model, load_model
from tulle.model.float16 import store_as_float16
from tulle.model.keras_child import KerasChild
from tulle.model.labels import check_labels
from tulle.model.metadata import Card, embed
from tulle.model.parity import Parity, compare, describe, require_parity
from tulle.model.pictures import choose_pictures
from tulle.model.preprocessing import find_preprocessing
from tulle.model.recipe import ALLOWANCES, Recipe
from tulle.model.serving import Fault, open_classifier
from tulle.model.signature import Fit, Resize, Signature
from tulle.model.softmax import Softmax

if TYPE_CHECKING:
    from tulle.model.recipe import Allowance
    from tulle.model.serving import Classifier
    from tulle.progress import Reporter

__all__ = ["Conversion", "ConversionRequest", "convert"]

_SAVE = "save the whole model with model.save('model.keras') and name that file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRequest:
    """What is to be converted, and how.

    Attributes:
        source: a `.keras` or `.h5` file.
        output: where the `.tflite` file goes; one that is there is replaced.
        labels: one a category, in the order of the model's outputs.
        preprocessing: a name that `tulle.model.preprocessing` knows.
        resize: how pictures come to the model's size.
        exif: whether the function turns pictures upright first.
        recipe: how the weights are stored, and what the model computes with.
        softmax: whether to make outputs probabilities; None finds out whether they are.
        pictures: a folder of pictures to compare both models on; None takes tulle's own.
        tolerance: the largest difference between two scores that is allowed; None takes the recipe's.
        verbose: show all that TensorFlow prints.
        python: the interpreter that has TensorFlow.
    """

    source: Path
    output: Path
    labels: tuple[str, ...]
    preprocessing: str
    resize: Resize = field(default_factory=Resize)
    exif: bool = True
    recipe: Recipe = Recipe.NONE
    softmax: bool | None = None
    pictures: Path | None = None
    tolerance: float | None = None
    verbose: bool = False
    python: str = sys.executable


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What came of a conversion."""

    model: Model
    preprocessing: str
    recipe: Recipe
    source_sha256: str
    softmax: Softmax
    parity: Parity


def convert(request: ConversionRequest, reporter: Reporter) -> Conversion:
    """Convert a Keras model, compare both on pictures, and write the result only if they agree."""
    _check(request)
    pictures = _pictures(request, reporter)
    source_sha256 = hashlib.sha256(request.source.read_bytes()).hexdigest()
    with (
        # Beside the output, so that the finished file moves there in one step.
        tempfile.TemporaryDirectory(prefix=".tulle-", dir=request.output.parent) as name,
        KerasChild(request.python, reporter, verbose=request.verbose) as keras,
    ):
        scratch = Path(name)
        answer = keras.ask(_question(request, pictures, scratch / "bare.tflite"))
        softmax = Softmax(**answer["softmax"])
        signature = Signature(
            width=answer["width"],
            height=answer["height"],
            labels=request.labels,
            resize=request.resize,
            exif=request.exif,
        )
        model = _write(scratch, _card(request, signature, source_sha256))
        reporter.step(f"Run the result on {len(pictures)} pictures")
        parity = _compare(model, pictures, keras, _allowance(request))
        require_parity(parity)
        reporter.note(describe(parity))
        model.path.replace(request.output)
    stored = "" if request.recipe is Recipe.NONE else f" as {request.recipe}"
    reporter.done(
        f"{request.output.name}: {_size(model.size_bytes)}{stored}, {len(request.labels)} labels, "
        f"{signature.width} × {signature.height} pixels in"
    )
    return Conversion(
        model=replace(model, path=request.output),
        preprocessing=request.preprocessing,
        recipe=request.recipe,
        source_sha256=source_sha256,
        softmax=softmax,
        parity=parity,
    )


def _check(request: ConversionRequest) -> None:
    """Refuse what can be seen to fail before TensorFlow is started."""
    _check_source(request.source)
    if request.recipe is Recipe.INT8 and request.pictures is None:
        raise UsageError(
            "int8 needs pictures, to find the ranges of what the model computes",
            hint="name a folder with 100 or more such as the function will see: --pictures FOLDER",
        )
    find_preprocessing(request.preprocessing)
    check_labels(request.labels)
    if not os.access(request.output.parent, os.W_OK):
        raise UsageError(
            f"nothing can be written to {request.output.parent}",
            hint="make the folder first, or give another --output",
        )
    if request.output.is_dir() or request.output.resolve() == request.source.resolve():
        raise UsageError(
            f"the result cannot be written to {request.output}",
            hint="give --output the name of a new file, such as model.tflite",
        )


def _pictures(request: ConversionRequest, reporter: Reporter) -> tuple[Path, ...]:
    if request.pictures is None:
        return sample_pictures()
    most = 100 if request.recipe is Recipe.INT8 else 50
    return choose_pictures(request.pictures, most, reporter)


def _allowance(request: ConversionRequest) -> Allowance:
    allowance = ALLOWANCES[request.recipe]
    if request.tolerance is None:
        return allowance
    return replace(allowance, tolerance=request.tolerance)


def _check_source(source: Path) -> None:
    if source.is_dir():
        raise NotAModel(f"{source} is a folder, perhaps a SavedModel", hint=_SAVE)
    if not source.is_file():
        raise ModelNotFound(f"there is no model at {source}", hint="check the path")
    whole = {
        ".keras": lambda: zipfile.is_zipfile(source),
        ".h5": lambda: _starts_as_hdf5(source),
        ".hdf5": lambda: _starts_as_hdf5(source),
    }
    if source.suffix == ".tflite":
        raise NotAModel(
            f"{source} is a TF-Lite model already",
            hint="name the Keras model that it was made from",
        )
    if source.suffix not in whole:
        raise NotAModel(f"{source} is neither a .keras nor an .h5 file", hint=_SAVE)
    if not whole[source.suffix]():
        raise NotAModel(
            f"{source} is no Keras model, or not all of it", hint=f"copy it again, or {_SAVE}"
        )


def _starts_as_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"


def _question(
    request: ConversionRequest, pictures: tuple[Path, ...], output: Path
) -> dict[str, object]:
    return {
        "do": "convert",
        "source": str(request.source),
        "output": str(output),
        "labels": request.labels,
        "preprocessing": request.preprocessing,
        "recipe": request.recipe,
        "interpolation": request.resize.interpolation,
        "crop": request.resize.fit is Fit.CROP,
        "softmax": request.softmax,
        "pictures": [str(picture) for picture in pictures],
    }


def _card(request: ConversionRequest, signature: Signature, source_sha256: str) -> Card:
    return Card(
        name=request.source.stem,
        description=f"Image classifier, converted by tulle from {request.source.name}.",
        signature=signature,
        preprocessing=request.preprocessing,
        recipe=request.recipe,
        source_sha256=source_sha256,
    )


def _write(scratch: Path, card: Card) -> Model:
    path = scratch / "model.tflite"
    bare = (scratch / "bare.tflite").read_bytes()
    if card.recipe is Recipe.FLOAT16:
        bare = store_as_float16(bare)
    path.write_bytes(embed(bare, card))
    return load_model(path)


def _compare(
    model: Model, pictures: tuple[Path, ...], keras: KerasChild, allowance: Allowance
) -> Parity:
    """Ask Keras and the function's runtime for the same pictures' scores.

    Keras's `load_img` makes its own pixels, without EXIF, which it does not know. Letterboxing it does not
    know either: then it takes the runtime's pixels.
    """
    classifier = open_classifier(model, exif=False)
    pixels = [_pixels(classifier, picture) for picture in pictures]
    served = [_score(classifier, picture) for picture in pixels]
    handed_over = None
    if model.signature.resize.fit is Fit.LETTERBOX:
        handed_over = model.path.with_name("pixels")
        handed_over.write_bytes(b"".join(pixels))
    question = {
        "do": "score",
        "pictures": [str(picture) for picture in pictures],
        "pixels": handed_over and str(handed_over),
    }
    return compare(keras.ask(question)["scores"], served, allowance)


def _pixels(classifier: Classifier, picture: Path) -> bytes:
    try:
        return classifier.pixels(picture.read_bytes())
    except Fault as exc:
        raise UnreadablePicture(
            f"{picture} cannot be compared on: {exc}", hint="take it out of the folder"
        ) from exc


def _score(classifier: Classifier, pixels: bytes) -> list[float]:
    try:
        return classifier.score(pixels)
    except Fault as exc:
        raise UnsupportedModel(str(exc), hint="train it again, and look at its loss") from exc


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.1f} kB"
