"""Owns the operations of the Lambda API: which one a method and a path mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Operation", "Operations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation that is called, and the parameters in its path."""

    name: str
    parameters: Mapping[str, str]


class Operations:
    """All operations of AWS's Lambda API, those included that the local one does not have.

    Left out are the few that differ from another one only by the query.
    """

    def __init__(self) -> None:
        text = files("tulle.emulator.lambda_api").joinpath("operations.json").read_text("utf-8")
        self._rows = [_row(name, line) for name, line in sorted(json.loads(text).items())]

    @property
    def versions(self) -> tuple[str, ...]:
        """The dates with which the paths begin."""
        return tuple(sorted({row.template[0] for row in self._rows}))

    def find(self, method: str, raw_path: str) -> Operation | None:
        """Give the operation that is called."""
        parts = _parts(raw_path)
        for row in self._rows:
            if row.method == method and _fits(row.template, parts):
                return Operation(name=row.name, parameters=_parameters(row.template, parts))
        return None

    def methods(self, raw_path: str) -> tuple[str, ...]:
        """List the methods that a path has."""
        parts = _parts(raw_path)
        return tuple(sorted({row.method for row in self._rows if _fits(row.template, parts)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    name: str
    method: str
    template: tuple[str, ...]


def _row(name: str, line: str) -> _Row:
    method, path = line.split(" ")
    return _Row(name=name, method=method, template=_parts(path))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _fits(template: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return len(template) == len(parts) and all(
        bool(part) if wanted.startswith("{") else wanted == part
        for wanted, part in zip(template, parts, strict=True)
    )


def _parameters(template: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str]:
    pairs = zip(template, parts, strict=True)
    return {name.strip("{}"): unquote(part) for name, part in pairs if name.startswith("{")}
