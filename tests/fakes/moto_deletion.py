"""What moto's CloudFormation lacks when a stack is deleted, taught to it in this process.

moto tells nothing of the resources, fails where one of them is gone already, and forgets the stack although it failed.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway.models import apigateway_backends
from moto.cloudformation import models
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from fakes.moto_stacks import _in_order

__all__ = ["complete_deletion"]

_REST_API = "AWS::ApiGateway::RestApi"
_GONE = ("NotFound", "NoSuch", "NonExistent")


def complete_deletion() -> None:
    """Teach moto, for as long as this process lives, how AWS deletes a stack."""
    backend: Any = models.CloudFormationBackend
    backend.delete_stack = _delete


def _delete(backend: Any, name_or_id: str) -> None:
    for stack in list(backend.stacks.values()):
        if name_or_id in {stack.stack_id, stack.name}:
            _turn(stack, "DELETE_IN_PROGRESS", "User Initiated")
            failed = [name for name in _from_last(stack) if not _remove(stack, name)]
            if failed:
                reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
                _turn(stack, "DELETE_FAILED", reason)
                return
            _turn(stack, "DELETE_COMPLETE")
            backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)


def _from_last(stack: Any) -> list[str]:
    there, parsed = stack.resource_map._resource_json_map, stack.resource_map._parsed_resources
    # An update leaves nothing in the place of what moto does not know.
    return [name for name in reversed(_in_order(there)) if parsed.get(name) is not None]


def _remove(stack: Any, name: str) -> bool:
    """Remove a resource that is there, or that somebody has removed; tell whether that went well."""
    resources = stack.resource_map
    said = resources._resource_json_map[name]
    kept = said.get("DeletionPolicy", "").startswith("Retain")
    kind = said["Type"]
    _tell(stack, name, kind, "DELETE_SKIPPED" if kept else "DELETE_IN_PROGRESS")
    if not kept:
        try:
            there = resources._parsed_resources[name]
            resources._delete_resource(there, said)
            if kind == _REST_API:  # which moto leaves
                backend = apigateway_backends[resources._account_id][resources._region_name]
                backend.delete_rest_api(there.physical_resource_id)
        except (HTTPException, ServiceException) as exc:
            if not any(word in type(exc).__name__ + str(exc) for word in _GONE):
                _tell(stack, name, kind, "DELETE_FAILED", str(exc))
                return False
        _tell(stack, name, kind, "DELETE_COMPLETE")
    resources._parsed_resources.pop(name)
    return True


def _turn(stack: Any, status: str, reason: str | None = None) -> None:
    stack._add_stack_event(status, resource_status_reason=reason)
    stack.status, stack.status_reason = status, reason or ""


def _tell(stack: Any, name: str, kind: str, status: str, reason: str | None = None) -> None:
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=name,
            physical_resource_id="",
            resource_type=kind,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )
