"""Owns `tulle evaluate`: its options, its story, and its result as JSON."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tulle.api.evaluate import evaluate, plan_evaluation, write_html_report
from tulle.cli.evaluation_table import render
from tulle.cli.failure import describe
from tulle.cli.reporter import TerminalReporter
from tulle.errors import UsageError

if TYPE_CHECKING:
    from tulle.api.evaluate import Evaluation, EvaluationPlan, ModelEvaluation

__all__ = ["command"]

_NAMED = 10  # unreadable pictures that the story names; --json and --html name all


@click.command("evaluate")
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write a report to look at: one file, with pictures of the worst mistakes.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="How many processes run a model at once, with one thread each.  [default: one a processor]",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object to stdout.")
def command(
    *, models: tuple[str, ...], folder: Path, html: Path | None, workers: int | None, as_json: bool
) -> None:
    """Judge models on pictures whose categories are known.

    Each MODEL is a built-in model's name or a .tflite file. FOLDER holds one folder for each category,
    named as the models' labels are, with pictures in it.
    """
    if html is not None and not html.absolute().parent.is_dir():
        raise UsageError(
            f"there is no folder {html.parent} to write {html.name} to", hint="make it first"
        )
    plan = plan_evaluation(models, folder)
    start = time.monotonic()
    evaluation = _evaluate(plan, workers)
    elapsed_s = time.monotonic() - start
    _tell(evaluation)
    TerminalReporter().done(
        f"{plan.answers} answers in {elapsed_s:.1f} s: {plan.answers / elapsed_s:.0f} pictures a second, "
        f"{evaluation.workers} at once"
    )
    click.echo(_json(evaluation) if as_json else render(evaluation))
    if html is not None:
        _write(evaluation, html)
    if evaluation.failed:
        raise click.exceptions.Exit(evaluation.failed[0].error.exit_code)


def _evaluate(plan: EvaluationPlan, workers: int | None) -> Evaluation:
    with click.progressbar(
        length=plan.answers, label="→ Evaluate", file=sys.stderr, show_pos=True
    ) as progress:
        return evaluate(plan, workers=workers, advance=progress.update)


def _write(evaluation: Evaluation, html: Path) -> None:
    try:
        write_html_report(evaluation, html)
    except OSError as exc:
        raise UsageError(
            f"the report cannot be written to {html} ({(exc.strerror or str(exc)).lower()})",
            hint="name another place with --html",
        ) from exc
    TerminalReporter().note(f"report: {html}")


def _tell(evaluation: Evaluation) -> None:
    """Tell what no figure speaks of."""
    reporter = TerminalReporter()
    for entry in evaluation.left_out:
        reporter.warn(
            f"left out: {entry.category} {entry.reason} ({_count(entry.pictures, 'picture')})"
        )
    if evaluation.loose_pictures:
        what = _count(evaluation.loose_pictures, "picture")
        reporter.warn(f"left out: {what} in no category's folder")
    for unread in evaluation.unread[:_NAMED]:
        reporter.warn(f"skipped: {unread.picture}: {unread.problem}")
    if len(evaluation.unread) > _NAMED:
        reporter.warn(
            f"skipped: {len(evaluation.unread)} pictures in all; --json and --html name them"
        )
    for failed in evaluation.failed:
        click.echo(describe(failed.error), err=True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _json(evaluation: Evaluation) -> str:
    content = {
        "schema": 1,
        "folder": str(evaluation.folder),
        "pictures": evaluation.pictures,
        "workers": evaluation.workers,
        "unread": [asdict(unread) for unread in evaluation.unread],
        "left_out": [asdict(entry) for entry in evaluation.left_out],
        "loose_pictures": evaluation.loose_pictures,
        "models": [_jsonable(model) for model in evaluation.models],
        "failed": [
            {
                "name": failed.name,
                "error": {
                    "code": failed.error.code,
                    "message": failed.error.message,
                    "hint": failed.error.hint,
                },
            }
            for failed in evaluation.failed
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _jsonable(evaluation: ModelEvaluation) -> dict[str, object]:
    model = evaluation.model
    return {
        "name": evaluation.name,
        "path": str(model.path),
        "sha256": model.sha256,
        "size_bytes": model.size_bytes,
        **asdict(evaluation.figures),
        "calibration": asdict(evaluation.calibration) if evaluation.calibration else None,
        "decode": asdict(evaluation.decode),
        "infer": asdict(evaluation.infer),
        "mistakes": [asdict(mistake) for mistake in evaluation.mistakes],
    }
