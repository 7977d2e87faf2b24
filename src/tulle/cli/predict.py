"""Owns `tulle predict`."""

from __future__ import annotations

import json

import click

from tulle.api.predict import Prediction, predict
from tulle.cli.bars import score_lines
from tulle.cli.failure import describe

__all__ = ["command"]


@click.command("predict")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE|URL...")
@click.option(
    "--model",
    default="clothing",
    show_default=True,
    help="A built-in model's name, or the path of a .tflite file.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    help="Show the N highest scores.  [default: all of one picture, 3 of each of several]",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object to stdout.")
def command(*, pictures: tuple[str, ...], model: str, top: int | None, as_json: bool) -> None:
    """Classify pictures, as the function would.

    Each PICTURE|URL is a JPEG, PNG, WebP, GIF or BMP file, or an http(s) address of one. A picture that
    cannot be read is reported and the others go on; the exit code then tells of it.
    """
    predictions = []
    for prediction in predict(pictures, model=model):
        predictions.append(prediction)
        if prediction.error is not None:
            click.echo(describe(prediction.error), err=True)
        elif not as_json:
            shown = top or (3 if len(pictures) > 1 else len(prediction.scores))
            click.echo(_render(prediction, shown))
    if as_json:
        click.echo(
            json.dumps(
                {"predictions": [_jsonable(p) for p in predictions]}, ensure_ascii=False, indent=2
            )
        )
    failed = [prediction.error for prediction in predictions if prediction.error is not None]
    if failed:
        raise click.exceptions.Exit(failed[0].exit_code)


def _render(prediction: Prediction, top: int) -> str:
    timings = ", ".join(f"{name} {ms:.1f} ms" for name, ms in prediction.timings_ms)
    lines = score_lines(
        prediction.category, prediction.scores, of=prediction.picture, remark=timings, top=top
    )
    return "\n".join(lines)


def _jsonable(prediction: Prediction) -> dict[str, object]:
    if prediction.error is not None:
        error = prediction.error
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        return {"picture": prediction.picture, "error": problem}
    return {
        "picture": prediction.picture,
        "category": prediction.category,
        "scores": dict(prediction.scores),
        "timings_ms": {name: round(ms, 3) for name, ms in prediction.timings_ms},
    }
