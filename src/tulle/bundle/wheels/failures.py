"""Owns saying why packages cannot be had, of what `uv` said and what was found out before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tulle.errors import (
    IndexUnavailable,
    LockedPackageGone,
    NoWheelFits,
    OnlySource,
    OutputUnavailable,
    PackagesConflict,
)
from tulle.target import find_target, runtimes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.errors import BundleError
    from tulle.target import Target

__all__ = ["explain_choosing", "explain_unpacking", "name_other_runtimes", "nothing_fits"]

_UNREACHABLE = re.compile(
    r"error sending request|Failed to fetch|network was disabled|Request failed|timed out"
)
_REFUSED = re.compile(r"401 Unauthorized|403 Forbidden|lack of valid authentication")
_UNWRITABLE = re.compile(
    r"No space left on device|Permission denied|Read-only file system|Disk quota exceeded"
)
_NO_WHEEL = re.compile(r"Wheels are required for `(?P<name>[^`]+)`")
_NO_FITTING_WHEEL = re.compile(
    r"Wheels are available for `(?P<name>[^`]+)`|found wheels for `(?P<other>[^`]+)`"
)
_PYTHON_TAG = re.compile(r"\bcp(\d)(\d+)\b")


def explain_choosing(
    said: str, target: Target, passed_over: Mapping[str, tuple[str, ...]]
) -> BundleError:
    """Say why no packages can be chosen.

    Args:
        said: what `uv` said.
        target: what they were to be for.
        passed_over: by package, the versions that were ruled out before, each with its reason.
    """
    if general := _general(said):
        return general
    detail = "\n".join((*(line for lines in passed_over.values() for line in lines), _reason(said)))
    if blamed := next((name for name in passed_over if f" {name}" in said), None):
        return nothing_fits(blamed, target, detail)
    if match := _NO_WHEEL.search(said):
        return OnlySource(
            f"`{match['name']}` has no wheel to take, and source code cannot be compiled for Lambda here",
            hint=f"ask for another version or package; or build its wheel on {target.system}, put it into a "
            "folder and name that in the environment variable UV_FIND_LINKS",
            detail=detail,
        )
    if match := _NO_FITTING_WHEEL.search(said):
        return NoWheelFits(
            f"`{match['name'] or match['other']}` has no wheel for {target.runtime} on {target.architecture} "
            f"({target.system}, glibc {_dotted(target.glibc)})",
            hint=name_other_runtimes(target, pythons=_pythons(said)),
            detail=detail,
        )
    return PackagesConflict(
        "no choice of packages satisfies all requirements",
        hint="loosen what the lines below name, or correct its spelling",
        detail=detail,
    )


def nothing_fits(name: str, target: Target, detail: str) -> NoWheelFits:
    """Say that all versions of a package were ruled out."""
    return NoWheelFits(
        f"no version of `{name}` that is asked for loads on {target.runtime} for {target.architecture}",
        hint=name_other_runtimes(target),
        detail=detail,
    )


def explain_unpacking(said: str) -> BundleError:
    """Say why files that were chosen before cannot be had."""
    if general := _general(said):
        return general
    return LockedPackageGone(
        "a file that the lock names is not offered any more, or is another now",
        hint="look at what changed in the index; to choose anew, delete tulle.lock",
        detail=_reason(said),
    )


def name_other_runtimes(target: Target, *, pythons: frozenset[str] = frozenset()) -> str:
    """Advise to take a runtime whose system is newer, or whose Python there are wheels for."""
    others = [find_target(name, target.architecture) for name in runtimes()]
    newer = [other for other in others if other.glibc > target.glibc]
    served = [other for other in others if other.python in pythons and other != target]
    fitting = newer or served
    if not fitting:
        return "no runtime of Lambda's fits it; ask for another version or package"
    names = ", ".join(f"`{other.runtime}`" for other in fitting)
    if newer:
        why = f"{fitting[0].system}, which has glibc {_dotted(fitting[0].glibc)}"
    else:
        why = "there are wheels for their Python"
    return f"choose another runtime: {names} ({why})"


def _general(said: str) -> BundleError | None:
    """Tell the failures that have nothing to do with what was asked for."""
    if _UNWRITABLE.search(said):
        return OutputUnavailable(
            "packages cannot be unpacked",
            hint="make room, or name other folders in UV_CACHE_DIR, XDG_CACHE_HOME and TMPDIR",
            detail=_reason(said),
        )
    if _REFUSED.search(said):
        return IndexUnavailable(
            "the package index refuses to answer without the right credentials",
            hint="put them into `~/.netrc`, or into the index's address: pip's `index-url`, or UV_DEFAULT_INDEX",
            detail=_reason(said),
        )
    if _UNREACHABLE.search(said):
        return IndexUnavailable(
            "the package index does not answer",
            hint="check the network, and the index that pip or uv are told to use (`pip config list`)",
            detail=_reason(said),
        )
    return None


def _reason(said: str) -> str:
    """Leave out those of `uv`'s hints that speak of its own options."""
    paragraphs = said.split("\n\n")
    return "\n\n".join(
        text for text in paragraphs if not (text.startswith("hint: ") and "`--" in text)
    )


def _pythons(said: str) -> frozenset[str]:
    return frozenset(f"{match[1]}.{match[2]}" for match in _PYTHON_TAG.finditer(said))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
