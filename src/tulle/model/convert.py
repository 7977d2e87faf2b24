"""Owns the conversion of a trained model into one self-contained `.tflite` file."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import UnreadablePicture, UnsupportedModel, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.file import Model, load_model
from tulle.model.float16 import store_as_float16
from tulle.model.metadata import Card, embed
from tulle.model.parity import Parity, compare, describe, require_parity
from tulle.model.pictures import choose_pictures
from tulle.model.recipe import ALLOWANCES, ROUNDING, Recipe
from tulle.model.serving import Fault, open_classifier
from tulle.model.signature import Resize, Signature
from tulle.model.sources.child import SourceChild
from tulle.model.sources.softmax import Softmax
from tulle.model.sources.source import (
    PreprocessingRequest,
    Source,
    open_source,
    settle_labels,
    settle_preprocessing,
)
from tulle.model.sources.worker import NO_ROOM, unforeseen

if TYPE_CHECKING:
    from tulle.model.recipe import Allowance
    from tulle.model.serving import Classifier
    from tulle.model.sources.preprocessing import Channels, Preprocessing
    from tulle.progress import Reporter

__all__ = ["Conversion", "ConversionRequest", "check_output", "convert"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRequest:
    """What is to be converted, and how.

    Attributes:
        source: a `.keras`, `.h5` or `.tflite` file, or a SavedModel's folder.
        output: where the `.tflite` file goes; one that is there is replaced.
        labels: one a category, in the order of the model's outputs; None takes those that come with the source.
        preprocessing: a name or a range that `tulle.model.sources.preprocessing` knows; without it and the next three,
            what the source says.
        mean: subtracted from each channel after that; one number or three.
        std: what each channel is then divided by.
        channels: the order of the channels that the model was trained on.
        resize: how pictures come to the model's size.
        exif: whether the function turns pictures upright first.
        recipe: how the weights are stored, and what the model computes with.
        softmax: whether to make outputs probabilities; None finds out whether they are.
        pictures: a folder of pictures to compare both models on; None takes tulle's own.
        tolerance: the largest difference between two scores that is allowed; None takes the recipe's.
        agreement: the share of pictures on which the category must be the same; None takes the recipe's.
        allowed_code: names of the Lambda layers, or operations of a SavedModel, whose code may run.
        verbose: show all that TensorFlow prints.
        python: the interpreter that has what reads the source.
    """

    source: Path
    output: Path
    labels: tuple[str, ...] | None = None
    preprocessing: str | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    channels: Channels | None = None
    resize: Resize = field(default_factory=Resize)
    exif: bool = True
    recipe: Recipe = Recipe.NONE
    softmax: bool | None = None
    pictures: Path | None = None
    tolerance: float | None = None
    agreement: float | None = None
    allowed_code: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A request with all that it left open settled."""

    request: ConversionRequest
    source: Source
    labels: tuple[str, ...]
    preprocessing: Preprocessing
    pictures: tuple[Path, ...]


def convert(request: ConversionRequest, reporter: Reporter) -> Conversion:
    """Convert a model, compare both on pictures, and write the result only if they agree."""
    job = _settle(request, reporter)
    try:
        return _convert(job, reporter)
    except OSError as exc:
        if exc.errno in NO_ROOM:
            raise unforeseen(exc, "the conversion") from None
        raise


def _convert(job: _Job, reporter: Reporter) -> Conversion:
    request = job.request
    with (
        # Beside the output, so that the finished file moves there in one step.
        tempfile.TemporaryDirectory(prefix=".tulle-", dir=request.output.parent) as name,
        SourceChild(job.source.worker, request.python, reporter, verbose=request.verbose) as child,
    ):
        scratch = Path(name)
        answer = child.ask(_question(job, scratch / "bare.tflite"))
        signature = Signature(
            width=answer["width"],
            height=answer["height"],
            labels=job.labels,
            resize=request.resize,
            exif=request.exif,
        )
        model = _write(scratch, _card(job, signature))
        reporter.step(f"Run the result on {len(job.pictures)} pictures")
        parity = _compare(
            model, job.pictures, child, _allowance(request, rounds=answer.get("rounds", False))
        )
        require_parity(parity)
        reporter.note(describe(parity))
        model.path.replace(request.output)
    reporter.done(_summary(request, model))
    return Conversion(
        model=replace(model, path=request.output),
        preprocessing=job.preprocessing.name,
        recipe=request.recipe,
        source_sha256=job.source.sha256,
        softmax=Softmax(**answer["softmax"]),
        parity=parity,
    )


