"""Owns what a single value of a project file may be: checks that say what it must be instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = [
    "Check",
    "Each",
    "Schema",
    "any_text",
    "boolean",
    "list_of",
    "matching",
    "number",
    "one_of",
    "text",
    "texts",
    "whole_number",
]

Check = Callable[[object], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """A table whose keys are the user's own names, each with a table of one form.

    Args:
        key: what such a name must be.
        value: what it holds.
    """

    key: Check
    value: Schema | Check


Schema = dict[str, "Check | Each | Schema"]


def text(value: object) -> str | None:
    """Take a text that says something."""
    return None if isinstance(value, str) and value.strip() else "must be a text"


def any_text(value: object) -> str | None:
    """Take a text, also an empty one."""
    return None if isinstance(value, str) else "must be a text"


def texts(value: object) -> str | None:
    """Take a list of such texts."""
    return list_of(text, "texts")(value)


def boolean(value: object) -> str | None:
    """Take true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def list_of(check: Check, meaning: str) -> Check:
    """Take a list of which every item passes a check."""

    def check_all(value: object) -> str | None:
        good = isinstance(value, list) and not any(check(item) for item in value)
        return None if good else f"must be a list of {meaning}"

    return check_all


def matching(pattern: str, meaning: str) -> Check:
    """Take a text of a form."""

    def check(value: object) -> str | None:
        fits = isinstance(value, str) and re.fullmatch(pattern, value)
        return None if fits else f"must be {meaning}"

    return check


def one_of(choices: tuple[str, ...]) -> Check:
    """Take one of some texts."""

    def check(value: object) -> str | None:
        return None if value in choices else f"must be one of {', '.join(choices)}"

    return check


def whole_number(low: int, high: int) -> Check:
    """Take a whole number within limits."""

    def check(value: object) -> str | None:
        fits = type(value) is int and low <= value <= high
        return None if fits else f"must be a whole number from {low} to {high}"

    return check


def number(low: float, high: float) -> Check:
    """Take a number within limits."""

    def check(value: object) -> str | None:
        fits = type(value) in {int, float} and low <= value <= high  # type: ignore[operator]  # told by its type
        return None if fits else f"must be a number from {low:g} to {high:g}"

    return check
