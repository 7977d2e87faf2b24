"""What moto's CloudFormation lacks of AWS's change sets, taught to it in this process.

moto applies a change set within the call that executes it, in another order than that of dependencies, forgets outputs
and tags, knows no rollback, and makes a second stack for a second change set. `complete_stacks` gives it what AWS does
there, as its user guide and recorded answers have it.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import LambdaFunction
from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import EmptyResult

from fakes.moto_changes import detail_changes
from fakes.moto_resources import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["complete_stacks", "holding_stacks", "refusing"]

_OPEN = threading.Event()
_OPEN.set()
_WAIT_S = 30
_REFUSED: dict[str, str] = {}
_UPDATABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED")
_make_function = LambdaFunction.create_from_cloudformation_json
_create_change_set = models.CloudFormationBackend.create_change_set


class _ChangeSetNotFound(ServiceException):
    code = "ChangeSetNotFound"


class _InvalidChangeSetStatus(ServiceException):
    code = "InvalidChangeSetStatus"


def complete_stacks() -> None:
    """Teach moto, for as long as this process lives, what AWS does with change sets and stacks."""
    assert RESOURCES  # to be there is enough: moto looks for subclasses
    backend: Any = models.CloudFormationBackend
    backend.create_change_set = _create
    backend.describe_change_set = _describe
    backend.execute_change_set = _execute
    backend.delete_change_set = _delete_change_set
    function: Any = LambdaFunction
    function.create_from_cloudformation_json = classmethod(_create_function)
    resources: Any = parsing.ResourceMap
    resources.delete = _remove_all
    response: Any = CloudFormationResponse
    response.continue_update_rollback = _continue_update_rollback


@contextmanager
def holding_stacks() -> Iterator[None]:
    """Keep stacks that change in progress until the end of the block."""
    _OPEN.clear()
    try:
        yield
    finally:
        _OPEN.set()


@contextmanager
def refusing(resource: str, reason: str) -> Iterator[None]:
    """Let a resource fail wherever it is made or changed within the block, for a reason in AWS's words."""
    _REFUSED[resource] = reason
    try:
        yield
    finally:
        del _REFUSED[resource]


class _Failed(Exception):
    """A resource that did not become what it should."""

    def __init__(self, resource: str, reason: str) -> None:
        super().__init__(reason)
        self.resource = resource


def _create_function(
    cls: type[LambdaFunction],  # noqa: ARG001 (a class method's)
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    *place: str,
    **more: Any,
) -> LambdaFunction:
    """Let a function be an image where the template says so, which moto forgets."""
    function = _make_function(resource_name, cloudformation_json, *place, **more)
    function.package_type = cloudformation_json["Properties"].get("PackageType", "Zip")
    return function


def _create(backend: Any, stack_name: str, change_set_name: str, **more: Any) -> tuple[str, str]:
    there = next((stack for stack in backend.stacks.values() if stack.name == stack_name), None)
    if more["change_set_type"] == "UPDATE":
        if there is None or there.status == "REVIEW_IN_PROGRESS":
            raise ValidationError(message=f"Stack [{stack_name}] does not exist")
        _refuse_unless_updatable(there)
        made = _create_change_set(backend, stack_name, change_set_name, **more)
        detail_changes(backend.change_sets[made[0]], there.resource_map._resource_json_map)
        return made
    if there and there.status != "REVIEW_IN_PROGRESS":
        raise ValidationError(
            message=f"Stack [{stack_name}] already exists and cannot be created again"
            f" with the changeSet [{change_set_name}]."
        )
    change_set_id, stack_id = _create_change_set(backend, stack_name, change_set_name, **more)
    if there:
        del backend.stacks[stack_id]
        change_set = backend.change_sets[change_set_id]
        change_set.stack, change_set.stack_id = there, there.stack_id
    return change_set_id, there.stack_id if there else stack_id


def _refuse_unless_updatable(stack: Any) -> None:
    if stack.status not in _UPDATABLE:
        raise ValidationError(
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )


def _describe(backend: Any, change_set_name: str) -> Any:
    for change_set in backend.change_sets.values():
        if change_set_name in {change_set.change_set_id, change_set.change_set_name}:
            return change_set
    raise _ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")


def _delete_change_set(backend: Any, change_set_name: str) -> None:
    for change_set in list(backend.change_sets.values()):
        if change_set_name in {change_set.change_set_id, change_set.change_set_name}:
            del backend.change_sets[change_set.change_set_id]


def _execute(backend: Any, change_set_name: str, stack_name: str | None = None) -> None:  # noqa: ARG001 (moto's)
    change_set = _describe(backend, change_set_name)
    stack = change_set.stack
    if change_set.execution_status != "AVAILABLE":
        raise _InvalidChangeSetStatus(
            f"ChangeSet [{change_set_name}] cannot be executed in its current status of"
            f" [{change_set.execution_status}]"
        )
    if change_set.change_set_type == "UPDATE":
        _refuse_unless_updatable(stack)
    change_set.execution_status = "EXECUTE_IN_PROGRESS"
    for other in list(backend.change_sets.values()):  # as AWS does: they no longer hold
        if other.stack is stack and other is not change_set:
            del backend.change_sets[other.change_set_id]
    _turn(stack, f"{change_set.change_set_type}_IN_PROGRESS", "User Initiated")
    threading.Thread(target=_change, args=(change_set,), daemon=True).start()


