"""What moto lacks of drift, taught to it in this process: a function and its alias compared with their stack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.awslambda.utils import get_backend
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

__all__ = ["complete_drift"]

_polls: dict[str, int] = {}


def complete_drift() -> None:
    """Teach moto, for as long as this process lives, to find what was changed by hand."""
    response: Any = CloudFormationResponse
    response.detect_stack_drift = _detect
    response.describe_stack_drift_detection_status = _status
    response.describe_stack_resource_drifts = _drifts


def _detect(response: Any) -> ActionResult:
    stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
    _polls[stack.stack_id] = 0
    return ActionResult({"StackDriftDetectionId": stack.stack_id})


def _status(response: Any) -> ActionResult:
    """Be done when asked the second time."""
    stack_id = response._get_param("StackDriftDetectionId")
    _polls[stack_id] += 1
    stack = response.cloudformation_backend.get_stack(stack_id)
    said: dict[str, Any] = {
        "StackId": stack_id,
        "StackDriftDetectionId": stack_id,
        "DetectionStatus": "DETECTION_IN_PROGRESS",
        "Timestamp": datetime.now(UTC),
    }
    if _polls[stack_id] > 1:
        said["DetectionStatus"] = "DETECTION_COMPLETE"
        said["StackDriftStatus"] = "DRIFTED" if list(_differences(stack)) else "IN_SYNC"
    return ActionResult(said)


def _drifts(response: Any) -> ActionResult:
    stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
    return ActionResult({"StackResourceDrifts": list(_differences(stack))})


def _differences(stack: Any) -> Any:
    resources = stack.resource_map
    lambda_backend = get_backend(resources._account_id, resources._region_name)
    outputs = {output.key: output.value for output in stack.output_map.values()}
    name = outputs["FunctionName"]
    said = resources._resource_json_map
    function = (
        lambda_backend._lambdas.get_function_by_name_with_qualifier(name)
        if any(each.function_name == name for each in lambda_backend.list_functions())
        else None
    )
    if function is None:
        yield _drift(stack, "Function", said["Function"]["Type"], "DELETED")
        return
    expected = said["Function"]["Properties"]["MemorySize"]
    if function.memory_size != expected:
        yield _drift(
            stack, "Function", said["Function"]["Type"], "MODIFIED",
            ("/MemorySize", str(expected), str(function.memory_size)),
        )  # fmt: skip
    live = lambda_backend.get_alias("live", name).function_version
    if str(live) != outputs["Version"]:
        yield _drift(
            stack, "Live", said["Live"]["Type"], "MODIFIED",
            ("/FunctionVersion", outputs["Version"], str(live)),
        )  # fmt: skip


def _drift(
    stack: Any, name: str, kind: str, status: str, *changes: tuple[str, str, str]
) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "LogicalResourceId": name,
        "ResourceType": kind,
        "StackResourceDriftStatus": status,
        "Timestamp": datetime.now(UTC),
        "PropertyDifferences": [
            {
                "PropertyPath": path,
                "ExpectedValue": expected,
                "ActualValue": actual,
                "DifferenceType": "NOT_EQUAL",
            }
            for path, expected, actual in changes
        ],
    }
