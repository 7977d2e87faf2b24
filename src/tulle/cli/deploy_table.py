"""Owns how `tulle deploy` shows what it did, and its JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tulle.cli.build_table import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.api.deploy import Deployed, SmokeTest, StackPlan

__all__ = ["deployed_json", "deployed_lines", "plan_json"]

_HEADING = 10  # columns


def deployed_lines(deployed: Deployed) -> Iterator[str]:
    """Show what is live: where, in which version, from what, how fast, what was sent."""
    yield from (
        _line("function", f"{deployed.function}, version {deployed.version}"),
        _line("stack", f"{deployed.stack} in {deployed.region}, account {deployed.account}"),
        _line("code", deployed.digest),
    )
    if deployed.model_sha256:
        yield _line("model", f"sha256:{deployed.model_sha256}")
    if deployed.revision:
        yield _line("revision", deployed.revision)
    if deployed.test:
        yield _line("tested", _tested(deployed.test))
    yield _line("sent", size_text(deployed.sent_bytes) if deployed.sent_bytes else "nothing")
    yield _line("changed", _changed(deployed))
    yield _line("took", f"{deployed.seconds:.0f} s")


def deployed_json(deployed: Deployed) -> str:
    """Write a deployment as JSON."""
    test = deployed.test
    content: dict[str, object] = {
        "schema": 1,
        "url": deployed.url,
        "endpoint": deployed.endpoint,
        "stage": deployed.stage,
        "stack": deployed.stack,
        "function": deployed.function,
        "alias_arn": deployed.alias_arn,
        "version": deployed.version,
        "account": deployed.account,
        "region": deployed.region,
        "digest": deployed.digest,
        "model_sha256": deployed.model_sha256,
        "revision": deployed.revision,
        "created": deployed.changes.creates,
        "changes": _changes(deployed.changes),
        "moved": deployed.moved,
        "sent_bytes": deployed.sent_bytes,
        "test": None
        if test is None
        else {
            "over_url": test.over_url,
            "category": test.prediction.category if test.prediction else None,
            "cold_ms": round(test.cold_ms, 1),
            "warm_ms": round(test.warm_ms, 1),
            "remark": test.remark,
        },
        "seconds": round(deployed.seconds, 3),
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def plan_json(plan: StackPlan) -> str:
    """Write a plan as JSON."""
    content = {
        "schema": 1,
        "stack": plan.stack,
        "region": plan.region,
        "creates": plan.creates,
        "consequences": [asdict(each) for each in plan.consequences],
        "changes": _changes(plan),
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _changes(plan: StackPlan) -> list[dict[str, object]]:
    return [asdict(change) for change in plan.changes]


def _line(heading: str, text: str) -> str:
    return f"  {click.style(f'{heading:<{_HEADING}}', dim=True)}{text}"


def _tested(test: SmokeTest) -> str:
    how = "through the URL" if test.over_url else "by Invoke"
    said = f"{test.prediction.category}, " if test.prediction else ""
    return f"{said}{test.cold_ms:.0f} ms at first, {test.warm_ms:.0f} ms when warm, {how}"


def _changed(deployed: Deployed) -> str:
    count = len(deployed.changes.changes)
    if count:
        return f"{count} resource{'s' if count > 1 else ''}"
    return "which version is live" if deployed.moved else "nothing"
