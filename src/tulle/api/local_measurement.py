"""Owns measuring a project's function on this machine: what it is sent, and what that takes."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.api.local_function import (
    FunctionSettings,
    make_local_function,
    project_source,
)
from tulle.errors import UsageError
from tulle.tuning.events import event_payloads, picture_payloads
from tulle.tuning.local import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.emulator.surroundings import Surroundings
    from tulle.progress import Reporter
    from tulle.project.project import Project
    from tulle.tuning.local import Plan
    from tulle.tuning.measurement import Measurement

__all__ = ["find_payloads", "measure_here"]


def find_payloads(
    project: Project, *, pictures: Path | None, event: Path | None, reporter: Reporter
) -> tuple[bytes, ...]:
    """Find what a function is sent: an event, the pictures of a folder, or the samples that tulle has.

    Raises:
        UsageError: there is nothing to send, or it cannot be read.
    """
    if event is not None:
        return event_payloads(event)
    if project.function.handler is not None and pictures is None:
        raise UsageError(
            "nobody but you knows what a handler of your own is to be sent",
            hint="put an event into a file and name it: --event event.json; or --pictures FOLDER, "
            'which sends {"image": …}',
        )
    return picture_payloads(pictures, reporter)


def measure_here(
    project: Project,
    payloads: Sequence[bytes],
    plan: Plan,
    surroundings: Surroundings,
    *,
    allow_private_addresses: bool = False,
) -> Measurement:
    """Run a project's function on this machine, and see what that takes.

    Args:
        project: whose function it is.
        payloads: what it is sent, in turn.
        plan: how often.
        surroundings: the effects that running it needs.
        allow_private_addresses: whether pictures may come from this machine and its network.

    Raises:
        MeasurementFailed: the function fails.
    """
    function = project.function
    source = project_source(
        project, function.handler, allow_private_addresses=allow_private_addresses
    )
    settings = FunctionSettings(
        memory_mb=function.memory_mb,
        timeout_s=function.timeout_s,
        environment=function.environment,
    )
    with tempfile.TemporaryDirectory(prefix="tulle-measure-") as scratch:
        isolation = replace(surroundings.isolation, passing=Path(scratch))
        surroundings = replace(surroundings, isolation=isolation)
        local = make_local_function(source, settings, surroundings, Path(scratch))
        surroundings.reporter.step(
            f"Start the function {plan.cold_starts} times, then call it {plan.calls} times"
        )
        return asyncio.run(measure(local.function, payloads, plan, surroundings))
