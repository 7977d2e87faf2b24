"""Owns the rules of `tulle.toml`: which keys there are, and what each may say."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tulle.errors import Finding, Severity
from tulle.project.api_rules import API, conflicts
from tulle.project.deploy import DEPLOY
from tulle.project.project import PackageType
from tulle.project.stages import for_stage
from tulle.project.values import (
    Each,
    any_text,
    boolean,
    matching,
    one_of,
    text,
    texts,
    whole_number,
)
from tulle.project.variables import variable_name, variables_size_problem
from tulle.target import Architecture, runtimes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tulle.project.values import Check, Schema

    Section = Mapping[str, object]

__all__ = ["check_project", "check_stages", "names_function"]


def check_project(content: Section) -> tuple[Finding, ...]:
    """List all that is wrong with a project file's content."""
    return (*_table("", content, _PROJECT), *_missing(content), *_conflicts(content))


def check_stages(stages: object, content: Section) -> tuple[Finding, ...]:
    """List all that is wrong with what is said for single stages, in use or not.

    Args:
        stages: the content of `[stages]`.
        content: what the file says for all of them.
    """
    found = tuple(_entry("stages", stages, Each(key=_STAGE_NAME, value=_STAGE)))
    if found or not isinstance(stages, dict):
        return found
    known = tuple(_conflicts(content))
    return tuple(
        _error(finding.code, f"for the stage {name}, {finding.message}", finding.hint)
        for name, said in stages.items()
        for finding in _conflicts(for_stage(content, said))
        if finding not in known
    )


def names_function(content: Section) -> bool:
    """Tell whether it says what runs: a model, or a handler."""
    function = content.get("function")
    has_handler = isinstance(function, dict) and "handler" in function
    return content.get("model") is not None or has_handler


def _labels(value: object) -> str | None:
    fine = not text(value) or (value and not texts(value))
    return None if fine else "must be a file's name or a list of labels"


_STAGE_NAME = matching(
    r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?", "a stage's name, such as prod"
)
_PROJECT: Schema = {
    "name": matching(r"[a-zA-Z0-9-_]{1,64}", "at most 64 letters, digits, hyphens and underscores"),
    "model": {"path": text, "labels": _labels, "preprocessing": text},
    "function": {
        "runtime": one_of(runtimes()),
        "architecture": one_of(tuple(Architecture)),
        "memory_mb": whole_number(128, 10_240),
        "timeout_s": whole_number(1, 900),
        "handler": matching(r"[^\s.]+([./][^\s./]+)*\.[^\s./]+", "of the form module.function"),
        "requirements": texts,
        "environment": Each(key=variable_name, value=any_text),
        "tracing": boolean,
        "reserved_concurrency": whole_number(0, 1_000_000),
    },
    "package": {
        "type": one_of(tuple(PackageType)),
        "base": text,
        "exclude": texts,
        "accept": texts,
    },
    "api": API,
    "deploy": DEPLOY,
}
_STAGE: Schema = {section: keys for section, keys in _PROJECT.items() if section != "name"}


def _table(place: str, table: Section, schema: Schema) -> Iterator[Finding]:
    """Check a table by its schema, and the tables within it."""
    for key, value in table.items():
        name = f"{place}{key}"
        if key in schema:
            yield from _entry(name, value, schema[key])
        else:
            yield _unknown(key, name, schema)


def _entry(name: str, value: object, wanted: Check | Each | Schema) -> Iterator[Finding]:
    if callable(wanted):
        problem = wanted(value)
        if problem:
            yield _error("wrong-value", f"`{name}` is {value!r}", f"it {problem}")
    elif not isinstance(value, dict):
        yield _error("wrong-value", f"`{name}` must be a section", f"write it as [{name}]")
    elif isinstance(wanted, Each):
        for key, said in value.items():
            yield from _entry(f"{name}.{key}", key, wanted.key)
            yield from _entry(f"{name}.{key}", said, wanted.value)
    else:
        yield from _table(f"{name}.", value, wanted)


def _unknown(key: str, name: str, schema: Schema) -> Finding:
    near = get_close_matches(key, schema, n=1)
    homes = [home for home, keys in _PROJECT.items() if isinstance(keys, dict) and key in keys]
    stage = re.match(r"stages\.[^.]+\.", name)
    if near:
        hint = f"did you mean `{near[0]}`?"
    elif homes:
        hint = f"it belongs under [{stage[0] if stage else ''}{homes[0]}]"
    else:
        hint = f"known here are {', '.join(schema)}"
    return _error("unknown-key", f"there is no key `{name}`", hint)


def _missing(content: Section) -> Iterator[Finding]:
    """Look at what must be there at all."""
    model = content.get("model")
    if isinstance(model, dict) and "path" not in model:
        yield _error("missing-key", "[model] names no file", 'write path = "model.keras" under it')
    if not names_function(content):
        yield _error(
            "nothing-to-build",
            "neither a model nor a handler is named",
            'write path = "model.keras" under [model], or name the model on the command line',
        )


def _conflicts(content: Section) -> Iterator[Finding]:
    """Look at what goes ill together."""
    function, api = content.get("function"), content.get("api")
    environment = function.get("environment") if isinstance(function, dict) else None
    if isinstance(environment, dict) and (problem := variables_size_problem(environment)):
        yield _error("conflict", problem, "put what is long into a file of the function")
    if isinstance(api, dict):
        yield from (_error("conflict", message, hint) for message, hint in conflicts(api))


def _error(code: str, message: str, hint: str) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, message=message, hint=hint)
