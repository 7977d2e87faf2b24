"""Owns what CloudFormation says of a stack: its state, its events, and the changes that a change set would make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Action",
    "ChangeSet",
    "ChangeSetRequest",
    "Drift",
    "PropertyChange",
    "Replacement",
    "ResourceChange",
    "Stack",
    "StackEvent",
]


class Drift(StrEnum):
    """What CloudFormation last found when it compared a stack with what is there."""

    NOT_CHECKED = "NOT_CHECKED"
    IN_SYNC = "IN_SYNC"
    DRIFTED = "DRIFTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack as it is.

    Args:
        id: its ARN, which no other stack has, also none of the same name.
        status: AWS's word, such as `UPDATE_COMPLETE`.
        reason: why it is in that status; empty where AWS says nothing.
        changed: when it was last made or updated.
        parameters: the names of those that its template has.
    """

    id: str
    name: str
    status: str
    reason: str
    changed: datetime
    outputs: dict[str, str]
    tags: dict[str, str]
    parameters: tuple[str, ...] = ()
    drift: Drift = Drift.NOT_CHECKED
    drift_checked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    """Something that happened to a resource of a stack, or to the stack itself.

    Args:
        resource: its name in the template; that of the stack for the stack itself.
        status: AWS's word, such as `CREATE_FAILED`.
        reason: empty where AWS says nothing.
    """

    id: str
    at: datetime
    resource: str
    physical_id: str
    type: str
    status: str
    reason: str = ""

    @property
    def is_stacks(self) -> bool:
        """Tell whether it is the stack's own."""
        return self.type == "AWS::CloudFormation::Stack"


class Action(StrEnum):
    """What a change set does to a resource."""

    ADD = "Add"
    MODIFY = "Modify"
    REMOVE = "Remove"
    IMPORT = "Import"
    DYNAMIC = "Dynamic"
    SYNC = "SyncWithActual"


class Replacement(StrEnum):
    """Whether another resource takes a resource's place."""

    NEVER = "False"
    CONDITIONAL = "Conditional"
    ALWAYS = "True"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """A property of a resource that changes.

    Args:
        before, after: as text or JSON; None where AWS does not say.
        recreation: whether a change of it replaces the resource.
        known: whether the new value is known yet; it may turn out to be the old one.
    """

    name: str
    before: str | None = None
    after: str | None = None
    recreation: str = "Never"
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What a change set does to one resource.

    Args:
        resource: its name in the template.
        kept: whether what goes out of the stack stays in the account.
    """

    action: Action
    resource: str
    type: str
    physical_id: str = ""
    replacement: Replacement = Replacement.NEVER
    properties: tuple[PropertyChange, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetRequest:
    """What a change set is made of.

    Args:
        creates: whether the stack is not there yet.
        template: its text; or else where it lies.
        template_url: its place in S3, for a text that is too long to be sent.
        parameters: by name; None keeps the value that the stack has.
    """

    stack: str
    name: str
    creates: bool
    template: str | None
    template_url: str | None = None
    parameters: tuple[tuple[str, str | None], ...] = ()
    capabilities: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """A change set as it is.

    Args:
        id: its ARN.
        status: AWS's word; `CREATE_COMPLETE` and `FAILED` are final.
        reason: why it failed.
        failures: the resources that CloudFormation found fault with before anything was done.
    """

    id: str
    stack_id: str
    status: str
    reason: str
    changes: tuple[ResourceChange, ...]
    failures: tuple[StackEvent, ...] = ()
