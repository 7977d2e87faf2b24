"""Owns the first `tulle.toml` of a project: what is known of it, and what most people change next."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import InvalidProject, count_problems, describe_findings
from tulle.project.check import check_project

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Starter", "starter_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What a new project file says.

    Args:
        name: the function's.
        model: a model's path or built-in name; None where the user's handler needs none.
        labels: a file's name, or the labels; None where the model has them.
        preprocessing: what the model was trained with; None where the model says it.
        handler: the user's own; None takes tulle's.
        package: `image` or `zip`.
        api: `http`, `rest`, `url` or `none`.
        architecture: `x86_64` or `arm64`.
    """

    name: str
    model: str | None = None
    labels: str | tuple[str, ...] | None = None
    preprocessing: str | None = None
    handler: str | None = None
    package: str = "image"
    api: str = "http"
    architecture: str = "x86_64"


def starter_text(starter: Starter) -> str:
    """Write the file.

    Raises:
        InvalidProject: something that was asked for cannot be.
    """
    text = "\n".join(_lines(starter)) + "\n"
    findings = check_project(tomllib.loads(text))
    if findings:
        raise InvalidProject(
            f"no project can be made of that: {count_problems(findings)}",
            hint=findings[0].hint,
            detail=describe_findings(findings),
        )
    return text


def _lines(starter: Starter) -> Iterator[str]:
    yield f"name = {_toml(starter.name)}"
    if starter.model is not None:
        yield from ("", "[model]", f"path = {_toml(starter.model)}")
        if starter.labels is not None:
            yield f"labels = {_toml(starter.labels)}"
        if starter.preprocessing is not None:
            yield f"preprocessing = {_toml(starter.preprocessing)}"
    yield from ("", "[function]")
    if starter.handler is not None:
        yield f"handler = {_toml(starter.handler)}"
        yield "requirements = []            # what it imports, as for pip"
    yield f'{f"architecture = {_toml(starter.architecture)}":<28} # "x86_64", or "arm64", which costs a fifth less'
    yield "memory_mb = 1024             # `tulle tune` finds the best"
    yield "timeout_s = 30"
    yield from ("", "[package]")
    yield f'{f"type = {_toml(starter.package)}":<28} # "image" or "zip"'
    yield from ("", "[api]")
    yield f'{f"type = {_toml(starter.api)}":<28} # "http", "rest", "url" (a function URL) or "none"'
    if starter.handler is None:
        yield 'route = "/predict"'
    elif starter.api == "rest":
        yield 'routes = ["/", "/{proxy+}"]  # every request goes to the handler'
    else:
        yield 'route = "$default"           # every request goes to the handler'


def _toml(value: str | tuple[str, ...]) -> str:
    """Write a text or a list of texts; JSON's form of them is TOML's too."""
    return json.dumps(value, ensure_ascii=False)
