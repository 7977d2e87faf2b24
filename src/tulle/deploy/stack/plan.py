"""Owns `StackPlan`: what a deployment would change in a stack, and how that reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, TypedDict

from tulle.aws.stack import Action, Replacement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.stack import PropertyChange, ResourceChange

__all__ = ["Consequence", "StackPlan", "consequences", "make_plan", "show"]

_LONGEST_VALUE = 60  # characters
_MARKS = {
    Action.ADD: "+",
    Action.MODIFY: "~",
    Action.REMOVE: "-",
    Action.IMPORT: "+",
    Action.DYNAMIC: "?",
    Action.SYNC: "~",
}
_ORDER = (Action.REMOVE, Action.MODIFY, Action.SYNC, Action.DYNAMIC, Action.ADD, Action.IMPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What callers or records lose when a resource goes or another takes its place.

    Args:
        resource: its name in the template.
        loss: what that means, such as `the endpoint gets another URL`.
    """

    resource: str
    type: str
    loss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlan:
    """What a deployment changes in its stack.

    Args:
        creates: whether the stack is not there yet.
        changes: those of resources; none where the stack is as it should be.
    """

    stack: str
    region: str
    creates: bool
    changes: tuple[ResourceChange, ...]

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """What is lost by it."""
        return () if self.creates else consequences(self.changes)


def make_plan(
    stack: str, region: str, changes: tuple[ResourceChange, ...], *, creates: bool
) -> StackPlan:
    """Put what a change set would do into an order: what goes first, then what changes, then what comes."""
    ordered = sorted(
        changes, key=lambda each: (_ORDER.index(each.action), each.type, each.resource)
    )
    return StackPlan(stack=stack, region=region, creates=creates, changes=tuple(ordered))


def consequences(changes: tuple[ResourceChange, ...]) -> tuple[Consequence, ...]:
    """Name what callers or records depend on and would lose; what goes with its whole is not named besides."""
    table = _losses()
    gone = [change for change in changes if change.type in table["losses"] and _goes(change)]
    types = {change.type for change in gone}
    return tuple(
        Consequence(resource=change.resource, type=change.type, loss=table["losses"][change.type])
        for change in gone
        if table["part_of"].get(change.type) not in types
    )


def show(plan: StackPlan) -> Iterator[str]:
    """Write a plan as lines for people: what is lost on top, then the changes by what is done to what."""
    if not plan.changes:
        yield f"{plan.stack} in {plan.region} is as it should be: nothing to change"
        return
    yield f"{'Create' if plan.creates else 'Change'} the stack {plan.stack} in {plan.region}"
    for loss in plan.consequences:
        yield f"  ! {loss.resource}: {loss.loss}"
    if plan.consequences:
        yield ""
    width = max(len(change.resource) for change in plan.changes)
    for change in plan.changes:
        yield f"  {_mark(change)} {change.resource:<{width}}  {change.type}{_remark(change)}"
        yield from _property_lines(change)
    yield f"  {_totals(plan.changes)}"


class _Losses(TypedDict):
    losses: dict[str, str]
    part_of: dict[str, str]


def _losses() -> _Losses:
    text = files(__package__).joinpath("losses.json").read_text(encoding="utf-8")
    table: _Losses = json.loads(text)
    return table


def _goes(change: ResourceChange) -> bool:
    """Tell whether what is there now will be gone; what may be replaced counts where its new value is known."""
    if change.kept:
        return False
    if change.action is Action.REMOVE or change.replacement is Replacement.ALWAYS:
        return True
    return change.replacement is Replacement.CONDITIONAL and any(
        each.known and each.recreation != "Never" for each in change.properties
    )


def _mark(change: ResourceChange) -> str:
    is_replaced = change.replacement is Replacement.ALWAYS
    return "±" if is_replaced and change.action is Action.MODIFY else _MARKS[change.action]


def _remark(change: ResourceChange) -> str:
    if change.action is Action.REMOVE:
        return "  (stays in the account)" if change.kept else ""
    return {
        Replacement.ALWAYS: "  (another takes its place)",
        Replacement.CONDITIONAL: "  (another may take its place)",
        Replacement.NEVER: "",
    }[change.replacement]


def _property_lines(change: ResourceChange) -> Iterator[str]:
    if change.action is not Action.MODIFY:
        return
    shown: set[str] = set()
    for each in sorted(change.properties, key=lambda each: each.name):
        line = f"      {each.name}{_values(each)}"
        if line not in shown:
            yield line
        shown.add(line)


def _values(change: PropertyChange) -> str:
    if not change.known:
        return ": follows another resource"
    if change.before is None and change.after is None:
        return ""
    return f": {_short(change.before)} → {_short(change.after)}"


def _short(value: str | None) -> str:
    """Write a value on one line, its beginning and its end where it is long: digests differ at both."""
    if value is None:
        return "nothing"
    text = " ".join(value.split())
    if len(text) <= _LONGEST_VALUE:
        return text
    half = (_LONGEST_VALUE - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _totals(changes: tuple[ResourceChange, ...]) -> str:
    words = {"+": "to add", "~": "to change", "±": "to replace", "-": "to remove", "?": "unsure"}
    counts = [(sum(_mark(each) == mark for each in changes), word) for mark, word in words.items()]
    return ", ".join(f"{count} {word}" for count, word in counts if count)
