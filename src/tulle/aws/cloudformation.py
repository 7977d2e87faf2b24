"""Owns `Stacks`: CloudFormation, as far as tulle asks it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from tulle.aws.failure import code_of, message_of, translated
from tulle.aws.stack import (
    Action,
    ChangeSet,
    Drift,
    PropertyChange,
    Replacement,
    ResourceChange,
    Stack,
    StackEvent,
)
from tulle.errors import ActionDenied, StackBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import (
        ChangeTypeDef,
        CreateChangeSetInputTypeDef,
        OperationEventTypeDef,
        ParameterTypeDef,
        ResourceChangeDetailTypeDef,
        StackEventTypeDef,
        StackTypeDef,
    )

    from tulle.aws.session import AwsSession
    from tulle.aws.stack import ChangeSetRequest

__all__ = ["TEMPLATE_BYTES", "Stacks", "stack_of"]

TEMPLATE_BYTES = 51_200
"""The longest template that can be sent; a longer one must lie in S3."""

_VALIDATION = "AWS::EarlyValidation"
_KNOWN_LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"
_BUSY_CODES = frozenset(
    {"ChangeSetNotFound", "InvalidChangeSetStatus", "OperationInProgressException"}
)
_BUSY_TEXT = re.compile(
    r"is in \w+_IN_PROGRESS state|already exists and cannot be created again"
    r"|cannot be executed in its current|\[OBSOLETE\]"
)


class Stacks:
    """Asks CloudFormation about stacks, by name or by ARN."""

    def __init__(self, session: AwsSession) -> None:
        self._client = session.cloudformation()

    def describe(self, name: str) -> Stack | None:
        """Tell how a stack is; None where there is none. By its ARN a stack is found that was deleted, too."""
        with translated("cloudformation"):
            try:
                said = self._client.describe_stacks(StackName=name)["Stacks"][0]
            except boto.ClientError as exc:
                if "does not exist" in message_of(exc):
                    return None
                raise
        return stack_of(said)

    def create_change_set(self, request: ChangeSetRequest) -> str:
        """Have CloudFormation work out what a template would change; give the change set's ARN.

        Raises:
            StackBusy: another operation on the stack is under way, or came first.
        """
        with _asking(request.stack):
            return self._client.create_change_set(**_change_set_input(request))["Id"]

    def change_set(self, stack: str, change_set_id: str) -> ChangeSet:
        """Tell how a change set of a stack is, with all its changes.

        Raises:
            StackBusy: it is gone, for another one was executed.
        """
        found: list[ResourceChange] = []
        token = ""
        with _asking(stack):
            while True:
                said = self._client.describe_change_set(
                    ChangeSetName=change_set_id,
                    IncludePropertyValues=True,
                    **({"NextToken": token} if token else {}),
                )
                found += map(_change, said.get("Changes", []))
                token = said.get("NextToken", "")
                if not token:
                    break
        status, reason = said["Status"], said.get("StatusReason", "")
        return ChangeSet(
            id=change_set_id,
            stack_id=said["StackId"],
            status=status,
            reason=reason,
            changes=tuple(found),
            failures=self._failures(change_set_id) if _VALIDATION in reason else (),
        )

    def execute_change_set(self, change_set: ChangeSet) -> None:
        """Begin to make a change set true.

        Raises:
            StackBusy: the stack has been changed since, or is being changed.
        """
        with _asking(change_set.stack_id):
            self._client.execute_change_set(ChangeSetName=change_set.id)

    def delete_change_set(self, change_set_id: str) -> None:
        """Drop a change set, unless it is gone already or was executed."""
        with translated("cloudformation"):
            try:
                self._client.delete_change_set(ChangeSetName=change_set_id)
            except boto.ClientError as exc:
                if code_of(exc) not in {"ChangeSetNotFound", "InvalidChangeSetStatus"}:
                    raise

    def events(self, stack: str) -> Iterator[StackEvent]:
        """Give what happened to a stack in the last 90 days, the newest first; pages are asked for as they are read.

        Args:
            stack: its name or ARN.
        """
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=stack)
        with translated("cloudformation"):
            for page in pages:
                yield from map(_event, page["StackEvents"])

    def delete(self, stack: str) -> None:
        """Begin to delete a stack."""
        with _asking(stack):
            self._client.delete_stack(StackName=stack)

    def continue_rollback(self, stack: str, *, skip: tuple[str, ...] = ()) -> None:
        """Begin to go on with a rollback that failed.

        Args:
            stack: its name or ARN.
            skip: resources that are to be taken for rolled back, as they are.
        """
        with _asking(stack):
            self._client.continue_update_rollback(StackName=stack, ResourcesToSkip=list(skip))

    def _failures(self, change_set_id: str) -> tuple[StackEvent, ...]:
        """Give what CloudFormation found fault with, which a change set itself does not tell."""
        try:
            with translated("cloudformation"):
                said = self._client.describe_events(
                    ChangeSetName=change_set_id, Filters={"FailedEvents": True}
                )
        except ActionDenied:
            return ()  # then its own reason has to do
        return tuple(
            _failure(event)
            for event in said["OperationEvents"]
            if event.get("ValidationFailureMode") != "WARN" and "LogicalResourceId" in event
        )


@contextmanager
def _asking(stack: str) -> Iterator[None]:
    name = stack.split("/")[1] if stack.startswith("arn:") else stack
    with translated("cloudformation"):
        try:
            yield
        except boto.ClientError as exc:
            if code_of(exc) in _BUSY_CODES or _BUSY_TEXT.search(message_of(exc)):
                raise StackBusy(
                    f"somebody else is changing the stack {name}, or has just changed it",
                    hint="wait until that is done (`tulle deploy --wait` does), and run the command again",
                    detail=message_of(exc),
                ) from exc
            raise


def _change_set_input(request: ChangeSetRequest) -> CreateChangeSetInputTypeDef:
    capabilities: tuple[CapabilityType, ...] = request.capabilities  # type: ignore[assignment]  # CloudFormation checks them
    content: CreateChangeSetInputTypeDef = {
        "StackName": request.stack,
        "ChangeSetName": request.name,
        "ChangeSetType": "CREATE" if request.creates else "UPDATE",
        "Parameters": [_parameter(name, value) for name, value in request.parameters],
        "Capabilities": list(capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in request.tags],
    }
    if request.template_url is not None:
        content["TemplateURL"] = request.template_url
    elif request.template is not None:
        content["TemplateBody"] = request.template
    return content


def _parameter(name: str, value: str | None) -> ParameterTypeDef:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def stack_of(said: StackTypeDef) -> Stack:
    """Read how CloudFormation describes a stack."""
    drift = said.get("DriftInformation")
    return Stack(
        id=said.get("StackId", said["StackName"]),
        name=said["StackName"],
        status=said["StackStatus"],
        reason=said.get("StackStatusReason", ""),
        changed=said.get("LastUpdatedTime", said["CreationTime"]),
        outputs={each["OutputKey"]: each["OutputValue"] for each in said.get("Outputs", [])},
        tags={tag["Key"]: tag["Value"] for tag in said.get("Tags", [])},
        parameters=tuple(each["ParameterKey"] for each in said.get("Parameters", [])),
        drift=Drift(drift["StackDriftStatus"]) if drift else Drift.NOT_CHECKED,
        drift_checked=drift.get("LastCheckTimestamp") if drift else None,
    )


def _event(said: StackEventTypeDef) -> StackEvent:
    return StackEvent(
        id=said["EventId"],
        at=said["Timestamp"],
        resource=said.get("LogicalResourceId", ""),
        physical_id=said.get("PhysicalResourceId", ""),
        type=said.get("ResourceType", ""),
        status=said.get("ResourceStatus", ""),
        reason=said.get("ResourceStatusReason", ""),
    )


def _failure(said: OperationEventTypeDef) -> StackEvent:
    return StackEvent(
        id=said["EventId"],
        at=said["Timestamp"],
        resource=said.get("LogicalResourceId", ""),
        physical_id=said.get("PhysicalResourceId", ""),
        type=said.get("ResourceType", ""),
        status=said.get("ResourceStatus", "VALIDATION_FAILED"),
        reason=said.get("ValidationStatusReason") or said.get("ResourceStatusReason", ""),
    )


def _change(said: ChangeTypeDef) -> ResourceChange:
    change = said.get("ResourceChange", {})
    return ResourceChange(
        action=Action(change.get("Action", "Dynamic")),
        resource=change.get("LogicalResourceId", ""),
        type=change.get("ResourceType", ""),
        physical_id=change.get("PhysicalResourceId", ""),
        replacement=Replacement(change.get("Replacement", "False")),
        properties=tuple(map(_property, change.get("Details", []))),
        kept=change.get("PolicyAction", "") in {"Retain", "ReplaceAndRetain"},
    )


def _property(said: ResourceChangeDetailTypeDef) -> PropertyChange:
    target = said.get("Target", {})
    attribute = target.get("Attribute", "Properties")
    path = target.get("Path", "").removeprefix("/Properties/").strip("/").replace("/", ".")
    after = target.get("AfterValue")
    return PropertyChange(
        name=path or target.get("Name") or attribute,
        before=target.get("BeforeValue"),
        after=None if after == _KNOWN_LATER else after,
        recreation=target.get("RequiresRecreation", "Never"),
        known=said.get("Evaluation", "Static") == "Static" and after != _KNOWN_LATER,
    )
