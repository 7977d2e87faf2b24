"""Owns JSON as the console reads it: only what a browser reads too, and what can be written again."""

from __future__ import annotations

import json
import math
from typing import NoReturn

__all__ = ["Json", "describe_fault", "parse_json"]

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None

_DEPTH = 200


def parse_json(text: str | bytes) -> Json:
    """Parse JSON.

    Raises:
        ValueError: it is none, or it has Python's own NaN or numbers without end, or it is nested so deep
            that other programs may fail with it.
    """
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as exc:
        raise ValueError(_TOO_DEEP) from exc
    if _is_deep(value):
        raise ValueError(_TOO_DEEP)
    return value


def describe_fault(fault: ValueError) -> str:
    """Say where a text is no JSON."""
    match fault:
        case json.JSONDecodeError(msg=message, lineno=line, colno=column):
            return f"line {line}, column {column}: {message}"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            return str(fault)


_TOO_DEEP = f"it is nested deeper than {_DEPTH} times"


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(_DEPTH):
        level = [inner for each in level for inner in _containers(each)]
        if not level:
            return False
    return True


def _containers(value: Json) -> list[Json]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inner if isinstance(each, dict | list)]
