"""Stacks brought up, changed and refused, in every state, through the real boto3 and moto's CloudFormation."""

from __future__ import annotations

import threading

import pytest

from fakes.moto_stacks import holding_stacks
from integration.deploy.apply.own_stacks import OwnStacks, own_template
from tulle.aws.stack import ChangeSetRequest
from tulle.deploy.names import Names
from tulle.deploy.stack.readiness import continue_rollback, find_stack, make_ready
from tulle.errors import DeploymentFailed, ForeignResource, InvalidApiKey, StackBusy, StackStuck

NAMES = Names(project="shop", stage="dev")
SECRETS = (("Key", "SHOP_KEY"),)


def test_creates_a_stack_and_tells_of_it(own: OwnStacks) -> None:
    stack, plan = own.deploy(own_template("Logs", "Role"))
    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs == {"Logs": "/aws/lambda/shop-dev"}
    assert stack.tags == {"tulle:project": "shop", "tulle:stage": "dev"}
    assert plan.creates
    assert [(each.action, each.resource) for each in plan.changes] == [
        ("Add", "Role"),
        ("Add", "Logs"),
    ]
    assert own.shown == [plan]
    assert own.told == [
        "→ Create the stack shop-dev",
        "Logs (AWS::Logs::LogGroup): created",
        "Role (AWS::IAM::Role): created",
    ]


def test_the_second_time_nothing_is_changed_and_nobody_asked(own: OwnStacks) -> None:
    template = own_template("Logs")
    own.deploy(template)
    before = len(own.made().events)
    stack, plan = own.deploy(template)
    assert stack.status == "CREATE_COMPLETE"
    assert plan.changes == ()
    assert len(own.shown) == 1
    assert len(own.made().events) == before
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])


def test_updates_what_changes(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    stack, plan = own.deploy(own_template("Logs", "Role"))
    assert stack.status == "UPDATE_COMPLETE"
    assert [(each.action, each.resource) for each in plan.changes] == [("Add", "Role")]
    assert stack.outputs == {"Logs": "/aws/lambda/shop-dev"}


def test_a_first_deployment_that_fails_is_taken_away_by_the_next(own: OwnStacks) -> None:
    with pytest.raises(DeploymentFailed) as caught:
        own.deploy(own_template("Logs", "Broken"))
    assert caught.value.message.startswith("Broken (AWS::Lambda::Version) failed to create: ")
    assert caught.value.detail is not None
    assert "Function not found" in caught.value.detail
    assert "What had been made is removed again" in caught.value.detail
    assert own.left == (["shop-dev ROLLBACK_COMPLETE"], [])
    own.told.clear()
    stack, _ = own.deploy(own_template("Logs"))
    assert stack.status == "CREATE_COMPLETE"
    assert own.told[0] == "→ Remove shop-dev, whose first deployment failed"


def test_an_update_that_fails_leaves_everything_as_it_was(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    with pytest.raises(DeploymentFailed) as caught:
        own.deploy(own_template("Logs", "Broken"))
    assert caught.value.detail is not None
    assert "Everything is as it was before" in caught.value.detail
    assert own.left == (["shop-dev UPDATE_ROLLBACK_COMPLETE"], [])
    assert list(own.made().resource_map.resources) == ["Logs"]
    stack, plan = own.deploy(own_template("Logs"))
    assert (stack.status, plan.changes) == ("UPDATE_ROLLBACK_COMPLETE", ())


def test_a_change_set_that_was_left_behind_is_gone_over(own: OwnStacks) -> None:
    own.stacks.create_change_set(
        ChangeSetRequest(
            stack="shop-dev", name="left", creates=True, template=own_template("Logs").text
        )
    )
    assert own.left == (["shop-dev REVIEW_IN_PROGRESS"], ["left"])
    stack, plan = own.deploy(own_template("Logs"))
    assert stack.status == "CREATE_COMPLETE"
    assert plan.creates
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])


