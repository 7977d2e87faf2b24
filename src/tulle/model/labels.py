"""Owns labels: the names of a model's categories, in the order of its outputs."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from pathlib import Path

from tulle.errors import InvalidLabels, UsageError

__all__ = [
    "are_numbered",
    "check_count",
    "check_labels",
    "check_source_count",
    "parse_labels",
    "read_labels",
]

_ORDER = "in the order of the model's outputs"
_NUMBERED = re.compile(r"(\d+)(?:\s*[:,;=]\s*|\s+)(\S.*)")


def read_labels(source: str) -> tuple[str, ...]:
    """Read labels from a text file with one a line, or from a list with commas.

    Args:
        source: the path of the file, or the list itself (`cat,dog`).
    """
    path = Path(source)
    if path.is_file():
        return parse_labels(path.read_bytes(), path.name)
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
    if len(labels) == outputs:
        return
    more = ""
    if outputs == 1:
        more = "; for a single sigmoid output, two: what 0 stands for, then what 1 stands for"
    elif outputs == len(labels) + 1:
        more = "; if the first output is for none of them, write `background` as the first line"
    raise InvalidLabels(
        f"the model has {_count(outputs, 'output')} and {_count(len(labels), 'label')} "
        f"{'is' if len(labels) == 1 else 'are'} given",
        hint=f"give one label for each output, {_ORDER}{more}",
    )


def check_source_count(labels: tuple[str, ...], outputs: int) -> None:
    """Refuse labels that are not one for each output of a source, of which a single one may have two."""
    check_count(labels, 2 if (outputs, len(labels)) == (1, 2) else outputs)


def are_numbered(content: bytes) -> bool:
    """Say whether a file's lines are numbered from 0, as Teachable Machine writes them."""
    lines = [
        line.split() for line in content.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()
    ]
    numbers = [line[0] for line in lines if len(line) > 1]
    return bool(lines) and numbers == [str(number).encode() for number in range(len(lines))]


def parse_labels(content: bytes, name: str) -> tuple[str, ...]:
    """Read a file of labels: lines, or JSON with a list of names, or names and their numbers.

    Blank lines are passed over. Where all lines are numbered in order, as Teachable Machine writes them (`0 name`),
    the numbers are no part of the names. A name that is there again gets a number: `crane`, `crane (2)`.

    Args:
        content: text in UTF-8, or in UTF-16 with a byte-order mark.
        name: the file's name, for errors.
    """
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InvalidLabels(
            f"{name} is not a text file in UTF-8", hint=f"write one label a line, {_ORDER}"
        ) from exc
    if (listed := _from_json(text, name)) is not None:
        return _distinct(listed)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InvalidLabels(f"{name} holds no labels", hint=f"write one label a line, {_ORDER}")
    return _distinct(_without_numbers(lines))


def _from_json(text: str, name: str) -> list[str] | None:
    """Read a list of names, or an object of names by number or numbers by name; None where it is no JSON."""
    try:
        content = json.loads(text) if text.lstrip().startswith(("[", "{")) else None
    except ValueError:
        return None
    if isinstance(content, list) and all(isinstance(label, str) for label in content):
        return content
    if isinstance(content, dict) and content:
        pairs = [(key, _name(value)) for key, value in content.items()]
        for numbered in (pairs, [(value, key) for key, value in pairs]):
            by_number = {
                int(number): label for number, label in numbered if label and number.isdecimal()
            }
            first = min(by_number, default=0)
            if sorted(by_number) == [*range(first, first + len(pairs))] and first in {0, 1}:
                return [by_number[number] for number in sorted(by_number)]
    if content is None:
        return None
    raise InvalidLabels(
        f"{name} is JSON of which no order can be read",
        hint="write a list of names, or an object of names and their numbers from 0, or one label a line",
    )


def _name(value: object) -> str:
    """Take what a category is called; Keras's list for ImageNet has a code before it: `["n01440764", "tench"]`."""
    if isinstance(value, list) and len(value) == 2:
        value = value[1]
    return str(value) if isinstance(value, str | int) else ""


def _without_numbers(lines: list[str]) -> list[str]:
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(match[1]) for match in numbered if match]
    if numbers in ([*range(len(lines))], [*range(1, len(lines) + 1)]):
        return [match[2] for match in numbered if match]
    return lines


def _distinct(labels: list[str]) -> tuple[str, ...]:
    times: Counter[str] = Counter()
    names = []
    for label in labels:
        times[label] += 1
        names.append(label if times[label] == 1 else f"{label} ({times[label]})")
    return tuple(names)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
