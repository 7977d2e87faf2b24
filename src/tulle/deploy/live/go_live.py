"""Owns what `live` means around a deployment: the stack's new version, or again the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tulle.deploy.names import LIVE
from tulle.errors import AwsError, DeploymentNotFound

if TYPE_CHECKING:
    from tulle.aws.functions import Alias
    from tulle.progress import Reporter

__all__ = ["Aliases", "find_live", "make_live", "put_back", "with_live_again"]


class Aliases(Protocol):
    """Who knows what a function's alias means, and can let it mean another version."""

    def alias(self, function: str, name: str) -> Alias:
        """Find what an alias means."""

    def move_alias(self, function: str, alias: Alias, version: str, description: str) -> Alias:
        """Let it mean another version."""


def find_live(functions: Aliases, function: str) -> Alias | None:
    """Find what is live; None where nothing is yet."""
    try:
        return functions.alias(function, LIVE)
    except DeploymentNotFound:
        return None


def make_live(functions: Aliases, function: str, version: str, reporter: Reporter) -> bool:
    """Let callers reach a version, and tell whether they reached another one before.

    CloudFormation moves the alias only when the template says something new, so one that was rolled back stays there.
    """
    alias = functions.alias(function, LIVE)
    if alias.version == version:
        return False
    functions.move_alias(function, alias, version, f"deployed again after version {alias.version}")
    reporter.note(
        f"version {version} is live again; version {alias.version} had been, after a rollback"
    )
    return True


def put_back(functions: Aliases, function: str, before: Alias | None, why: str) -> str:
    """Let callers reach again what they reached before, and say what is live now.

    Args:
        functions: Lambda.
        function: its name.
        before: what was live before the deployment; None at the first one.
        why: what the alias shall say of it.
    """
    if before is None:
        return (
            "This was the first deployment, so there is no version to go back to: everything stays as it is for a "
            "look. `tulle logs` shows what the function says, and `tulle destroy` takes it all away."
        )
    now = functions.alias(function, LIVE)
    if now.version == before.version:
        return f"Version {now.version} is live, as it was before."
    functions.move_alias(function, now, before.version, why)
    return f"Version {before.version} is live again, as it was before; version {now.version} is not called by anyone."


def with_live_again(
    error: AwsError, functions: Aliases, function: str, before: Alias | None
) -> AwsError:
    """Undo what an unsuccessful deployment did to the alias, and add to the error what is live now."""
    try:
        now = put_back(functions, function, before, f"put back: {error.code}")
    except AwsError as exc:
        live = before.version if before else "the version before"
        now = f"`{LIVE}` could not be put back ({exc.message}): `tulle rollback` lets {live} be live again."
    detail = "\n\n".join(filter(None, (error.detail, now)))
    return type(error)(error.message, hint=error.hint, detail=detail)
