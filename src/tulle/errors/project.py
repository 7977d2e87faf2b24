"""Owns the errors about a project file that cannot be meant."""

from __future__ import annotations

from tulle.errors.error import TulleError

__all__ = ["InvalidProject", "ProjectError"]


class ProjectError(TulleError):
    """A project file cannot be meant."""

    code = "project"
    exit_code = 3


class InvalidProject(ProjectError):
    """A project file is not TOML, or says what cannot be."""

    code = "invalid-project"
