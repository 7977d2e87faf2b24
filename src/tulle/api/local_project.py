"""Owns the folder of a function that has a handler of its own and a model, kept as it would be packed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tulle.bundle.manifest import model_files
from tulle.bundle.project_files import collect_project_files
from tulle.bundle.served_model import model_source
from tulle.emulator.reload import changed_files
from tulle.errors import TulleError

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath

    from tulle.bundle.bundle import BundleFile
    from tulle.model.file import Model
    from tulle.progress import Reporter
    from tulle.project.project import Project

__all__ = ["ProjectCopy"]

_BUILT = "dist"


class ProjectCopy:
    """A project's own files in another folder, for the model's are put beside them.

    Args:
        folder: an empty folder.
        model: whose files have their places there, whatever the project has of the same names.
    """

    def __init__(self, project: Project, folder: Path, model: Model, reporter: Reporter) -> None:
        self._project = project
        self._folder = folder
        self._reporter = reporter
        self._taken = {file.path for file in model_files(model)}
        self._copied: dict[PurePosixPath, str] = {}
        self._said: set[str] = set()

    def refresh(self) -> None:
        """Copy what is new or has changed, and remove what is gone."""
        source = model_source(self._project)
        found = collect_project_files(
            self._project.folder,
            exclude=self._project.package.exclude,
            elsewhere=(self._project.folder / _BUILT, *((source,) if source else ())),
        )
        files = {file.path: file for file in found.files}
        for path in self._taken & set(files):
            self._warn(
                f"the model's {path} is in the place of the project's, which a build refuses"
            )
            del files[path]
        for finding in found.findings:
            self._warn(f"{finding.message}: {finding.hint}")
        for path in set(self._copied) - set(files):
            (self._folder / path).unlink(missing_ok=True)
            del self._copied[path]
        for path, file in files.items():
            if self._copied.get(path) != file.sha256:
                self._copy(file)
                self._copied[path] = file.sha256

    async def follow(self) -> None:
        """Refresh whenever something changes, until it is cancelled."""
        async for _ in changed_files(self._project.folder):
            try:
                await asyncio.to_thread(self.refresh)
            except (OSError, TulleError) as exc:
                self._reporter.warn(f"the function keeps the files that it has: {exc}")

    def _copy(self, file: BundleFile) -> None:
        path = self._folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}~")
        new.write_bytes(file.read())
        new.chmod(0o755 if file.executable else 0o644)
        new.replace(path)

    def _warn(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._reporter.warn(message)
