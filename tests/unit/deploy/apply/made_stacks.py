"""Stacks, events and changes as CloudFormation describes them, made in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tulle.aws.stack import Drift, Stack, StackEvent

BEGAN = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
ARN = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-dev/1"
TAGS = {"tulle:project": "shop", "tulle:stage": "dev"}
_TYPES = {"Role": "AWS::IAM::Role", "Function": "AWS::Lambda::Function"}


def made_stack(
    status: str = "CREATE_COMPLETE",
    *,
    tags: dict[str, str] | None = None,
    drift: Drift = Drift.NOT_CHECKED,
    drift_checked: datetime | None = None,
) -> Stack:
    return Stack(
        id=ARN,
        name="shop-dev",
        status=status,
        reason="",
        changed=BEGAN,
        outputs={},
        tags=TAGS if tags is None else tags,
        drift=drift,
        drift_checked=drift_checked,
    )


def made_events(*lines: str) -> tuple[StackEvent, ...]:
    """Make events, the oldest first, a second apart: `RESOURCE STATUS REASON…`, where `stack` is the stack itself."""
    events = []
    for number, line in enumerate(lines):
        resource, status, *reason = line.split(" ", 2)
        is_stack = resource == "stack"
        events.append(
            StackEvent(
                id=str(number),
                at=BEGAN + timedelta(seconds=number),
                resource="shop-dev" if is_stack else resource,
                physical_id="",
                type="AWS::CloudFormation::Stack" if is_stack else _TYPES.get(resource, "AWS::X"),
                status=status,
                reason=reason[0] if reason else "",
            )
        )
    return tuple(events)
