"""A change set as people read it."""

from __future__ import annotations

from tulle.aws.stack import Action, PropertyChange, Replacement, ResourceChange
from tulle.deploy.stack.plan import consequences, make_plan, show

FUNCTION = ResourceChange(
    action=Action.MODIFY,
    resource="Function",
    type="AWS::Lambda::Function",
    properties=(
        PropertyChange(name="MemorySize", before="1024", after="2048"),
        PropertyChange(name="Code.ImageUri", before="a/b@sha256:" + "1" * 64, after="a/b@sha256:" + "2" * 64),
        PropertyChange(name="MemorySize", before="1024", after="2048"),
    ),
)  # fmt: skip
ALIAS = ResourceChange(
    action=Action.MODIFY,
    resource="Live",
    type="AWS::Lambda::Alias",
    properties=(PropertyChange(name="FunctionVersion", known=False),),
)
NEW_VERSION = ResourceChange(action=Action.ADD, resource="Version2", type="AWS::Lambda::Version")
OLD_VERSION = ResourceChange(
    action=Action.REMOVE, resource="Version1", type="AWS::Lambda::Version", kept=True
)
API = ResourceChange(
    action=Action.MODIFY,
    resource="HttpApi",
    type="AWS::ApiGatewayV2::Api",
    replacement=Replacement.ALWAYS,
    properties=(
        PropertyChange(name="ProtocolType", before="HTTP", after="WEBSOCKET", recreation="Always"),
    ),
)
LOGS = ResourceChange(action=Action.REMOVE, resource="Logs", type="AWS::Logs::LogGroup")


def test_shows_what_goes_then_what_changes_then_what_comes() -> None:
    changes = (NEW_VERSION, FUNCTION, ALIAS, OLD_VERSION)
    plan = make_plan("shop-dev", "eu-west-1", changes, creates=False)
    assert list(show(plan)) == [
        "Change the stack shop-dev in eu-west-1",
        "  - Version1  AWS::Lambda::Version  (stays in the account)",
        "  ~ Live      AWS::Lambda::Alias",
        "      FunctionVersion: follows another resource",
        "  ~ Function  AWS::Lambda::Function",
        (
            "      Code.ImageUri: a/b@sha256:111111111111111111…11111111111111111111111111111 → "
            "a/b@sha256:222222222222222222…22222222222222222222222222222"
        ),
        "      MemorySize: 1024 → 2048",
        "  + Version2  AWS::Lambda::Version",
        "  1 to add, 2 to change, 1 to remove",
    ]


def test_names_on_top_what_callers_and_records_lose() -> None:
    plan = make_plan("shop-dev", "eu-west-1", (FUNCTION, API, LOGS), creates=False)
    lines = list(show(plan))
    assert lines[1:4] == [
        "  ! Logs: the log so far is deleted",
        "  ! HttpApi: the endpoint's URL stops answering; a new API gets another one",
        "",
    ]
    assert "  ± HttpApi   AWS::ApiGatewayV2::Api  (another takes its place)" in lines
    assert lines[-1] == "  1 to change, 1 to replace, 1 to remove"


def test_a_route_is_lost_by_itself_or_with_its_api() -> None:
    route = ResourceChange(
        action=Action.REMOVE, resource="RouteAnyPredict", type="AWS::ApiGatewayV2::Route"
    )
    method = ResourceChange(
        action=Action.REMOVE, resource="PredictPost", type="AWS::ApiGateway::Method"
    )
    assert [each.resource for each in consequences((route, method))] == [
        "RouteAnyPredict",
        "PredictPost",
    ]
    assert [each.resource for each in consequences((route, API))] == ["HttpApi"]


def test_nothing_is_lost_of_a_stack_that_is_new() -> None:
    assert make_plan("shop-dev", "eu-west-1", (API,), creates=True).consequences == ()


def test_what_stays_in_the_account_is_not_lost() -> None:
    kept = ResourceChange(
        action=Action.REMOVE, resource="Logs", type="AWS::Logs::LogGroup", kept=True
    )
    assert consequences((kept, OLD_VERSION)) == ()


def test_a_replacement_that_hangs_on_a_value_to_come_is_not_feared() -> None:
    def url(*, known: bool) -> ResourceChange:
        return ResourceChange(
            action=Action.MODIFY,
            resource="Url",
            type="AWS::Lambda::Url",
            replacement=Replacement.CONDITIONAL,
            properties=(
                PropertyChange(name="TargetFunctionArn", recreation="Always", known=known),
            ),
        )

    assert consequences((url(known=False),)) == ()
    assert [each.resource for each in consequences((url(known=True),))] == ["Url"]


def test_a_value_that_comes_or_goes_is_told_from_nothing() -> None:
    change = ResourceChange(
        action=Action.MODIFY,
        resource="Role",
        type="AWS::IAM::Role",
        properties=(PropertyChange(name="Tags", before=None, after='[\n {"a": 1}\n]'),),
    )
    plan = make_plan("shop-dev", "eu-west-1", (change,), creates=False)
    assert '      Tags: nothing → [ {"a": 1} ]' in list(show(plan))


def test_no_change_is_one_line() -> None:
    plan = make_plan("shop-dev", "eu-west-1", (), creates=False)
    assert list(show(plan)) == ["shop-dev in eu-west-1 is as it should be: nothing to change"]
