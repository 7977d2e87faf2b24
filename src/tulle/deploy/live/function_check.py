"""Owns the look at the function that a stack has, before anything is done: whether it can become what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tulle.deploy.names import LIVE
from tulle.errors import DeploymentNotFound, ReplacementNotAllowed
from tulle.project.project import PackageType

if TYPE_CHECKING:
    from tulle.aws.functions import FunctionVersion
    from tulle.deploy.names import Names

__all__ = ["check_function"]


class _Versions(Protocol):
    def version(self, function: str, qualifier: str) -> FunctionVersion: ...


def check_function(functions: _Versions, names: Names, wanted: PackageType) -> None:
    """Refuse what CloudFormation would fail at, for it neither looks whether a function is there nor repacks one.

    Args:
        functions: Lambda.
        names: those of a deployment whose stack is there.
        wanted: what the function shall be packed as.

    Raises:
        DeploymentNotFound: somebody deleted the function or its alias.
        ReplacementNotAllowed: an image shall become a zip, or a zip an image.
    """
    take_away = f"`tulle destroy --stage {names.stage}`"
    try:
        live = functions.version(names.function, LIVE)
    except DeploymentNotFound as exc:
        raise DeploymentNotFound(
            f"the stack {names.stack} is there, but somebody deleted its function {names.function}, or the alias "
            f"`{LIVE}` of it",
            hint=f"{take_away} takes away what is left; then `tulle deploy` makes all of it anew",
        ) from exc
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
    packed = PackageType.IMAGE if live.is_image else PackageType.ZIP
    if packed is not wanted:
        raise ReplacementNotAllowed(
            f"{names.function} is packed as {_a(packed)}, and Lambda cannot make {_a(wanted)} of it under its name",
            hint=f"deploy with --type {packed} as before, or under another --stage; or {take_away} first, "
            "which takes away the URL, too",
        )


def _a(kind: PackageType) -> str:
    return f"an {kind}" if kind is PackageType.IMAGE else f"a {kind}"
