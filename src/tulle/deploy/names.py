"""Owns what a deployment's things are called on AWS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tulle.errors import InvalidStage, UsageError

__all__ = ["DEFAULT_STAGE", "LIVE", "Names", "bucket_name", "name_deployment"]

DEFAULT_STAGE = "dev"
LIVE = "live"
"""The alias that callers reach; it means one published version."""

_FUNCTION_LENGTH = 64  # Lambda's bound on a function's name
_PROJECT = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_STAGE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of all that one stage of a project has."""

    project: str
    stage: str

    @property
    def function(self) -> str:
        """The function's."""
        return f"{self.project}-{self.stage}"

    @property
    def stack(self) -> str:
        """The stack's: a letter, then letters, digits and hyphens."""
        name = re.sub(r"[^a-zA-Z0-9]+", "-", self.function).strip("-")
        return name if name[0].isalpha() else f"tulle-{name}"

    @property
    def repository(self) -> str:
        """The image repository's: lower case, as registries want it."""
        return f"tulle/{self.stack.lower()}"

    @property
    def log_group(self) -> str:
        """The log group's, where Lambda would make it by itself."""
        return f"/aws/lambda/{self.function}"

    def object_key(self, digest: str) -> str:
        """Name a zip within the artifact bucket by its digest."""
        return f"{self.stack}/{digest.removeprefix('sha256:')}.zip"


def name_deployment(project: str, stage: str) -> Names:
    """Name what a stage of a project has.

    Raises:
        InvalidStage: the stage cannot stand in the names of AWS's things.
        UsageError: nor can the project's name.
    """
    if not _PROJECT.fullmatch(project):
        raise UsageError(
            f"`{project}` cannot be a project's name",
            hint="it has at most 64 letters, digits, hyphens and underscores",
        )
    if not _STAGE.fullmatch(stage):
        raise InvalidStage(
            f"`{stage}` cannot be a stage's name",
            hint="take at most 32 letters, digits and hyphens, such as `prod`",
        )
    names = Names(project=project, stage=stage)
    if len(names.function) > _FUNCTION_LENGTH:
        raise InvalidStage(
            f"the function would be called `{names.function}`, and Lambda allows {_FUNCTION_LENGTH} characters",
            hint="give the project a shorter `name` in tulle.toml, or take a shorter stage",
        )
    return names


def bucket_name(account: str, region: str) -> str:
    """Name the bucket that holds the zips of all projects of an account in a region."""
    return f"tulle-{account}-{region}"
