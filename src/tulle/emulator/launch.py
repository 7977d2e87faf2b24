"""Owns what Lambda says of a program that does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.emulator.outcome import LaunchError

if TYPE_CHECKING:
    from tulle.emulator.function import Function

__all__ = ["launch_error"]


def launch_error(function: Function, problem: OSError) -> LaunchError:
    """Put into AWS's words why a function's program does not start."""
    image, place = function.image, problem.filename
    if image is not None and isinstance(problem, FileNotFoundError):
        if place == image.folder and place != image.words[0]:
            return LaunchError(
                reason=f"the working directory doesn't exist: {place}",
                error_type="Runtime.InvalidWorkingDir",
            )
        if place is not None and "/" not in place:
            return LaunchError(reason=f"Couldn't find valid bootstrap(s): [{place}]")
    reason = (problem.strerror or str(problem)).lower()
    return LaunchError(reason=f"fork/exec {place or function.python}: {reason}")