def _change(change_set: Any) -> None:
    """Do what a change set says, as AWS does after it answered; whatever happens, the stack comes to an end."""
    _OPEN.wait(_WAIT_S)
    try:
        _make_true(change_set)
    except Exception as exc:
        _turn(change_set.stack, f"{change_set.change_set_type}_FAILED", repr(exc))
        raise


def _make_true(change_set: Any) -> None:
    stack, kind = change_set.stack, change_set.change_set_type
    before = stack.template_dict
    try:
        _update(stack.resource_map, change_set.template_dict, change_set.parameters)
    except _Failed as exc:
        change_set.execution_status = "EXECUTE_FAILED"
        type_ = change_set.template_dict["Resources"][exc.resource]["Type"]
        _roll_back(stack, kind, before, (exc.resource, type_), str(exc))
        return
    for change in change_set.changes:
        resource = change.logical_resource_id, change.resource_type
        if getattr(change, "policy_action", "") == "Retain":
            _add_event(stack, *resource, "DELETE_SKIPPED")
            continue
        word = {"Add": "CREATE", "Modify": "UPDATE", "Remove": "DELETE"}[change.action]
        for status in (f"{word}_IN_PROGRESS", f"{word}_COMPLETE"):
            _add_event(stack, *resource, status)
    stack.template, stack.tags = change_set.template, change_set.tags or stack.tags
    stack.parameters = change_set.parameters
    stack._parse_template()
    stack.output_map = stack._create_output_map()
    change_set.execution_status = "EXECUTE_COMPLETE"
    _turn(stack, f"{kind}_COMPLETE")


def _update(resources: Any, template: dict[str, Any], parameters: dict[str, str]) -> None:
    """Bring resources to what a template says, each after those that it refers to."""
    old = resources._resource_json_map
    difference = resources.build_resource_diff(template, parameters)
    resources._template, resources.input_parameters = template, parameters
    resources._resource_json_map = template["Resources"]
    resources.load_parameters()
    resources.load_conditions()
    for name in _in_order(template["Resources"]):
        if name in difference["Add"] or name in difference["Modify"]:
            try:
                _bring(
                    resources, name, template["Resources"][name], is_new=name in difference["Add"]
                )
            except Exception as exc:  # whatever a resource of moto raises
                raise _Failed(name, str(exc)) from exc
    for name in reversed(_in_order(old)):
        if name in difference["Remove"]:
            _remove(resources, name, old[name])


def _bring(resources: Any, name: str, said: dict[str, Any], *, is_new: bool) -> None:
    if name in _REFUSED:
        raise ValueError(_REFUSED[name])
    if is_new:
        resources[name]  # moto makes what is asked for
        return
    new: Any = parsing.parse_and_update_resource(
        name, said, resources, resources._account_id, resources._region_name
    )
    made = resources._parsed_resources
    made[name] = new or made.get(name)  # moto forgets what it cannot update


def _remove(resources: Any, name: str, said: dict[str, Any]) -> None:
    there = resources._parsed_resources.pop(name, None)
    if there and not said.get("DeletionPolicy", "").startswith("Retain"):
        resources._delete_resource(there, said)


def _remove_all(resources: Any) -> None:
    """Remove what a stack has, each before what it refers to."""
    there = resources._resource_json_map
    for name in reversed(_in_order(there)):
        _remove(resources, name, there[name])


def _in_order(resources: dict[str, Any]) -> list[str]:
    """Put resources after those that they need."""
    order: list[str] = []

    def add(name: str) -> None:
        if name in order or name not in resources:
            return
        for other in _references(resources[name]):
            add(other)
        order.append(name)

    for name in resources:
        add(name)
    return order


def _references(part: Any) -> list[str]:
    if isinstance(part, str):
        return re.findall(r"\$\{([A-Za-z0-9]+)", part)
    if isinstance(part, list):
        return [name for item in part for name in _references(item)]
    if not isinstance(part, dict):
        return []
    found = [name for item in part.values() for name in _references(item)]
    for key in ("Ref", "Fn::GetAtt", "DependsOn"):
        said = part.get(key, [])
        names = [said] if isinstance(said, str) else said
        found += names[:1] if key == "Fn::GetAtt" else names
    return found


def _roll_back(
    stack: Any, kind: str, before: dict[str, Any], culprit: tuple[str, str], reason: str
) -> None:
    _add_event(stack, *culprit, f"{kind}_IN_PROGRESS")
    _add_event(stack, *culprit, f"{kind}_FAILED", reason)
    back = "ROLLBACK" if kind == "CREATE" else "UPDATE_ROLLBACK"
    failed = f"The following resource(s) failed to {kind.lower()}: [{culprit[0]}]. "
    _turn(stack, f"{back}_IN_PROGRESS", failed)
    if kind == "UPDATE":
        refused = dict(_REFUSED)
        _REFUSED.clear()
        _update(stack.resource_map, before, stack.parameters)
        _REFUSED.update(refused)
    else:
        stack.resource_map.delete()
    _turn(stack, f"{back}_COMPLETE")


def _turn(stack: Any, status: str, reason: str | None = None) -> None:
    stack._add_stack_event(status, resource_status_reason=reason)
    stack.status = status


def _add_event(
    stack: Any, logical_id: str, resource_type: str, status: str, reason: str | None = None
) -> None:
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id="",
            resource_type=resource_type,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def _continue_update_rollback(response: Any) -> EmptyResult:
    stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise ValidationError(
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be rolled back."
        )
    _turn(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    _turn(stack, "UPDATE_ROLLBACK_COMPLETE")
    return EmptyResult()
