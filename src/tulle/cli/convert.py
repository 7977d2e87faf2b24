"""Owns `tulle convert`: its options, and how its result is shown."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tulle.api.convert import (
    Channels,
    Choice,
    Conversion,
    ConversionRequest,
    Fit,
    Interpolation,
    Recipe,
    Resize,
    convert,
    convert_by_measurement,
    read_labels,
)
from tulle.cli.reporter import TerminalReporter

__all__ = ["command"]

_AUTO = "auto"


def _numbers(_: click.Context, parameter: click.Parameter, text: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(",")) if text else ()
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a number, nor three with commas: 0.485,0.456,0.406", param=parameter
        ) from None


def _share(_: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"{text!r} is no share: write 0.5% or 0.005", param=parameter)
    return share


@click.command("convert", context_settings={"show_default": True})
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.option(
    "--labels",
    help="File with one label a line, or a list: cat,dog.  "
    "[default: those in the model's file, or labels.txt beside it]",
)
@click.option(
    "--preprocessing",
    metavar="NAME",
    help="What the model was trained with: a Keras application (xception, mobilenet_v2, …), "
    "a range such as 0..1 or -1..1, or none.  [default: what a .tflite file says]",
)
@click.option(
    "--mean",
    callback=_numbers,
    metavar="NUMBERS",
    help="Subtracted after that: one number, or three.",
)
@click.option(
    "--std",
    callback=_numbers,
    metavar="NUMBERS",
    help="Divided by after that: one number, or three.",
)
@click.option(
    "--channels",
    type=click.Choice([str(name) for name in Channels]),
    help="The order of the channels that the model was trained on.  [default: rgb]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write.  [default: the model's name with .tflite, or .tulle.tflite]",
)
@click.option(
    "--interpolation",
    type=click.Choice([str(name) for name in Interpolation]),
    default=str(Interpolation.NEAREST),
    help="How pictures are resized, as in Keras's load_img.",
)
@click.option(
    "--fit",
    type=click.Choice([str(name) for name in Fit]),
    default=str(Fit.STRETCH),
    help="How a picture of another shape fills the model's.",
)
@click.option(
    "--ignore-exif", is_flag=True, help="Do not turn pictures upright, as Keras does not."
)
@click.option(
    "--recipe",
    type=click.Choice([*map(str, Recipe), _AUTO]),
    default=str(Recipe.NONE),
    help="How weights are stored: as they are, halved (float16), or in 8 bits (dynamic, int8); "
    "auto measures them all and keeps the best.",
)
@click.option(
    "--max-loss",
    callback=_share,
    default="0.5%",
    metavar="SHARE",
    help="With --recipe auto: how much accuracy may be lost.",
)
@click.option(
    "--softmax/--no-softmax",
    default=None,
    help="Make probabilities of the outputs.  [default: where they are logits]",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Pictures to compare both models on, and to calibrate int8 with.  [default: drawn ones]",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    help="How far scores may differ.  [default: by the recipe, from 0.0001 up]",
)
@click.option(
    "--agreement",
    callback=_share,
    metavar="SHARE",
    help="On how many of the pictures the category must be the same.  "
    "[default: 98% with 8 bits, else 100%]",
)
@click.option(
    "--allow-code",
    "allowed_code",
    multiple=True,
    metavar="NAME",
    help="Run the code of the Lambda layer of this name. Only for files that you trust.",
)
@click.option("--verbose", is_flag=True, help="Show all that TensorFlow prints.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(*, model: Path, labels: str | None, as_json: bool, **options: Any) -> None:
    """Turn a trained classifier into one self-contained .tflite file.

    MODEL is a .keras, .h5 or .tflite file, or a SavedModel's folder. The result takes pixels, has
    the preprocessing and the labels inside, and is written only if it answers as the original does.
    """
    request, reporter = _request(model, labels, **options), _ElapsedReporter()
    if options["recipe"] == _AUTO:
        choice = convert_by_measurement(request, max_loss=options["max_loss"], reporter=reporter)
        conversion, measured = choice.conversion, _measured(choice)
    else:
        conversion, measured = convert(request, reporter), {}
    click.echo(_json(conversion, measured) if as_json else conversion.model.path)


def _request(model: Path, labels: str | None, **options: Any) -> ConversionRequest:
    ending = ".tulle.tflite" if model.suffix == ".tflite" else ".tflite"
    channels = options["channels"]
    return ConversionRequest(
        source=model,
        output=options["output"] or model.with_suffix(ending),
        labels=read_labels(labels) if labels else None,
        preprocessing=options["preprocessing"],
        mean=options["mean"],
        std=options["std"],
        channels=Channels(channels) if channels else None,
        resize=Resize(
            interpolation=Interpolation(options["interpolation"]), fit=Fit(options["fit"])
        ),
        exif=not options["ignore_exif"],
        recipe=Recipe.NONE if options["recipe"] == _AUTO else Recipe(options["recipe"]),
        softmax=options["softmax"],
        pictures=options["pictures"],
        tolerance=options["tolerance"],
        agreement=options["agreement"],
        allowed_code=options["allowed_code"],
        verbose=options["verbose"],
    )


def _measured(choice: Choice) -> dict[str, Any]:
    return {
        "max_loss": choice.max_loss,
        "pictures": choice.pictures,
        "recipes": [asdict(measurement) for measurement in choice.measurements],
    }


def _json(conversion: Conversion, measured: dict[str, Any]) -> str:
    model = conversion.model
    content = {
        "schema": 1,
        "path": str(model.path),
        "sha256": model.sha256,
        "size_bytes": model.size_bytes,
        "source_sha256": conversion.source_sha256,
        "signature": asdict(model.signature),
        "preprocessing": conversion.preprocessing,
        "recipe": conversion.recipe,
        "softmax": asdict(conversion.softmax),
        "parity": asdict(conversion.parity),
    }
    if measured:
        content["measured"] = measured
    return json.dumps(content, ensure_ascii=False, indent=2)


class _ElapsedReporter:
    """A `Reporter` that says with each step how many seconds have passed."""

    def __init__(self) -> None:
        terminal = TerminalReporter()
        self.note, self.warn, self.done = terminal.note, terminal.warn, terminal.done
        self.progress = terminal.progress
        self._show, self._start = terminal.step, time.monotonic()

    def step(self, text: str) -> None:
        self._show(f"{time.monotonic() - self._start:5.1f} s  {text}")
