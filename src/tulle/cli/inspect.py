"""Owns `tulle inspect`: its options, and how a model's file is shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tulle.api.inspect import FileReport, TensorSummary, inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["command"]

_HEADING = 12  # columns
_MOST_LABELS = 20


@click.command("inspect")
@click.argument("model", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(*, model: str, as_json: bool) -> None:
    """Tell what is in a .tflite file, and how it runs on this machine.

    FILE is any .tflite file, made by tulle or not, or the name of a built-in model. It is read, and run in
    a process of its own.
    """
    report = inspect(model)
    click.echo(_json(report) if as_json else "\n".join(_lines(report)))


def _json(report: FileReport) -> str:
    content = {"schema": 1, **asdict(report.inspection)}
    content["path"] = str(report.inspection.path)
    for name in ("weights", "operators"):
        content[name] = dict(content[name])
    trial = asdict(report.trial)
    trial["xnnpack_operators"] = dict(trial["xnnpack_operators"])
    content["wanted"] = report.wanted and {
        "preprocessing": report.wanted.preprocessing.name,
        "reason": report.wanted.reason,
        "certain": report.wanted.certain,
    }
    content |= {"trial": trial, "servable": report.obstacle is None, "obstacle": report.obstacle}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _lines(report: FileReport) -> Iterator[str]:
    file = report.inspection
    yield click.style(str(file.path), bold=True)
    yield _line("sha256", file.sha256)
    yield ""
    for heading, tensors in (("takes", file.inputs), ("gives", file.outputs)):
        for tensor in tensors:
            yield _line(heading, _tensor(tensor))
    yield _line("labels", _labels(file.labels))
    yield from _wanted(report)
    yield from _served(report)
    yield ""
    yield from _folded(report)
    yield from _sizes(report)
    yield ""
    yield from _operators(report)
    yield ""
    yield _line("one run", _trial(report))


def _line(heading: str, text: str) -> str:
    return f"  {click.style(f'{heading:<{_HEADING}}', dim=True)}{text}"


def _tensor(tensor: TensorSummary) -> str:
    mapping = ""
    if tensor.scale is not None:
        zero_point = tensor.zero_point or 0
        number = f"(n {'+' if zero_point < 0 else '-'} {abs(zero_point)})" if zero_point else "n"
        mapping = f", n stands for {tensor.scale:.6g} × {number}"
    return f"{tensor}{mapping}  {click.style(tensor.name, dim=True)}"


def _labels(labels: tuple[str, ...]) -> str:
    if not labels:
        return "none in the file"
    shown = ", ".join(labels[:_MOST_LABELS])
    more = len(labels) - _MOST_LABELS
    return f"{len(labels)}: {shown}" + (f", and {more} more" if more > 0 else "")


def _wanted(report: FileReport) -> Iterator[str]:
    stated, wanted = report.inspection.normalization, report.wanted
    if wanted is None:
        return
    if stated is not None:
        mean, std = (", ".join(f"{number:g}" for number in numbers) for numbers in stated)
        yield _line("says", f"its input is normalised by mean {mean} and std {std}")
    perhaps = "" if wanted.certain else "perhaps "
    yield _line("wants", f"{perhaps}preprocessing {wanted.preprocessing.name}: {wanted.reason}")


def _served(report: FileReport) -> Iterator[str]:
    if report.obstacle is None:
        yield _line("served", "yes, as it is")
    else:
        yield _line("served", f"not as it is: {report.obstacle}")
        yield _line("", report.way_out or "")


def _folded(report: FileReport) -> Iterator[str]:
    file = report.inspection
    if not file.folded:
        made = file.description.rstrip(".") or "it does not say"
        yield _line("made by", f"{made}; not by tulle, so nothing is known to be folded in")
        return
    resize = file.folded.get("resize", {})
    yield _line("folded in", f"preprocessing {file.folded.get('preprocessing', 'unknown')}")
    yield _line("resizing", f"{resize.get('interpolation')}, {resize.get('fit')}")
    yield _line("upright", "by EXIF" if file.folded.get("exif", True) else "no: EXIF is ignored")
    yield _line("recipe", file.folded.get("recipe", "none"))
    yield _line("made from", f"sha256 {file.folded.get('source_sha256', 'unknown')}")


def _sizes(report: FileReport) -> Iterator[str]:
    file = report.inspection
    weights = sum(size for _, size in file.weights)
    kinds = ", ".join(f"{kind} {_size(size)}" for kind, size in file.weights)
    rest = max(0, file.size_bytes - weights - file.metadata_bytes)
    yield _line("parameters", f"{file.parameters:,}")
    yield _line("weights", f"{_size(weights)} ({kinds})" if weights else "none")
    yield _line(
        "file",
        f"{_size(file.size_bytes)}: weights {_size(weights)}, graph {_size(rest)}, "
        f"metadata {_size(file.metadata_bytes)}",
    )
    if file.custom:
        yield _line("needs", f"operators that are not LiteRT's own: {', '.join(file.custom)}")
    if file.min_runtime_version:
        yield _line("needs", f"TensorFlow Lite {file.min_runtime_version} or later")


def _operators(report: FileReport) -> Iterator[str]:
    file, trial = report.inspection, report.trial
    ran = trial.error is None
    taken = dict(trial.xnnpack_operators)
    width = max((len(name) for name, _ in file.operators), default=0) + 2
    heading = f"{'operators':<{_HEADING + width}}{'count':>7}" + (f"{'XNNPACK':>10}" if ran else "")
    yield f"  {click.style(heading, dim=True)}"
    for name, count in sorted(file.operators, key=lambda pair: (-pair[1], pair[0])):
        share = f"{taken.get(name, 0) or '–':>10}" if ran else ""
        yield f"  {'':<{_HEADING}}{name:<{width}}{count:>7}{share}"
    total = sum(count for _, count in file.operators)
    share = f"{sum(taken.values()):>10}" if ran else ""
    parts = f"  in {_count(trial.xnnpack_parts, 'part')}" if trial.xnnpack_parts else ""
    yield f"  {'':<{_HEADING}}{'all':<{width}}{total:>7}{share}{click.style(parts, dim=True)}"


def _trial(report: FileReport) -> str:
    trial = report.trial
    if trial.error is not None:
        return f"failed: {trial.error}"
    assert trial.infer_ms is not None  # noqa: S101 (it ran)
    time = f"{trial.infer_ms:.3g} ms" if trial.infer_ms >= 0.01 else "less than 0.01 ms"
    where = click.style("(one thread, on this machine)", dim=True)
    return f"{time}, {_size(trial.memory_bytes or 0)} of memory {where}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _size(size_bytes: int) -> str:
    if size_bytes >= 1e6:
        return f"{size_bytes / 1e6:.1f} MB"
    return f"{size_bytes / 1e3:.1f} kB" if size_bytes >= 1e3 else f"{size_bytes} B"
