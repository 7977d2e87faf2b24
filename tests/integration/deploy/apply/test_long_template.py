"""A template that is too long to be sent lies in the artifact bucket for as long as CloudFormation reads it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest

from integration.deploy.apply.own_stacks import own_template
from tulle.api.publication import Publisher
from tulle.aws.cloudformation import TEMPLATE_BYTES
from tulle.deploy.names import Names
from tulle.deploy.permissions import Place
from tulle.deploy.stack.change import StackChange, change_stack, request_change
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from integration.deploy.apply.own_stacks import OwnStacks
    from tulle.aws.session import AwsSession
    from tulle.deploy.template.template import Template

NAMES = Names(project="shop", stage="dev")
BUCKET = "tulle-123456789012-eu-west-1"


@pytest.fixture
def publisher(session: AwsSession) -> Publisher:
    return Publisher(
        session=session,
        place=Place(partition="aws", region="eu-west-1", account="123456789012"),
        names=NAMES,
        environ=os.environ,
        reporter=SilentReporter(),
    )


def long_template() -> Template:
    template = own_template("Logs")
    body = {**template.body, "Metadata": {"Remark": "long " * (TEMPLATE_BYTES // 5)}}
    return replace(template, body=body)


def test_it_is_there_while_it_is_read_and_gone_then(own: OwnStacks, publisher: Publisher) -> None:
    template = long_template()
    s3 = boto3.client("s3")
    request = request_change(NAMES, template, None, {}, change_set="long")
    with publisher.reachable(request) as reachable:
        assert reachable.template is None
        (there,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
        assert there["Key"] == "shop-dev/templates/long.json"
        assert (
            reachable.template_url == f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/{there['Key']}"
        )
        change = StackChange(request=reachable, stack=None, region="eu-west-1")
        _, plan = change_stack(own.stacks, change, own.watcher, decide=own.shown.append)
    assert [each.resource for each in plan.changes] == ["Logs"]
    assert s3.list_buckets()["Buckets"] == []


def test_a_bucket_that_was_there_stays(own: OwnStacks, publisher: Publisher) -> None:
    assert own.left == ([], [])
    template = long_template()
    s3 = boto3.client("s3")
    location = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)  # type: ignore[arg-type]  # a plain dict
    with publisher.reachable(request_change(NAMES, template, None, {}, change_set="long")):
        pass
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_short_one_is_sent(own: OwnStacks, publisher: Publisher) -> None:
    assert own.left == ([], [])
    request = request_change(NAMES, own_template("Logs"), None, {}, change_set="short")
    with publisher.reachable(request) as reachable:
        assert reachable is request
    assert boto3.client("s3").list_buckets()["Buckets"] == []