def _settle(request: ConversionRequest, reporter: Reporter) -> _Job:
    """Refuse what can be seen to fail before a child is started, and find out what was not said."""
    source = open_source(request.source)
    _check(request, source)
    asked = PreprocessingRequest(
        name=request.preprocessing, mean=request.mean, std=request.std, channels=request.channels
    )
    return _Job(
        request=request,
        source=source,
        preprocessing=settle_preprocessing(source, asked, reporter, python=request.python),
        labels=settle_labels(source, request.labels, reporter),
        pictures=_pictures(request, reporter),
    )


def _check(request: ConversionRequest, source: Source) -> None:
    if source.has_few_bits and request.recipe.is_in_8_bits:
        raise UsageError(
            f"{request.source.name} is in 8 bits already, so nothing is left to be made {request.recipe}",
            hint="leave --recipe out",
        )
    if request.recipe is Recipe.INT8 and request.pictures is None:
        raise UsageError(
            "int8 needs pictures, to find the ranges of what the model computes",
            hint="name a folder with 100 or more such as the function will see: --pictures FOLDER",
        )
    check_output(request)


def check_output(request: ConversionRequest) -> None:
    """Refuse a place where the result cannot go."""
    try:
        with tempfile.TemporaryDirectory(prefix=".tulle-", dir=request.output.parent):
            pass
    except OSError as exc:
        raise UsageError(
            f"nothing can be written to {request.output.parent} ({(exc.strerror or str(exc)).lower()})",
            hint="make the folder first, or give another --output",
        ) from None
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


def _allowance(request: ConversionRequest, *, rounds: bool) -> Allowance:
    allowance = ROUNDING if rounds else ALLOWANCES[request.recipe]
    return replace(
        allowance,
        tolerance=allowance.tolerance if request.tolerance is None else request.tolerance,
        agreement=allowance.agreement if request.agreement is None else request.agreement,
    )


def _question(job: _Job, output: Path) -> dict[str, object]:
    request = job.request
    return {
        "do": "convert",
        "source": str(request.source),
        "output": str(output),
        "labels": job.labels,
        "allowed_code": request.allowed_code,
        "preprocessing": asdict(job.preprocessing),
        "recipe": request.recipe,
        "interpolation": request.resize.interpolation,
        "fit": request.resize.fit,
        "softmax": request.softmax,
        "pictures": [str(picture) for picture in job.pictures],
    }


def _card(job: _Job, signature: Signature) -> Card:
    request = job.request
    return Card(
        name=request.source.stem,
        description=f"Image classifier, converted by tulle from {request.source.name}.",
        signature=signature,
        preprocessing=job.preprocessing.name,
        recipe=request.recipe,
        source_sha256=job.source.sha256,
    )


def _summary(request: ConversionRequest, model: Model) -> str:
    stored = "" if request.recipe is Recipe.NONE else f" as {request.recipe}"
    signature = model.signature
    return (
        f"{request.output.name}: {_size(model.size_bytes)}{stored}, {_count(signature.labels)}, "
        f"{signature.width} × {signature.height} pixels in"
    )


def _write(scratch: Path, card: Card) -> Model:
    path = scratch / "model.tflite"
    bare = (scratch / "bare.tflite").read_bytes()
    if card.recipe is Recipe.FLOAT16:
        bare = store_as_float16(bare)
    path.write_bytes(embed(bare, card))
    return load_model(path)


def _compare(
    model: Model, pictures: tuple[Path, ...], child: SourceChild, allowance: Allowance
) -> Parity:
    """Ask the source and the function's runtime for the same pictures' scores.

    The runtime's pixels are handed over; Keras makes its own wherever it can (without EXIF, which it does not know).
    """
    classifier = open_classifier(model, exif=False)
    pixels = [_pixels(classifier, picture) for picture in pictures]
    served = [_score(classifier, picture) for picture in pixels]
    handed_over = model.path.with_name("pixels")
    handed_over.write_bytes(b"".join(pixels))
    question = {
        "do": "score",
        "pictures": [str(picture) for picture in pictures],
        "pixels": str(handed_over),
    }
    return compare(child.ask(question)["scores"], served, allowance)


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
        hint = "see what LiteRT says with --verbose, and report it with the model"
        if "not numbers" in str(exc):
            hint = "train it again, and look at its loss"
        raise UnsupportedModel(str(exc), hint=hint) from exc


def _count(labels: tuple[str, ...]) -> str:
    return "1 label" if len(labels) == 1 else f"{len(labels)} labels"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.1f} kB"