def test_a_plan_leaves_nothing_where_nothing_was(own: OwnStacks) -> None:
    plan = own.plan(own_template("Logs"))
    assert plan.creates
    assert [each.resource for each in plan.changes] == ["Logs"]
    assert own.left == ([], [])


def test_a_plan_leaves_a_stack_as_it_is(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    plan = own.plan(own_template("Logs", "Role"))
    assert [(each.action, each.resource) for each in plan.changes] == [("Add", "Role")]
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])
    assert own.plan(own_template("Logs")).changes == ()
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])


def test_a_plan_over_a_change_set_that_was_left_leaves_that_alone(own: OwnStacks) -> None:
    template = own_template("Logs")
    own.stacks.create_change_set(
        ChangeSetRequest(stack="shop-dev", name="left", creates=True, template=template.text)
    )
    assert own.plan(template).creates
    assert own.left == (["shop-dev REVIEW_IN_PROGRESS"], ["left"])


def test_a_plan_can_be_made_where_the_first_deployment_failed(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.put_into("ROLLBACK_COMPLETE")
    plan = own.plan(own_template("Logs"))
    assert (plan.stack, plan.creates) == ("shop-dev", True)
    assert own.left == (["shop-dev ROLLBACK_COMPLETE"], [])


def test_a_busy_stack_is_told_and_left_alone(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.put_into("UPDATE_IN_PROGRESS")
    with pytest.raises(StackBusy, match=r"being changed: UPDATE_IN_PROGRESS since \d\d:\d\d:\d\d"):
        own.deploy(own_template("Logs", "Role"))
    assert own.left == (["shop-dev UPDATE_IN_PROGRESS"], [])


def test_a_busy_stack_is_waited_for(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.put_into("UPDATE_IN_PROGRESS")
    ending = threading.Timer(0.2, own.put_into, ["UPDATE_COMPLETE"])
    ending.start()
    stack, plan = own.deploy(own_template("Logs", "Role"), wait=True)
    ending.join()
    assert "→ Wait for shop-dev, which is UPDATE_IN_PROGRESS" in own.told
    assert stack.status == "UPDATE_COMPLETE"
    assert len(plan.changes) == 1


def test_of_two_deployments_at_once_one_wins_and_the_other_is_told(own: OwnStacks) -> None:
    template = own_template("Logs")
    own.deploy(template)
    stack = make_ready(own.stacks, NAMES, own.watcher)
    results: list[str] = []

    def deploy(name: str) -> None:
        try:
            own.change(own_template("Logs", name), stack)
            results.append("won")
        except StackBusy as exc:
            results.append(exc.message)

    with holding_stacks():
        first = threading.Thread(target=deploy, args=("First",))
        first.start()
        while own.made().status != "UPDATE_IN_PROGRESS":
            pass
        deploy("Second")
    first.join()
    assert results == [
        "somebody else is changing the stack shop-dev, or has just changed it",
        "won",
    ]
    assert list(own.made().resource_map.resources) == ["Logs", "First"]
    assert own.left == (["shop-dev UPDATE_COMPLETE"], [])


def test_a_change_that_was_looked_at_too_long_is_not_made(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    stack = make_ready(own.stacks, NAMES, own.watcher)
    somebody = OwnStacks(own.session)
    own.meanwhile = lambda: somebody.change(own_template("Logs", "Other"), stack)
    with pytest.raises(StackBusy):
        own.change(own_template("Logs", "Role"), stack)
    assert list(own.made().resource_map.resources) == ["Logs", "Other"]
    assert own.left == (["shop-dev UPDATE_COMPLETE"], [])


def test_two_first_deployments_at_once_do_not_destroy_each_other(own: OwnStacks) -> None:
    with holding_stacks():
        thread = threading.Thread(target=own.deploy, args=(own_template("Logs"),))
        thread.start()
        while own.left[0] != ["shop-dev CREATE_IN_PROGRESS"]:
            pass
        with pytest.raises(StackBusy):
            own.change(own_template("Logs"), None)
    thread.join()
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])


def test_stages_do_not_touch_each_other(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    stack, _ = own.deploy(own_template("Logs", "Role", stage="prod"), stage="prod")
    assert stack.name == "shop-prod"
    assert stack.outputs == {"Logs": "/aws/lambda/shop-prod"}
    assert own.left == (["shop-dev CREATE_COMPLETE", "shop-prod CREATE_COMPLETE"], [])
    assert list(own.made("shop-dev").resource_map.resources) == ["Logs"]


def test_a_stack_that_tulle_did_not_make_is_left_alone(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.made().tags = {"team": "shop"}
    before = len(own.made().events)
    with pytest.raises(ForeignResource, match="was not made by tulle"):
        own.deploy(own_template("Role"))
    assert len(own.made().events) == before


def test_a_stuck_stack_names_what_holds_it_and_can_be_gone_on_with(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.put_into("UPDATE_ROLLBACK_IN_PROGRESS")
    own.made().events.append(_failed(own, "Logs", "somebody deleted it"))
    own.put_into("UPDATE_ROLLBACK_FAILED")
    with pytest.raises(StackStuck) as caught:
        own.deploy(own_template("Logs"))
    assert caught.value.detail == "Logs (AWS::Logs::LogGroup): somebody deleted it"
    continue_rollback(own.stacks, NAMES, own.watcher)
    stack, _ = own.deploy(own_template("Logs", "Role"))
    assert stack.status == "UPDATE_COMPLETE"


def test_there_is_nothing_to_go_on_with_in_a_sound_stack(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    continue_rollback(own.stacks, NAMES, own.watcher)
    assert own.told[-1] == "shop-dev is not stuck: there is no rollback to go on with"


def test_a_stack_whose_deletion_failed_is_for_destroy(own: OwnStacks) -> None:
    own.deploy(own_template("Logs"))
    own.put_into("DELETE_FAILED")
    with pytest.raises(StackStuck, match="began to delete the stack shop-dev"):
        own.deploy(own_template("Logs"))


@pytest.mark.parametrize(
    ("status", "error"),
    [("UPDATE_IN_PROGRESS", StackBusy), ("UPDATE_ROLLBACK_FAILED", StackStuck)],
)
def test_no_plan_can_be_made_of_a_stack_that_cannot_be_changed(
    own: OwnStacks, status: str, error: type[Exception]
) -> None:
    own.deploy(own_template("Logs"))
    own.put_into(status)
    with pytest.raises(error):
        find_stack(own.stacks, NAMES)


def test_a_secret_comes_from_the_environment_and_stays_in_the_stack(own: OwnStacks) -> None:
    template = own_template("Logs", secrets=SECRETS)
    with pytest.raises(InvalidApiKey, match="SHOP_KEY, which holds an API key, is not set"):
        own.deploy(template)
    with pytest.raises(InvalidApiKey, match="the API key in SHOP_KEY has 3 characters"):
        own.deploy(template, environ={"SHOP_KEY": "key"})
    stack, _ = own.deploy(template, environ={"SHOP_KEY": "k" * 20})
    assert stack.parameters == ("Key",)
    assert own.made().parameters == {"Key": "k" * 20}
    own.deploy(own_template("Logs", "Role", secrets=SECRETS))
    assert own.made().parameters == {"Key": "k" * 20}


def _failed(own: OwnStacks, resource: str, reason: str) -> object:
    from moto.cloudformation.models import Event  # noqa: PLC0415

    return Event(
        stack_id=own.made().stack_id,
        stack_name="shop-dev",
        logical_resource_id=resource,
        physical_resource_id="",
        resource_type="AWS::Logs::LogGroup",
        resource_status="UPDATE_FAILED",
        resource_status_reason=reason,
        resource_properties=None,
    )
