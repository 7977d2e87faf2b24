"""Owns which files of a project go into its function."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tulle.bundle.bundle import BundleFile, Layer, file_of
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ALWAYS_EXCLUDED", "ORIGIN", "LeftOut", "ProjectFiles", "collect_project_files"]

ORIGIN = "project"

# What no function needs: version control, environments, caches, editors, tulle's own.
ALWAYS_EXCLUDED = (
    ".git",
    ".hg",
    ".svn",
    ".gitignore",
    ".gitattributes",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "__pycache__",
    "*.pyc",
    ".cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
    "*.egg-info",
    "node_modules",
    ".idea",
    ".vscode",
    ".DS_Store",
    ".tulle",
    "tulle.toml",
    "tulle.lock",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file or a folder that stays out of the function."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiles:
    """What was found in a project's folder."""

    files: tuple[BundleFile, ...]
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]


def collect_project_files(
    folder: Path, *, exclude: tuple[str, ...] = (), elsewhere: tuple[Path, ...] = ()
) -> ProjectFiles:
    """Collect a project's files, following the links that stay within it.

    Args:
        folder: the project's, which is the function's root.
        exclude: patterns, as a shell has them, of names or of paths relative to the folder.
        elsewhere: files and folders that are the project's but no code: the model, what is built.
    """
    root = _real(folder)
    patterns = tuple(pattern.rstrip("/") for pattern in exclude)
    walk = _Walk(root, patterns, tuple(map(_real, elsewhere)))
    found = list(walk.through(root, PurePosixPath(), ()))
    return ProjectFiles(
        files=tuple(entry for entry in found if isinstance(entry, BundleFile)),
        left_out=tuple(entry for entry in found if isinstance(entry, LeftOut)),
        findings=tuple(entry for entry in found if isinstance(entry, Finding)),
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    exclude: tuple[str, ...]
    elsewhere: tuple[Path, ...]

    def through(
        self, folder: Path, place: PurePosixPath, above: tuple[Path, ...]
    ) -> Iterator[BundleFile | LeftOut | Finding]:
        """Go through a folder that will be at `place`, below the folders that really are `above`."""
        try:
            paths = sorted(folder.iterdir())
        except OSError as exc:
            yield _unreadable(place, exc)
            return
        for path in paths:
            inner = place / path.name
            reason = self._reason_to_leave_out(path, inner)
            if reason:
                yield LeftOut(path=str(inner), reason=reason)
            else:
                yield from self._take(path, inner, (*above, _real(folder)))

    def _reason_to_leave_out(self, path: Path, place: PurePosixPath) -> str | None:
        if any(fnmatchcase(path.name, pattern) for pattern in ALWAYS_EXCLUDED):
            return "never needed in a function"
        if os.access(path / "pyvenv.cfg", os.F_OK):
            return "a virtual environment"
        for pattern in self.exclude:
            if fnmatchcase(path.name, pattern) or fnmatchcase(str(place), pattern):
                return f"excluded by `{pattern}`"
        return "the model's source, or built from it" if _real(path) in self.elsewhere else None

    def _take(
        self, path: Path, place: PurePosixPath, above: tuple[Path, ...]
    ) -> Iterator[BundleFile | LeftOut | Finding]:
        target = _real(path)
        if not target.is_relative_to(self.root):
            message = f"{place} is a link that leads out of the project, to {target}"
            yield _finding(
                "link-leads-out", place, message, "put a copy in its place, or exclude it"
            )
        elif target in above:
            message = f"{place} is a link to a folder above it"
            yield _finding("link-loop", place, message, "exclude it")
        elif target.is_dir():
            yield from self.through(path, place, above)
        else:
            yield _file(path, place)


def _file(path: Path, place: PurePosixPath) -> BundleFile | Finding:
    try:
        str(place).encode()
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return _finding("not-a-file", place, f"{place} is no ordinary file", "exclude it")
        executable = bool(mode & stat.S_IXUSR)
        return file_of(place, path, origin=ORIGIN, layer=Layer.CODE, executable=executable)
    except UnicodeEncodeError:
        name = str(place).encode(errors="replace").decode()
        message = f"{name} has a name that is not UTF-8"
        return _finding("name-not-unicode", PurePosixPath(name), message, "rename it")
    except OSError as exc:
        return _unreadable(place, exc)


def _unreadable(place: PurePosixPath, error: OSError) -> Finding:
    message = f"{place} cannot be read: {error.strerror}"
    return _finding("unreadable", place, message, "repair it, or exclude it")


def _real(path: Path) -> Path:
    """Follow all links; one that leads to itself stays as it is, where `resolve` would raise."""
    return Path(os.path.realpath(path))


def _finding(code: str, place: PurePosixPath, message: str, hint: str) -> Finding:
    where = ", by `exclude` under [package]" if hint.endswith("exclude it") else ""
    return Finding(
        severity=Severity.ERROR, code=code, message=message, hint=hint + where, path=str(place)
    )
