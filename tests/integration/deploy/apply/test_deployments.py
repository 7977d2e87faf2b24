"""Whole deployments of a real project's zip, in this process: built, published, brought up, tried out, moved back."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from fakes.moto_invocations import set_answers
from fakes.moto_stacks import refusing
from integration.build.build_process import shared_cache
from tulle.api.deploy import DeployRequest, SmokeRequest, deploy, plan_deployment
from tulle.api.smoke_test import prepare_smoke_test
from tulle.aws.functions import Functions
from tulle.deploy.live.smoke_test import expected_scores
from tulle.errors import (
    DeploymentFailed,
    DeploymentNotFound,
    InvalidApiKey,
    PictureNotFound,
    ReplacementNotAllowed,
    SmokeTestFailed,
    StackStuck,
    UnreadablePicture,
    UsageError,
)
from tulle.model.builtin import sample_pictures
from tulle.model.lookup import find_model
from tulle.progress import SilentReporter
from tulle.project.api import ApiKey
from tulle.project.file import read_project
from tulle.project.project import FunctionSection, PackageType

if TYPE_CHECKING:
    from pathlib import Path

    from integration.deploy.apply.own_stacks import OwnStacks
    from tulle.api.deploy import Deployed, StackPlan
    from tulle.aws.session import AwsSession
    from tulle.project.project import Project

FUNCTION = "shop-dev"
BROKEN = json.dumps(
    {"errorType": "Runtime.ImportModuleError", "errorMessage": "No module named 'app'"}
)


@dataclass
class Shop:
    """A project with a handler of its own, and how it is deployed."""

    project: Project
    functions: Functions
    asked: list[StackPlan] = field(default_factory=list)
    """What somebody was to agree to."""

    def deploy(self, *answers: str, agrees: bool | None = None, **changes: Any) -> Deployed:
        """Deploy; the function answers with these first."""
        set_answers(*answers)

        def agree(plan: StackPlan) -> bool:
            self.asked.append(plan)
            return bool(agrees)

        return deploy(
            DeployRequest(project=self.project, **changes),
            environ=self.environ,
            reporter=SilentReporter(),
            agree=None if agrees is None else agree,
        )

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "XDG_CACHE_HOME": str(shared_cache())}

    def change(self, **sections: Any) -> None:
        """Let the project say otherwise."""
        self.project = replace(
            self.project,
            **{
                name: replace(getattr(self.project, name), **values)
                for name, values in sections.items()
            },
        )

    @property
    def live(self) -> str:
        return self.functions.alias(FUNCTION, "live").version


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project's folder."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "app.py").write_text("def handler(event, context):\n    return event\n")
    (folder / "tulle.toml").write_text(
        'name = "shop"\n[function]\nhandler = "app.handler"\n[package]\ntype = "zip"\n[api]\ntype = "none"\n'
    )
    return folder


@pytest.fixture
def shop(moto: str, session: AwsSession, folder: Path) -> Shop:
    assert moto
    return Shop(project=read_project(folder), functions=Functions(session))


def test_the_first_deployment_brings_up_all_and_the_second_changes_nothing(shop: Shop) -> None:
    first = shop.deploy()
    assert (first.url, first.version, first.function) == (None, "1", FUNCTION)
    assert first.alias_arn == "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev:live"
    assert first.changes.creates
    assert first.sent_bytes > 0
    assert first.test is not None
    assert not first.test.over_url
    second = shop.deploy()
    assert second.changes.changes == ()
    assert (second.version, second.sent_bytes, second.moved) == ("1", 0, False)
    assert [each.version for each in shop.functions.versions(FUNCTION)] == ["1"]


def test_a_models_function_is_held_against_what_this_machine_says(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "tulle.toml").write_text(
        'name = "shop"\n[model]\npath = "clothing"\n[package]\ntype = "zip"\n[api]\ntype = "none"\n'
    )
    shop.project = read_project(tmp_path)
    model, picture = find_model("clothing"), sample_pictures()[0]
    scores = expected_scores(model, picture.read_bytes())
    right = json.dumps({"category": max(scores, key=scores.__getitem__), "scores": scores})
    deployed = shop.deploy(*[right] * 4)
    assert deployed.model_sha256 == model.sha256
    assert deployed.test is not None
    assert deployed.test.prediction is not None
    assert deployed.test.prediction.category == picture.stem
    with pytest.raises(SmokeTestFailed, match="'cat', which the model has not"):
        shop.deploy(json.dumps({"category": "cat", "scores": {"cat": 1.0}}))


def test_what_the_test_cannot_take_is_refused(shop: Shop, tmp_path: Path) -> None:
    model, page = find_model("clothing"), tmp_path / "page.jpg"
    page.write_text("<html>")
    project = replace(shop.project, function=FunctionSection())
    with pytest.raises(UnreadablePicture, match=r"page\.jpg"):
        prepare_smoke_test(SmokeRequest(picture=page), project, model)
    with pytest.raises(UsageError, match="with a picture, not with an event"):
        prepare_smoke_test(SmokeRequest(event=page), project, model)
    with pytest.raises(PictureNotFound, match="none cannot be read"):
        prepare_smoke_test(SmokeRequest(event=tmp_path / "none"), shop.project, None)


def test_stages_are_deployed_beside_each_other(shop: Shop) -> None:
    shop.deploy()
    prod = shop.deploy(stage="prod")
    assert (prod.function, prod.stack) == ("shop-prod", "shop-prod")
    assert shop.live == "1"


def test_what_does_not_answer_rightly_is_not_left_live(shop: Shop) -> None:
    shop.deploy()
    shop.change(function={"memory_mb": 2048})
    with pytest.raises(SmokeTestFailed, match="No module named 'app'") as caught:
        shop.deploy(BROKEN)
    assert caught.value.detail is not None
    assert caught.value.detail.endswith(
        "Version 1 is live again, as it was before; version 2 is not called by anyone."
    )
    assert shop.live == "1"
    again = shop.deploy()
    assert (again.version, again.moved, again.changes.changes) == ("2", True, ())
    assert shop.live == "2"


def test_a_first_deployment_that_answers_wrongly_stays_for_a_look(shop: Shop) -> None:
    with pytest.raises(SmokeTestFailed) as caught:
        shop.deploy(BROKEN)
    assert caught.value.detail is not None
    assert "This was the first deployment" in caught.value.detail
    assert shop.live == "1"


def test_a_function_that_was_right_before_and_no_longer_is_stays(shop: Shop) -> None:
    shop.deploy()
    with pytest.raises(SmokeTestFailed) as caught:
        shop.deploy(BROKEN)
    assert caught.value.detail is not None
    assert caught.value.detail.endswith("Version 1 is live, as it was before.")


def test_the_test_can_be_left_out(shop: Shop) -> None:
    assert shop.deploy(BROKEN, smoke_test=None).test is None


def test_a_deployment_after_a_rollback_is_live_again(shop: Shop) -> None:
    shop.deploy()
    shop.change(function={"memory_mb": 2048})
    shop.deploy()
    shop.functions.move_alias(FUNCTION, shop.functions.alias(FUNCTION, "live"), "1", "rolled back")
    deployed = shop.deploy()
    assert (deployed.version, deployed.moved, deployed.changes.changes) == ("2", True, ())
    assert shop.live == "2"


def test_versions_that_are_too_old_to_go_back_to_are_deleted(shop: Shop) -> None:
    shop.change(deploy={"keep": 2})
    for memory_mb in (512, 1024, 1536):
        shop.change(function={"memory_mb": memory_mb})
        shop.deploy()
    assert [each.version for each in shop.functions.versions(FUNCTION)] == ["2", "3"]
    assert shop.live == "3"


def test_a_failed_update_keeps_live_what_was_rolled_back_to(shop: Shop) -> None:
    shop.deploy()
    shop.change(function={"memory_mb": 2048})
    shop.deploy()
    shop.functions.move_alias(FUNCTION, shop.functions.alias(FUNCTION, "live"), "1", "rolled back")
    shop.change(function={"memory_mb": 4096})
    too_much = "'MemorySize' value failed to satisfy constraint: less than or equal to 3008"
    with refusing("Function", too_much), pytest.raises(DeploymentFailed) as caught:
        shop.deploy()
    error = caught.value
    assert error.message == (
        "Function (AWS::Lambda::Function) failed to update: this account may not give a function that much memory; "
        "new accounts get at most 3008 MB"
    )
    assert error.detail is not None
    assert "Version 1 is live again" in error.detail
    assert shop.live == "1"


def test_a_stuck_stack_is_gone_on_with_and_deployed_to(shop: Shop, own: OwnStacks) -> None:
    shop.deploy()
    own.put_into("UPDATE_ROLLBACK_FAILED")
    with pytest.raises(StackStuck):
        shop.deploy()
    shop.change(function={"memory_mb": 2048})
    assert shop.deploy(continue_rollback=True).version == "2"


def test_nobody_loses_the_endpoint_without_a_word(shop: Shop) -> None:
    shop.change(api={"type": "http"})
    url = shop.deploy(smoke_test=None).url
    assert url is not None
    shop.change(api={"type": "none"})
    with pytest.raises(ReplacementNotAllowed) as caught:
        shop.deploy()
    assert caught.value.detail is not None
    assert "HttpApi (AWS::ApiGatewayV2::Api): the endpoint's URL stops" in caught.value.detail
    with pytest.raises(ReplacementNotAllowed):
        shop.deploy(agrees=False)
    assert [each.resource for each in shop.asked[0].consequences] == ["HttpApi", "HttpStage"]
    assert [api["ApiEndpoint"] for api in boto3.client("apigatewayv2").get_apis()["Items"]] == [url]
    assert shop.deploy(agrees=True).url is None


def test_a_replacement_can_be_allowed_beforehand(shop: Shop) -> None:
    shop.change(api={"type": "http"})
    shop.deploy(smoke_test=None)
    shop.change(api={"type": "none"})
    assert shop.deploy(allow_replacement=True).url is None
    assert shop.asked == []


def test_a_plan_publishes_nothing_and_leaves_nothing(shop: Shop) -> None:
    request = DeployRequest(project=shop.project)
    plan = plan_deployment(request, environ=shop.environ, reporter=SilentReporter())
    assert plan.creates
    assert "Function" in [each.resource for each in plan.changes]
    assert boto3.client("cloudformation").describe_stacks()["Stacks"] == []
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    shop.deploy()
    plan = plan_deployment(request, environ=shop.environ, reporter=SilentReporter())
    assert plan.changes == ()


def test_who_interrupts_while_the_code_is_sent_is_told_that_it_stays(shop: Shop) -> None:
    class Interrupting(SilentReporter):
        def __init__(self) -> None:
            self.warnings: list[str] = []

        def step(self, text: str) -> None:
            if text.startswith("Publish"):
                raise KeyboardInterrupt

        def warn(self, text: str) -> None:
            self.warnings.append(text)

    reporter = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        deploy(DeployRequest(project=shop.project), environ=shop.environ, reporter=reporter)
    assert ["`tulle destroy` takes it away" in said for said in reporter.warnings] == [True]


def test_a_zip_does_not_become_an_image_and_nothing_is_published_for_it(shop: Shop) -> None:
    shop.deploy()
    shop.change(package={"type": PackageType.IMAGE})
    with pytest.raises(ReplacementNotAllowed, match="packed as a zip"):
        shop.deploy(allow_replacement=True)
    with pytest.raises(ReplacementNotAllowed, match="packed as a zip"):
        plan_deployment(
            DeployRequest(project=shop.project), environ=shop.environ, reporter=SilentReporter()
        )


def test_a_function_that_was_deleted_by_hand_is_not_deployed_to(shop: Shop) -> None:
    shop.deploy()
    boto3.client("lambda").delete_function(FunctionName=FUNCTION)
    with pytest.raises(DeploymentNotFound, match="somebody deleted its function shop-dev") as gone:
        shop.deploy()
    assert "`tulle destroy --stage dev`" in gone.value.hint


def test_a_key_that_is_not_set_is_missed_before_anything_is_published(shop: Shop) -> None:
    key = ApiKey(name="shop", from_env="SHOP_KEY")
    shop.change(api={"type": "rest", "keys": (key,)})
    with pytest.raises(InvalidApiKey, match="SHOP_KEY"):
        shop.deploy()
    assert boto3.client("s3").list_buckets()["Buckets"] == []


def test_a_dockerfile_cannot_be_deployed(shop: Shop) -> None:
    shop.change(package={"type": PackageType.DOCKERFILE})
    with pytest.raises(UsageError, match="a dockerfile cannot be deployed"):
        shop.deploy()
