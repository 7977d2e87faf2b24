"""Owns the rules of `tulle.toml`: which keys there are, and what each may say."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tulle.errors import Finding, Severity
from tulle.project.project import ApiType, PackageType
from tulle.target import Architecture, runtimes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Section = Mapping[str, object]
    Check = Callable[[object], str | None]

__all__ = ["check_project"]


def check_project(content: Section) -> tuple[Finding, ...]:
    """List all that is wrong with a project file's content."""
    return (*_top(content), *_sections(content), *_whole(content))


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a text"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and not any(_text(item) for item in value)
    return None if good else "must be a list of texts"


def _labels(value: object) -> str | None:
    fine = not _text(value) or (value and not _texts(value))
    return None if fine else "must be a file's name or a list of labels"


def _matching(pattern: str, meaning: str) -> Check:
    def check(value: object) -> str | None:
        fits = isinstance(value, str) and re.fullmatch(pattern, value)
        return None if fits else f"must be {meaning}"

    return check


def _one_of(choices: tuple[str, ...]) -> Check:
    def check(value: object) -> str | None:
        return None if value in choices else f"must be one of {', '.join(choices)}"

    return check


def _number(low: int, high: int) -> Check:
    def check(value: object) -> str | None:
        fits = type(value) is int and low <= value <= high
        return None if fits else f"must be a whole number from {low} to {high}"

    return check


_TOP: dict[str, Check] = {
    "name": _matching(r"[a-zA-Z0-9-_]{1,64}", "at most 64 letters, digits, hyphens and underscores")
}
_SECTIONS: dict[str, dict[str, Check]] = {
    "model": {"path": _text, "labels": _labels, "preprocessing": _text},
    "function": {
        "runtime": _one_of(runtimes()),
        "architecture": _one_of(tuple(Architecture)),
        "memory_mb": _number(128, 10_240),
        "timeout_s": _number(1, 900),
        "handler": _matching(r"[^\s.]+([./][^\s./]+)*\.[^\s./]+", "of the form module.function"),
        "requirements": _texts,
    },
    "package": {
        "type": _one_of(tuple(PackageType)),
        "base": _text,
        "exclude": _texts,
        "accept": _texts,
    },
    "api": {
        "type": _one_of(tuple(ApiType)),
        "route": _matching(r"/[^\s?#{}]*", "a path that begins with a slash"),
    },
}


def _top(content: Section) -> Iterator[Finding]:
    for key, value in content.items():
        if key in _TOP:
            yield from _value(key, value, _TOP[key])
        elif key not in _SECTIONS:
            yield _unknown(key, key, (*_TOP, *_SECTIONS))
        elif not isinstance(value, dict):
            yield _error("wrong-value", f"`{key}` must be a section", f"write it as [{key}]")


def _sections(content: Section) -> Iterator[Finding]:
    for name, checks in _SECTIONS.items():
        section = content.get(name)
        if not isinstance(section, dict):
            continue
        for key, value in section.items():
            if key in checks:
                yield from _value(f"{name}.{key}", value, checks[key])
            else:
                yield _unknown(key, f"{name}.{key}", tuple(checks))


def _whole(content: Section) -> Iterator[Finding]:
    """Look at what must be there at all."""
    model, function = content.get("model"), content.get("function")
    if isinstance(model, dict) and "path" not in model:
        yield _error("missing-key", "[model] names no file", 'write path = "model.keras" under it')
    if model is None and not (isinstance(function, dict) and "handler" in function):
        yield _error(
            "nothing-to-build",
            "neither a model nor a handler is named",
            'write path = "model.keras" under [model], or name the model: tulle build MODEL',
        )


def _value(key: str, value: object, check: Check) -> Iterator[Finding]:
    problem = check(value)
    if problem:
        yield _error("wrong-value", f"`{key}` is {value!r}", f"it {problem}")


def _unknown(key: str, name: str, known: tuple[str, ...]) -> Finding:
    near = get_close_matches(key, known, n=1)
    homes = [f"[{section}]" for section, keys in _SECTIONS.items() if key in keys]
    if near:
        hint = f"did you mean `{near[0]}`?"
    elif homes:
        hint = f"it belongs under {homes[0]}"
    else:
        hint = f"known here are {', '.join(known)}"
    return _error("unknown-key", f"there is no key `{name}`", hint)


def _error(code: str, message: str, hint: str) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, message=message, hint=hint)
