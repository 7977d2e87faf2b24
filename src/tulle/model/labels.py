"""Owns labels: the names of a model's categories, in the order of its outputs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tulle.errors import InvalidLabels, UsageError

__all__ = ["check_count", "check_labels", "read_labels"]

_ORDER = "in the order of the model's outputs"


def read_labels(source: str) -> tuple[str, ...]:
    """Read labels from a text file with one a line, or from a list with commas.

    Args:
        source: the path of the file, or the list itself (`cat,dog`).
    """
    path = Path(source)
    if path.is_file():
        return _lines(path)
    if "," in source:
        return tuple(label.strip() for label in source.split(","))
    raise UsageError(
        f"there is no file of labels at {source}",
        hint=f"give a text file with one label a line, or a list such as 'cat,dog', {_ORDER}",
    )


def check_labels(labels: tuple[str, ...]) -> None:
    """Refuse labels of which one is empty or there twice."""
    empty = [number for number, label in enumerate(labels, 1) if not label]
    if empty:
        raise InvalidLabels(
            f"label {empty[0]} of {len(labels)} is empty",
            hint="each of the model's outputs needs a name: remove the empty line, or fill it",
        )
    twice = [label for label, times in Counter(labels).items() if times > 1]
    if twice:
        raise InvalidLabels(
            f"the label {twice[0]!r} is there {Counter(labels)[twice[0]]} times",
            hint="answers go by label, so each must be different",
        )


def check_count(labels: tuple[str, ...], outputs: int) -> None:
    """Refuse labels that are not one for each output."""
    if len(labels) != outputs:
        only = (
            "; a single sigmoid output is the score of one category: "
            "a softmax over two outputs scores both"
        )
        raise InvalidLabels(
            f"the model has {_count(outputs, 'output')} and {_count(len(labels), 'label')} "
            f"{'is' if len(labels) == 1 else 'are'} given",
            hint=f"give one label for each output, {_ORDER}{only if outputs == 1 else ''}",
        )


def _lines(path: Path) -> tuple[str, ...]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidLabels(
            f"{path} is not a text file in UTF-8", hint=f"write one label a line, {_ORDER}"
        ) from exc
    return tuple(label.strip() for label in text.strip().split("\n"))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
