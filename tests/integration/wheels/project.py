"""A project that takes packages from an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.bundle.wheels.bytecode import find_interpreter
from tulle.bundle.wheels.dependencies import dependencies
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.bundle.wheels.store import Dependencies
    from tulle.target import Target

__all__ = ["Project", "Story", "lay_out"]


class Story(SilentReporter):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.notes: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project's folder and its cache, in an environment."""

    folder: Path
    cache: Path
    environ: Mapping[str, str]
    story: Story = field(default_factory=Story)

    @property
    def lock(self) -> Path:
        return self.folder / "tulle.lock"

    def dependencies(self, target: Target, *requirements: str, with_runtime: bool) -> Dependencies:
        return dependencies(
            requirements,
            target,
            with_runtime=with_runtime,
            interpreter=find_interpreter(target.python, self.environ),
            lock=self.lock,
            cache=self.cache,
            environ=self.environ,
            reporter=self.story,
        )


def lay_out(found: Dependencies, folder: Path) -> Path:
    """Put a function's packages where it would find them."""
    for file in found.files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read())
    return folder
