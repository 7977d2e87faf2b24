"""Owns `SavedEvents`: the user's test events, each a JSON file of its name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.bundle.output import new_file
from tulle.console.json_text import describe_fault, parse_json
from tulle.console.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tulle.console.json_text import Json

__all__ = ["SavedEvents", "Starter"]

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?")
_COUNT = 100
# A larger event is given only when it is asked for by its name.
_LISTED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """An event to start from, which is no file."""

    name: str
    event: Json


class SavedEvents:
    """A folder of events, and the starters that go before them; a saved one hides a starter of its name.

    Args:
        folder: need not be there before something is saved.
    """

    def __init__(self, folder: Path, starters: Sequence[Starter]) -> None:
        self._folder = folder
        self._starters = {starter.name: starter for starter in starters}

    def describe_all(self) -> list[Json]:
        """List starters and saved events; of large ones only their size."""
        saved = self._saved_names()
        starters = [each for name, each in self._starters.items() if name not in saved]
        return [
            *(_describe_starter(each) for each in starters),
            *(self._describe(name, limit_bytes=_LISTED_BYTES) for name in saved),
        ]

    def describe(self, name: str) -> Json:
        """Give one event."""
        self._path(name)
        if name in self._saved_names():
            return self._describe(name)
        if name in self._starters:
            return _describe_starter(self._starters[name])
        raise Refusal(404, f"no event is named '{name}'", hint="choose one of the list")

    def save(self, name: str, event: bytes) -> None:
        """Write an event, as a whole, in the place of one of the same name."""
        path = self._path(name)
        saved = self._saved_names()
        if name not in saved and len(saved) >= _COUNT:
            raise Refusal(409, f"{_COUNT} events are saved already", hint="delete some of them")
        with new_file(path) as file:
            file.write(event + b"\n")

    def delete(self, name: str) -> None:
        """Remove a saved event."""
        path = self._path(name)
        try:
            path.unlink()
        except FileNotFoundError as exc:
            raise Refusal(
                404, f"no saved event is named '{name}'", hint="choose one that was saved"
            ) from exc
        except OSError as exc:
            raise Refusal(
                500, f"{path} cannot be removed: {exc.strerror}", hint="remove it by hand"
            ) from exc

    def _describe(self, name: str, *, limit_bytes: int | None = None) -> Json:
        path = self._path(name)
        size = path.stat().st_size
        entry: dict[str, Json] = {"name": name, "saved": True, "bytes": size}
        entry["event"] = entry["text"] = None
        if limit_bytes is None or size <= limit_bytes:
            try:
                text = path.read_bytes().decode()
                entry["text"] = text
                entry["event"] = parse_json(text)
            except ValueError as exc:
                entry["fault"] = describe_fault(exc)
        return entry

    def _saved_names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        paths = sorted(self._folder.glob("*.json"))
        names = [path.stem for path in paths if _NAME.fullmatch(path.stem) and path.is_file()]
        return names[:_COUNT]

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Refusal(
                400,
                f"'{name}' cannot be an event's name",
                hint="use 1 to 64 letters (a to z), digits, spaces, hyphens, underscores and dots, "
                "beginning with a letter or a digit",
            )
        return self._folder / f"{name}.json"


def _describe_starter(starter: Starter) -> Json:
    text = json.dumps(starter.event, indent=2, ensure_ascii=False)
    return {
        "name": starter.name,
        "saved": False,
        "bytes": len(text.encode()),
        "event": starter.event,
        "text": text,
    }
