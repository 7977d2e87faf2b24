"""What CloudFormation answers beyond what moto can say, read through the real boto3."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from integration.deploy.apply.recorded import recorded_answers, refusal, result
from tulle.aws.cloudformation import Stacks
from tulle.aws.session import open_session
from tulle.aws.stack import (
    Action,
    ChangeSet,
    ChangeSetRequest,
    Drift,
    PropertyChange,
    Replacement,
    ResourceChange,
)
from tulle.deploy.stack.change_set import changes_nothing, offered_change_set
from tulle.errors import ActionDenied, AwsRefused, DeploymentFailed, StackBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.deploy.apply.recorded import Recorded
    from tulle.aws.session import AwsSession

STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-dev/1"
CHANGE_SET_ID = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/tulle-1/1"
CREATED = "2026-11-28T03:00:00.000Z"
REQUEST = ChangeSetRequest(stack="shop-dev", name="tulle-1", creates=True, template="{}")


@pytest.fixture(scope="module")
def recorded_server() -> Iterator[Recorded]:
    with recorded_answers() as recorded:
        yield recorded


@pytest.fixture(scope="module")
def recorded_stacks(recorded_server: Recorded, session: AwsSession) -> Stacks:
    assert session.region  # its environment names the keys, too
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", recorded_server.url)
        return Stacks(open_session())


@pytest.fixture
def recorded(recorded_server: Recorded) -> Recorded:
    """Give a server that has nothing to say yet."""
    recorded_server.answers.clear()
    recorded_server.asked.clear()
    return recorded_server


@pytest.fixture
def stacks(recorded: Recorded, recorded_stacks: Stacks) -> Stacks:
    assert recorded is not None
    return recorded_stacks


def _no_sleep(_: float) -> None:
    pass


def described(status: str, *, reason: str = "", changes: str = "", token: str = "") -> str:
    fields = {
        "ChangeSetName": "tulle-1",
        "ChangeSetId": CHANGE_SET_ID,
        "StackId": STACK_ID,
        "StackName": "shop-dev",
        "CreationTime": CREATED,
        "Status": status,
        "Changes": changes,
    }
    more = {"StatusReason": reason, "NextToken": token}
    return result(**fields, **{name: value for name, value in more.items() if value})


def stack(status: str, **more: str) -> str:
    fields = {
        "StackName": "shop-dev",
        "StackId": STACK_ID,
        "CreationTime": CREATED,
        "StackStatus": status,
    }
    return f"<Stacks><member>{result(**fields, **more)}</member></Stacks>"


MODIFIED = """<member><Type>Resource</Type><ResourceChange>
  <Action>Modify</Action><LogicalResourceId>HttpApi</LogicalResourceId>
  <PhysicalResourceId>abc</PhysicalResourceId><ResourceType>AWS::ApiGatewayV2::Api</ResourceType>
  <Replacement>True</Replacement><PolicyAction>ReplaceAndDelete</PolicyAction>
  <Scope><member>Properties</member></Scope>
  <Details>
    <member><Target><Attribute>Properties</Attribute><Name>ProtocolType</Name>
      <RequiresRecreation>Always</RequiresRecreation><Path>/Properties/ProtocolType</Path>
      <BeforeValue>HTTP</BeforeValue><AfterValue>WEBSOCKET</AfterValue>
      <AttributeChangeType>Modify</AttributeChangeType></Target>
      <Evaluation>Static</Evaluation><ChangeSource>DirectModification</ChangeSource></member>
    <member><Target><Attribute>Tags</Attribute><RequiresRecreation>Never</RequiresRecreation></Target>
      <Evaluation>Dynamic</Evaluation><ChangeSource>DirectModification</ChangeSource></member>
  </Details></ResourceChange></member>"""
REMOVED = """<member><Type>Resource</Type><ResourceChange>
  <PolicyAction>Retain</PolicyAction><Action>Remove</Action><LogicalResourceId>Version1</LogicalResourceId>
  <PhysicalResourceId>shop-dev:1</PhysicalResourceId><ResourceType>AWS::Lambda::Version</ResourceType>
  </ResourceChange></member>"""


def test_a_change_set_is_read_with_all_its_pages_and_values(
    stacks: Stacks, recorded: Recorded
) -> None:
    recorded.answers["DescribeChangeSet"] = [
        described("CREATE_COMPLETE", changes=MODIFIED, token="next"),  # noqa: S106 (a page's)
        described("CREATE_COMPLETE", changes=REMOVED),
    ]
    assert stacks.change_set("shop-dev", CHANGE_SET_ID) == ChangeSet(
        id=CHANGE_SET_ID,
        stack_id=STACK_ID,
        status="CREATE_COMPLETE",
        reason="",
        changes=(
            ResourceChange(
                action=Action.MODIFY,
                resource="HttpApi",
                type="AWS::ApiGatewayV2::Api",
                physical_id="abc",
                replacement=Replacement.ALWAYS,
                properties=(
                    PropertyChange(
                        name="ProtocolType", before="HTTP", after="WEBSOCKET", recreation="Always"
                    ),
                    PropertyChange(name="Tags", known=False),
                ),
            ),
            ResourceChange(
                action=Action.REMOVE,
                resource="Version1",
                type="AWS::Lambda::Version",
                physical_id="shop-dev:1",
                kept=True,
            ),
        ),
    )
    assert [fields.get("NextToken") for fields in recorded.asked] == [None, "next"]
    assert recorded.asked[0]["IncludePropertyValues"] == "true"


def test_a_change_set_is_waited_for(stacks: Stacks, recorded: Recorded) -> None:
    recorded.answers = {
        "CreateChangeSet": [result(Id=CHANGE_SET_ID, StackId=STACK_ID)],
        "DescribeChangeSet": [
            described("CREATE_PENDING"),
            described("CREATE_IN_PROGRESS"),
            described("CREATE_COMPLETE", changes=REMOVED),
        ],
        "DescribeStacks": [stack("UPDATE_COMPLETE")],
        "DeleteChangeSet": [""],
    }
    slept: list[float] = []
    with offered_change_set(stacks, REQUEST, slept.append, new_stack=False) as change_set:
        assert len(change_set.changes) == 1
    assert slept == [0.1, 0.3]
    assert recorded.actions[-1] == "DeleteChangeSet"


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_no_changes_are_a_success(stacks: Stacks, recorded: Recorded, reason: str) -> None:
    recorded.answers = {
        "CreateChangeSet": [result(Id=CHANGE_SET_ID, StackId=STACK_ID)],
        "DescribeChangeSet": [described("FAILED", reason=reason)],
        "DescribeStacks": [stack("UPDATE_COMPLETE")],
        "DeleteChangeSet": [""],
    }
    with offered_change_set(stacks, REQUEST, _no_sleep, new_stack=False) as change_set:
        assert changes_nothing(change_set)
    assert recorded.actions[-1] == "DeleteChangeSet"


def test_what_cloudformation_does_not_accept_is_told_and_leaves_nothing(
    stacks: Stacks, recorded: Recorded
) -> None:
    recorded.answers = {
        "CreateChangeSet": [result(Id=CHANGE_SET_ID, StackId=STACK_ID)],
        "DescribeChangeSet": [
            described("FAILED", reason="Resource /aws/lambda/shop-dev already exists")
        ],
        "DescribeStacks": [
            stack("REVIEW_IN_PROGRESS"),
            stack("DELETE_IN_PROGRESS"),
            stack("DELETE_COMPLETE"),
        ],
        "DeleteStack": [""],
    }
    with (
        pytest.raises(DeploymentFailed, match="something of that name is there already") as caught,
        offered_change_set(stacks, REQUEST, _no_sleep, new_stack=True),
    ):
        raise AssertionError("nothing is offered")
    assert caught.value.detail == "Resource /aws/lambda/shop-dev already exists"
    assert recorded.actions[-3:] == ["DeleteStack", "DescribeStacks", "DescribeStacks"]


VALIDATION = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)


def invalid(resource: str, reason: str, mode: str = "FAIL") -> str:
    event = result(
        EventId=resource,
        StackId=STACK_ID,
        Timestamp=CREATED,
        EventType="VALIDATION_ERROR",
        LogicalResourceId=resource,
        ResourceType="AWS::Logs::LogGroup",
        ValidationFailureMode=mode,
        ValidationStatusReason=reason,
    )
    return f"<member>{event}</member>"


def test_what_cloudformation_checks_beforehand_is_told_by_resource(
    stacks: Stacks, recorded: Recorded
) -> None:
    taken = "Resource of type 'AWS::Logs::LogGroup' with identifier '/aws/lambda/shop-dev' already exists."
    events = invalid("Quota", "nearly full", "WARN") + invalid("Logs", taken)
    recorded.answers = {
        "CreateChangeSet": [result(Id=CHANGE_SET_ID, StackId=STACK_ID)],
        "DescribeChangeSet": [described("FAILED", reason=VALIDATION)],
        "DescribeEvents": [f"<OperationEvents>{events}</OperationEvents>"],
        "DescribeStacks": [stack("UPDATE_COMPLETE")],
        "DeleteChangeSet": [""],
    }
    with (
        pytest.raises(DeploymentFailed, match="something of that name is there already") as caught,
        offered_change_set(stacks, REQUEST, _no_sleep, new_stack=False),
    ):
        raise AssertionError("nothing is offered")
    assert caught.value.detail == f"Logs (AWS::Logs::LogGroup): {taken}"
    (asked,) = (fields for fields in recorded.asked if fields["Action"] == "DescribeEvents")
    assert asked["Filters.FailedEvents"] == "true"


def test_who_may_not_see_what_was_checked_is_told_so(stacks: Stacks, recorded: Recorded) -> None:
    recorded.answers = {
        "CreateChangeSet": [result(Id=CHANGE_SET_ID, StackId=STACK_ID)],
        "DescribeChangeSet": [described("FAILED", reason=VALIDATION)],
        "DescribeEvents": [refusal("AccessDenied", "not authorized to perform: x:Y")],
        "DescribeStacks": [stack("UPDATE_COMPLETE")],
        "DeleteChangeSet": [""],
    }
    with (
        pytest.raises(DeploymentFailed, match="a name that the stack would take") as caught,
        offered_change_set(stacks, REQUEST, _no_sleep, new_stack=False),
    ):
        raise AssertionError("nothing is offered")
    assert "`cloudformation:DescribeEvents`" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "ValidationError",
            f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.",
        ),
        (
            "ValidationError",
            "Stack [shop-dev] already exists and cannot be created again with the changeSet [tulle-1].",
        ),
        ("OperationInProgressException", "Another operation is in progress"),
    ],
)
def test_a_stack_that_others_change_is_told(
    stacks: Stacks, recorded: Recorded, code: str, message: str
) -> None:
    recorded.answers["CreateChangeSet"] = [refusal(code, message)]
    with pytest.raises(StackBusy, match="somebody else is changing the stack shop-dev"):
        stacks.create_change_set(REQUEST)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ChangeSetNotFound", f"ChangeSet [{CHANGE_SET_ID}] does not exist"),
        (
            "InvalidChangeSetStatus",
            f"ChangeSet [{CHANGE_SET_ID}] cannot be executed in its current status of [OBSOLETE]",
        ),
    ],
)
def test_who_comes_second_is_told(
    stacks: Stacks, recorded: Recorded, code: str, message: str
) -> None:
    recorded.answers["ExecuteChangeSet"] = [refusal(code, message)]
    change_set = ChangeSet(
        id=CHANGE_SET_ID, stack_id=STACK_ID, status="CREATE_COMPLETE", reason="", changes=()
    )
    with pytest.raises(StackBusy, match="the stack shop-dev"):
        stacks.execute_change_set(change_set)


def test_another_refusal_is_given_as_it_is(stacks: Stacks, recorded: Recorded) -> None:
    recorded.answers["CreateChangeSet"] = [
        refusal("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    ]
    with pytest.raises(AwsRefused, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        stacks.create_change_set(REQUEST)


def test_a_denied_action_is_named(stacks: Stacks, recorded: Recorded) -> None:
    recorded.answers["DescribeStacks"] = [
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: "
            "cloudformation:DescribeStacks on resource: arn:aws:x because no identity-based policy allows it",
        )
    ]
    with pytest.raises(ActionDenied, match="`cloudformation:DescribeStacks`"):
        stacks.describe("shop-dev")


def test_a_drift_that_was_found_is_read(stacks: Stacks, recorded: Recorded) -> None:
    drift = result(StackDriftStatus="DRIFTED", LastCheckTimestamp="2026-11-28T04:00:00Z")
    recorded.answers["DescribeStacks"] = [stack("UPDATE_COMPLETE", DriftInformation=drift)]
    found = stacks.describe("shop-dev")
    assert found is not None
    assert found.drift is Drift.DRIFTED
    assert found.drift_checked == datetime(2026, 11, 28, 4, tzinfo=UTC)


def test_events_are_asked_for_only_as_far_as_they_are_read(
    stacks: Stacks, recorded: Recorded
) -> None:
    def page(number: int) -> str:
        event = result(
            EventId=str(number),
            StackId=STACK_ID,
            StackName="shop-dev",
            Timestamp=CREATED,
            ResourceStatus="CREATE_FAILED",
            ResourceStatusReason="because",
        )
        events = f"<StackEvents><member>{event}</member></StackEvents>"
        return events + result(NextToken=f"page {number - 1}")

    recorded.answers["DescribeStackEvents"] = [page(3), page(2), page(1)]
    events = stacks.events("shop-dev")
    assert next(events).id == "3"
    assert len(recorded.asked) == 1
    assert next(events).reason == "because"
    assert [fields.get("NextToken") for fields in recorded.asked] == [None, "page 2"]


def test_a_rollback_is_gone_on_with_without_some_resources(
    stacks: Stacks, recorded: Recorded
) -> None:
    recorded.answers["ContinueUpdateRollback"] = [""]
    stacks.continue_rollback("shop-dev", skip=("Logs",))
    assert recorded.asked[0]["ResourcesToSkip.member.1"] == "Logs"


def test_a_change_set_that_was_executed_cannot_be_dropped_and_that_is_fine(
    stacks: Stacks, recorded: Recorded
) -> None:
    recorded.answers["DeleteChangeSet"] = [refusal("InvalidChangeSetStatus", "executed")]
    stacks.delete_change_set(CHANGE_SET_ID)
    assert recorded.actions == ["DeleteChangeSet"]
