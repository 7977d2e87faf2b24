"""The function in a template: role, log group, code, version and alias."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from made_templates import DIGEST, IMAGE, ZIP, made_project, made_release
from tulle.deploy.release import version_note
from tulle.deploy.template.template import make_template
from tulle.errors import InvalidStage
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
WRITES_ITS_LOG = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": {"Fn::GetAtt": ["Logs", "Arn"]},
}
SENDS_TRACES = {
    "Effect": "Allow",
    "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    "Resource": "*",
}


def body_of(folder: Path, text: str = "", **changes: Any) -> Any:
    project = made_project(folder, text)
    return json.loads(make_template(project, "dev", made_release(**changes)).text)


def resources_of(folder: Path, text: str = "", **changes: Any) -> Any:
    return body_of(folder, text, **changes)["Resources"]


def version_of(folder: Path, text: str = "", **changes: Any) -> str:
    found: list[str] = [
        name
        for name, one in resources_of(folder, text, **changes).items()
        if one["Type"] == "AWS::Lambda::Version"
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", [WRITES_ITS_LOG]),
        ("[function]\ntracing = false", [WRITES_ITS_LOG]),
        ("[function]\ntracing = true", [WRITES_ITS_LOG, SENDS_TRACES]),
        ("[api]\ntype = 'rest'\naccess_logs = true", [WRITES_ITS_LOG]),
    ],
)
def test_the_function_may_write_its_log_and_nothing_else(
    tmp_path: Path, text: str, allowed: list[object]
) -> None:
    resources = resources_of(tmp_path, text)
    roles = [one for one in resources.values() if one["Type"].startswith("AWS::IAM")]
    assert roles == [resources["Role"]]
    assert resources["Role"] == {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA,
            "Policies": [
                {
                    "PolicyName": "function",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": allowed},
                }
            ],
        },
    }


def test_a_function_of_an_image(tmp_path: Path) -> None:
    resources = resources_of(tmp_path)
    assert resources["Function"] == {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "cats-dev",
            "Description": version_note(made_release()),
            "PackageType": "Image",
            "Code": {"ImageUri": IMAGE.uri},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Architectures": ["x86_64"],
            "MemorySize": 1024,
            "Timeout": 30,
            "LoggingConfig": {"LogGroup": {"Ref": "Logs"}, "LogFormat": "Text"},
        },
    }
    assert resources["Logs"]["Properties"] == {
        "LogGroupName": "/aws/lambda/cats-dev",
        "RetentionInDays": 30,
    }


def test_a_function_of_a_zip(tmp_path: Path) -> None:
    function = resources_of(
        tmp_path,
        "[function]\nruntime = 'python3.12'\narchitecture = 'arm64'\n[package]\ntype = 'zip'",
        code=ZIP,
        target=find_target("python3.12", "arm64"),
        handler="app.handler",
    )["Function"]["Properties"]
    assert {name: function[name] for name in ("PackageType", "Code", "Runtime", "Handler")} == {
        "PackageType": "Zip",
        "Code": {"S3Bucket": ZIP.bucket, "S3Key": ZIP.key},
        "Runtime": "python3.12",
        "Handler": "app.handler",
    }
    assert function["Architectures"] == ["arm64"]


def test_what_the_project_says_of_the_function(tmp_path: Path) -> None:
    text = (
        "[function]\nmemory_mb = 2048\ntimeout_s = 10\ntracing = true\nreserved_concurrency = 0\n"
        "environment = { LEVEL = 'debug', EMPTY = '' }\n[deploy]\nlog_retention_days = 7\n"
    )
    resources = resources_of(tmp_path, text)
    function = resources["Function"]["Properties"]
    assert (function["MemorySize"], function["Timeout"]) == (2048, 10)
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["ReservedConcurrentExecutions"] == 0
    assert function["Environment"] == {"Variables": {"LEVEL": "debug", "EMPTY": ""}}
    assert resources["Logs"]["Properties"]["RetentionInDays"] == 7


def test_live_is_the_version_that_the_stack_publishes(tmp_path: Path) -> None:
    body, version = body_of(tmp_path), version_of(tmp_path)
    assert body["Resources"][version]["Properties"] == {
        "FunctionName": {"Ref": "Function"},
        "Description": version_note(made_release()),
    }
    assert body["Resources"]["Live"] == {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "FunctionName": {"Ref": "Function"},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            "Name": "live",
        },
    }
    outputs = {name: output["Value"] for name, output in body["Outputs"].items()}
    assert outputs["FunctionName"] == {"Ref": "Function"}
    assert outputs["AliasArn"] == {"Ref": "Live"}
    assert outputs["Version"] == {"Fn::GetAtt": [version, "Version"]}


def test_old_versions_stay_and_those_of_failed_updates_go(tmp_path: Path) -> None:
    version = resources_of(tmp_path)[version_of(tmp_path)]
    assert version["UpdateReplacePolicy"] == "Retain"
    assert version["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("[function]\nmemory_mb = 2048", {}),
        ("[function]\ntracing = true", {}),
        ("[function]\nenvironment = { LEVEL = 'debug' }", {}),
        ("", {"code": ZIP}),
        ("", {"revision": "d" * 40}),
    ],
)
def test_another_code_or_configuration_is_another_version(
    tmp_path: Path, text: str, changes: dict[str, Any]
) -> None:
    assert version_of(tmp_path, text, **changes) != version_of(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "[function]\nreserved_concurrency = 5",
        "[api]\ntype = 'rest'",
        "[deploy]\nlog_retention_days = 7",
        "[deploy.alarms]\nerrors = false",
    ],
)
def test_lambda_would_publish_no_version_for_what_it_does_not_keep_in_one(
    tmp_path: Path, text: str
) -> None:
    assert version_of(tmp_path, text) == version_of(tmp_path)


def test_variables_in_another_order_are_the_same_version(tmp_path: Path) -> None:
    first = version_of(tmp_path, "[function]\nenvironment = { AA = '1', BB = '2' }")
    assert version_of(tmp_path, "[function]\nenvironment = { BB = '2', AA = '1' }") == first


def test_whatever_changes_the_version_changes_the_function_too(tmp_path: Path) -> None:
    """Lambda refuses to publish a function that is as it was when it was last published."""
    changed = {"digest": DIGEST.replace("a", "d")}
    first, second = resources_of(tmp_path), resources_of(tmp_path, **changed)
    assert version_of(tmp_path) != version_of(tmp_path, **changed)
    assert first["Function"] != second["Function"]


def test_a_template_is_the_same_to_the_byte(tmp_path: Path) -> None:
    one = make_template(made_project(tmp_path), "dev", made_release())
    assert one.text == make_template(made_project(tmp_path), "dev", made_release()).text
    assert json.loads(one.text) == one.body
    assert one.text == json.dumps(one.body, separators=(",", ":"))


def test_two_stages_share_no_name(tmp_path: Path) -> None:
    project, release = made_project(tmp_path, "[api]\naccess_logs = true"), made_release()
    dev = json.loads(make_template(project, "dev", release).text)["Resources"]
    prod = json.loads(make_template(project, "prod", release).text)["Resources"]

    def names(resources: Any) -> set[str]:
        properties = [one["Properties"] for one in resources.values()]
        return {one[key] for one in properties for key in ("FunctionName", "LogGroupName", "Name")
                if isinstance(one.get(key), str) and one[key] != "live"}  # fmt: skip

    assert names(dev) == {"cats-dev", "/aws/lambda/cats-dev", "/aws/vendedlogs/apis/cats-dev"}
    assert not names(dev) & names(prod)


def test_what_is_said_beside_the_template(tmp_path: Path) -> None:
    template = make_template(made_project(tmp_path), "dev", made_release())
    assert template.capabilities == ("CAPABILITY_IAM",)
    assert template.tags == (("tulle:project", "cats"), ("tulle:stage", "dev"))
    assert "RoleName" not in template.text


def test_a_stage_must_fit_into_names(tmp_path: Path) -> None:
    with pytest.raises(InvalidStage):
        make_template(made_project(tmp_path), "a b", made_release())
