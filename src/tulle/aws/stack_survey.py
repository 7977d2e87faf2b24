"""Owns `StackSurvey`: which stacks there are, what is in one, and whether somebody changed that by hand."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from tulle.aws.cloudformation import stack_of
from tulle.aws.failure import message_of, translated
from tulle.aws.stack import Drift
from tulle.errors import DeploymentNotFound, StackBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_cloudformation.type_defs import DescribeStackResourceDriftsInputTypeDef

    from tulle.aws.session import AwsSession
    from tulle.aws.stack import Stack

__all__ = ["DriftedResource", "StackResource", "StackSurvey"]

_DRIFT_PAUSE_S = 2.0
_DRIFT_PAUSES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResource:
    """A thing that a stack has.

    Args:
        name: its name in the template.
        physical_id: what AWS knows it by; empty where it is not there.
        status: AWS's word, such as `CREATE_COMPLETE`.
    """

    name: str
    type: str
    physical_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftedResource:
    """A thing of a stack that is not as the template says.

    Args:
        name: its name in the template.
        is_gone: whether somebody deleted it.
        changes: which properties differ: the path, what is expected, what is there.
    """

    name: str
    type: str
    is_gone: bool
    changes: tuple[tuple[str, str, str], ...] = ()


class StackSurvey:
    """Looks at stacks, and changes none."""

    def __init__(self, session: AwsSession) -> None:
        self._region = session.region
        self._client = session.cloudformation()

    def stacks(self) -> Iterator[Stack]:
        """Give all stacks of the region that are there."""
        pages = iter(self._client.get_paginator("describe_stacks").paginate())
        while True:
            with translated("cloudformation"):
                page = next(pages, None)
            if page is None:
                return
            yield from map(stack_of, page["Stacks"])

    def resources(self, stack: str) -> tuple[StackResource, ...]:
        """List what a stack has, by its name or ARN.

        Raises:
            DeploymentNotFound: there is no such stack.
        """
        with self._asking(stack):
            pages = self._client.get_paginator("list_stack_resources").paginate(StackName=stack)
            return tuple(
                StackResource(
                    name=said["LogicalResourceId"],
                    type=said["ResourceType"],
                    physical_id=said.get("PhysicalResourceId", ""),
                    status=said["ResourceStatus"],
                )
                for page in pages
                for said in page["StackResourceSummaries"]
            )

    def find_drift(
        self, stack: str, *, sleep: Callable[[float], None]
    ) -> tuple[Drift, tuple[DriftedResource, ...]]:
        """Have CloudFormation compare a stack with what is there, which takes a while; give what differs.

        Raises:
            DeploymentNotFound: there is no such stack.
            StackBusy: it is being changed, or the comparison does not end.
        """
        with self._asking(stack):
            detection = self._client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
            for _ in range(_DRIFT_PAUSES):
                said = self._client.describe_stack_drift_detection_status(
                    StackDriftDetectionId=detection
                )
                if said["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                    break
                sleep(_DRIFT_PAUSE_S)
            else:
                raise StackBusy(
                    f"CloudFormation has been comparing {stack} for ten minutes",
                    hint="run the command again in a while",
                )
        return Drift(said.get("StackDriftStatus", "UNKNOWN")), self._drifted(stack)

    def _drifted(self, stack: str) -> tuple[DriftedResource, ...]:
        found: list[DriftedResource] = []
        asked: DescribeStackResourceDriftsInputTypeDef = {
            "StackName": stack,
            "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"],
        }
        while True:
            with self._asking(stack):
                said = self._client.describe_stack_resource_drifts(**asked)
            found += (
                DriftedResource(
                    name=each["LogicalResourceId"],
                    type=each["ResourceType"],
                    is_gone=each["StackResourceDriftStatus"] == "DELETED",
                    changes=tuple(
                        (change["PropertyPath"], change["ExpectedValue"], change["ActualValue"])
                        for change in each.get("PropertyDifferences", [])
                    ),
                )
                for each in said["StackResourceDrifts"]
            )
            if "NextToken" not in said:
                return tuple(found)
            asked["NextToken"] = said["NextToken"]

    @contextmanager
    def _asking(self, stack: str) -> Iterator[None]:
        with translated("cloudformation"):
            try:
                yield
            except boto.ClientError as exc:
                if "does not exist" in message_of(exc):
                    raise DeploymentNotFound(
                        f"there is no stack {stack} in {self._region}",
                        hint="`tulle status` lists what is deployed; is it the right --region?",
                    ) from exc
                if "_IN_PROGRESS" in message_of(exc):
                    raise StackBusy(
                        f"the stack {stack} is being changed",
                        hint="wait until that is done, and run the command again",
                        detail=message_of(exc),
                    ) from exc
                raise
