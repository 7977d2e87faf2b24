"""Owns how a deployment's state is drawn, and its JSON."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click

from tulle.aws.stack import Drift
from tulle.cli.time_span import span_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from tulle.deploy.observed.measured import Measured, Starts
    from tulle.deploy.observed.status import DeploymentStatus

__all__ = ["status_json", "status_lines"]

_NAME = 11  # columns
_SHORT = 12  # characters of a sha256 or a commit
_DRIFTS = {
    Drift.NOT_CHECKED: "not looked for: --drift does",
    Drift.IN_SYNC: "none",
    Drift.DRIFTED: "changed by hand",
    Drift.UNKNOWN: "cannot be told",
}


def status_lines(status: DeploymentStatus, span: timedelta) -> Iterator[str]:
    """Draw a deployment's state."""
    names = status.deployment.names
    mark = click.style("!", fg="red", bold=True) if status.trouble else click.style("✓", fg="green")
    yield f"{mark} {click.style(f'{names.project}, stage {names.stage}', bold=True)}"
    if status.trouble:
        yield _line("trouble", click.style(status.trouble, fg="red"))
    yield _line("url", status.endpoint or "none")
    yield from _live_lines(status)
    stack = status.deployment.stack
    yield _line("stack", f"{stack.name}, {stack.status} since {_moment(stack.changed)}")
    yield from _drift_lines(status)
    yield from _figures(status, span)


def _live_lines(status: DeploymentStatus) -> Iterator[str]:
    if status.live is None:
        return
    settings, note = status.live.settings, status.live.note
    model = (note.model_sha256 or "none")[:_SHORT]
    revision = (note.revision or "unknown")[:_SHORT]
    yield _line("live", f"version {settings.version} of {_moment(settings.modified)}")
    if status.rolled_back_from is not None:
        back = f"rolled back from version {status.rolled_back_from}"
        yield _line("", click.style(back, fg="yellow"))
    yield _line("model", model)
    yield _line("revision", revision)
    yield _line(
        "function",
        f"{settings.function}, {settings.memory_mb} MB, {settings.timeout_s} s, {settings.architecture}",
    )
    if len(status.versions) > 1:
        yield _line("versions", ", ".join(status.versions))


def _drift_lines(status: DeploymentStatus) -> Iterator[str]:
    checked = status.deployment.stack.drift_checked
    when = f" ({_moment(checked)})" if checked and status.drifted is None else ""
    said = "none but the rollback" if status.is_only_rolled_back else _DRIFTS[status.drift]
    yield _line("drift", said + when)
    for each in status.drifted or ():
        yield _line("", f"{each.name} ({each.type})" + (" is gone" if each.is_gone else ""))
        for path, expected, actual in each.changes:
            yield _line("", f"  {path.strip('/').replace('/', '.')}: {expected} → {actual}")


def _figures(status: DeploymentStatus, span: timedelta) -> Iterator[str]:
    name = f"last {span_text(span)}"
    measured = status.measured
    if measured is None:
        yield _line(name, f"not known: {status.unmeasured}")
        return
    yield _line(
        name,
        f"{measured.invocations:,} invocations, {_errors(measured)}, {measured.throttles:,} throttled",
    )
    if measured.durations is not None:
        durations = measured.durations
        yield _line(
            "",
            f"p50 {durations.p50_ms:.1f} ms, p95 {durations.p95_ms:.1f} ms, "
            f"average {durations.average_ms:.1f} ms",
        )
    if measured.starts is not None:
        yield _line("", _cold(measured.starts))


def _errors(measured: Measured) -> str:
    text = f"{measured.errors:,} errors"
    if measured.errors and measured.invocations:
        share = measured.errors / measured.invocations
        return click.style(f"{text} ({share:.2%})", fg="red")
    return text


def _cold(starts: Starts) -> str:
    of = f"{starts.reports:,}" if starts.all_read else f"the first {starts.reports:,}"
    took = "" if starts.init_ms is None else f", {starts.init_ms:.0f} ms each"
    return (
        f"{starts.cold:,} of {of} were cold starts ({starts.cold_share:.1%}{took}); "
        f"at most {starts.max_memory_used_mb} of {starts.memory_size_mb} MB used"
    )


def _line(name: str, text: str) -> str:
    return f"  {name:<{_NAME}}  {text}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def status_json(status: DeploymentStatus) -> dict[str, object]:
    """Make the JSON of a deployment's state."""
    names, stack, live = status.deployment.names, status.deployment.stack, status.live
    settings, note = (live.settings, live.note) if live else (None, None)
    return {
        "project": names.project,
        "stage": names.stage,
        "trouble": status.trouble,
        "url": status.deployment.url,
        "endpoint": status.endpoint,
        "function": status.deployment.function,
        "version": settings.version if settings else None,
        "published": settings.modified.astimezone(UTC).isoformat() if settings else None,
        "rolled_back_from": status.rolled_back_from,
        "versions": list(status.versions),
        "model_sha256": note.model_sha256 if note else None,
        "revision": note.revision if note else None,
        "digest": note.digest if note else None,
        "memory_mb": settings.memory_mb if settings else None,
        "timeout_s": settings.timeout_s if settings else None,
        "architecture": settings.architecture if settings else None,
        "stack": {
            "name": stack.name,
            "status": stack.status,
            "changed": stack.changed.astimezone(UTC).isoformat(),
        },
        "drift": {
            "status": str(status.drift),
            "resources": None
            if status.drifted is None
            else [
                {
                    "name": each.name,
                    "type": each.type,
                    "gone": each.is_gone,
                    "changes": [
                        {"path": path, "expected": expected, "actual": actual}
                        for path, expected, actual in each.changes
                    ],
                }
                for each in status.drifted
            ],
        },
        "figures": None if status.measured is None else _figures_json(status.measured),
    }


def _figures_json(measured: Measured) -> dict[str, object]:
    durations, starts = measured.durations, measured.starts
    return {
        "since": measured.since.isoformat(),
        "until": measured.until.isoformat(),
        "invocations": measured.invocations,
        "errors": measured.errors,
        "throttles": measured.throttles,
        "average_ms": durations.average_ms if durations else None,
        "p50_ms": durations.p50_ms if durations else None,
        "p95_ms": durations.p95_ms if durations else None,
        "reports": starts.reports if starts else 0,
        "cold_share": starts.cold_share if starts else None,
        "init_ms": starts.init_ms if starts else None,
        "billed_ms": starts.billed_ms if starts else None,
        "max_memory_used_mb": starts.max_memory_used_mb if starts else None,
    }
