"""Owns going back to a version that was live before: which one, whether it can run, and the move of the alias."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Protocol

from tulle.deploy.names import LIVE
from tulle.deploy.release import VersionNote, read_version_note
from tulle.errors import DeploymentNotFound, FunctionUnready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.functions import Alias, FunctionVersion

__all__ = ["RollbackPlan", "move_back", "plan_rollback", "show_rollback"]

_SHOWN = 12  # characters of a sha256 or a commit


class _Versions(Protocol):
    def alias(self, function: str, name: str) -> Alias: ...

    def version(self, function: str, qualifier: str) -> FunctionVersion: ...

    def versions(self, function: str) -> tuple[FunctionVersion, ...]: ...

    def move_alias(self, function: str, alias: Alias, version: str, description: str) -> Alias: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackPlan:
    """What is live, and what shall be.

    Args:
        alias: as it was when this was planned.
        live: the version that callers reach now.
        target: the one that they will reach.
    """

    function: str
    alias: Alias
    live: FunctionVersion
    target: FunctionVersion

    @property
    def is_needed(self) -> bool:
        """Tell whether anything changes."""
        return self.live.version != self.target.version


def plan_rollback(functions: _Versions, function: str, *, to: str | None = None) -> RollbackPlan:
    """Find the version to go back to.

    Args:
        functions: Lambda.
        function: its name.
        to: a version's number; None takes the last one that was deployed before the live one.

    Raises:
        DeploymentNotFound: there is no such function or version, or none before.
        FunctionUnready: the version cannot run any more.
    """
    alias = functions.alias(function, LIVE)
    there = {each.version: each for each in functions.versions(function)}
    live = there.get(alias.version) or functions.version(function, alias.version)
    number = to or _before(tuple(there.values()), alias.version)
    if number is None:
        raise DeploymentNotFound(
            f"{function} has no version before {alias.version} to go back to",
            hint="deploy a revision that worked: check it out, and `tulle deploy`",
        )
    if number not in there:
        raise DeploymentNotFound(
            f"{function} has no version {number}",
            hint="name one of these by --to",
            detail="\n".join(map(_describe, there.values())),
        )
    target = functions.version(function, number)
    if target.state == "Failed":
        raise FunctionUnready(
            f"version {number} of {function} cannot run any more: {target.state_reason or target.state}",
            hint="name another one by --to, or deploy a revision that worked",
        )
    return RollbackPlan(function=function, alias=alias, live=live, target=target)


def show_rollback(plan: RollbackPlan) -> Iterator[str]:
    """Write what is live and what will be, a line each."""
    yield f"Let callers of {plan.function} reach version {plan.target.version} again"
    yield f"  now   {_describe(plan.live)}"
    yield f"  then  {_describe(plan.target)}"


def move_back(functions: _Versions, plan: RollbackPlan) -> Alias:
    """Let callers reach the version of a plan, all at once.

    Raises:
        AwsRefused: somebody else has moved the alias since.
    """
    return functions.move_alias(
        plan.function,
        plan.alias,
        plan.target.version,
        f"rolled back from version {plan.live.version}",
    )


def _before(versions: tuple[FunctionVersion, ...], live: str) -> str | None:
    """Find the last version before the live one that a deployment made; others are only taken by name."""
    earlier = [
        each.version
        for each in versions
        if int(each.version) < int(live) and read_version_note(each.description).digest
    ]
    return max(earlier, key=int, default=None)


def _describe(version: FunctionVersion) -> str:
    note = read_version_note(version.description)
    when = version.modified.astimezone(UTC)
    return f"version {version.version} of {when:%Y-%m-%d %H:%M} UTC, {_origin(note)}"


def _origin(note: VersionNote) -> str:
    model = note.model_sha256[:_SHOWN] if note.model_sha256 else "none"
    revision = note.revision[:_SHOWN] if note.revision else "unknown"
    return f"model {model}, revision {revision}"
