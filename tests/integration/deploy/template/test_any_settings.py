"""Whatever a project may say, its template is one that AWS's own checks let through.

`TULLE_EXAMPLES=500` tries more of what may be said.
"""

from __future__ import annotations

import json
import os
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.core import get_rules
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from samtranslator.translator.transform import transform

from made_settings import MUCH_OF_HTTP, MUCH_OF_REST, Settings, settings_of_projects, stages
from made_templates import IMAGE, ZIP, made_project, made_release
from tulle.deploy.template.code import image_parameter, released_code, zip_parameters
from tulle.deploy.template.http_api import preflight_routes
from tulle.deploy.template.resource import compact_json
from tulle.deploy.template.sam import sam_template_of
from tulle.deploy.template.template import make_template, template_of
from tulle.errors import InvalidProject
from tulle.project.api import ApiType
from tulle.project.file import read_project
from tulle.project.project import PackageType
from tulle.project.variables import RESERVED_VARIABLES
from tulle.target import find_target

if TYPE_CHECKING:
    from tulle.deploy.release import Release
    from tulle.project.project import Project

EXAMPLES = int(os.environ.get("TULLE_EXAMPLES", "20"))
WIDE = "TULLE_EXAMPLES" in os.environ
REGIONS = ["us-east-1", "eu-west-1"] if WIDE else ["us-east-1"]
any_settings = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to find the smallest of bad examples takes minutes
    derandomize=not WIDE,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
BOUNDS = {"CodeBucket": ZIP.bucket, "CodeKey": ZIP.key, "ImageUri": IMAGE.uri}


@pytest.fixture(autouse=True)
def _in_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")  # which SAM's translator asks for


class _NoManagedPolicies:
    """What SAM's translator would ask IAM; none of these templates names any."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def _rules() -> Any:
    return get_rules([], [], [])


def findings(text: str) -> list[str]:
    """Ask cfn-lint, warnings too."""
    found = lint(text, rules=_rules(), config=ManualArgs(regions=REGIONS))
    return [f"{one.rule.id} {one.message} {getattr(one, 'path', None)}" for one in found]


def translated(text: str) -> Any:
    """Let SAM make of a template what CloudFormation would get."""
    given_values = {**BOUNDS, **dict.fromkeys(_secrets(json.loads(text)), "k" * 20)}
    return transform(json.loads(text), given_values, _NoManagedPolicies())


def _secrets(body: Any) -> list[str]:
    return [name for name, one in body.get("Parameters", {}).items() if one.get("NoEcho")]


def project_of(said: Settings) -> Project:
    """Read a project that says this, or let Hypothesis think of another."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return read_project(Path(folder), said)
        except InvalidProject:
            assume(condition=False)
            raise


def release_of(project: Project) -> Release:
    target = find_target(project.function.runtime, project.function.architecture)
    is_zip = project.package.type is PackageType.ZIP
    return made_release(code=ZIP if is_zip else IMAGE, target=target)


def count(resources: Any, kind: str) -> int:
    return sum(one["Type"] == kind for one in resources.values())


@any_settings
@given(said=settings_of_projects, stage=stages)
@example(said=MUCH_OF_HTTP, stage="dev")
@example(said=MUCH_OF_REST, stage="dev")
def test_cloudformation_would_take_any_template(said: Settings, stage: str) -> None:
    project = project_of(said)
    template = make_template(project, stage, release_of(project))
    assert findings(template.text) == []


@settings(any_settings, max_examples=EXAMPLES * 10)
@given(said=settings_of_projects, stage=stages)
def test_nothing_that_a_project_says_is_lost(said: Settings, stage: str) -> None:
    project = project_of(said)
    template = make_template(project, stage, release_of(project))
    resources, api = json.loads(template.text)["Resources"], project.api
    if api.type is ApiType.HTTP:
        expected = len(api.routes) + len(tuple(preflight_routes(api)))
        assert count(resources, "AWS::ApiGatewayV2::Route") == expected
    if api.type is ApiType.REST:
        assert count(resources, "AWS::ApiGateway::Method") == len(api.routes)
        assert count(resources, "AWS::ApiGateway::ApiKey") == len(api.keys)
        assert count(resources, "AWS::ApiGateway::UsagePlanKey") == len(api.keys)
    assert {name for name in resources if not (name.isascii() and name.isalnum())} == set()
    assert template.text == make_template(project, stage, release_of(project)).text


@settings(any_settings, max_examples=EXAMPLES * 3)
@given(said=settings_of_projects, stage=stages)
@example(said=MUCH_OF_HTTP, stage="dev")
@example(said=MUCH_OF_REST, stage="dev")
def test_sam_says_the_same_in_its_own_words(said: Settings, stage: str) -> None:
    project = project_of(said)
    code = released_code(release_of(project))
    plain = json.loads(template_of(project, stage, code).text)["Resources"]
    sam = sam_template_of(project, stage, code)
    made = translated(sam.text)
    assert essence(made["Resources"]) == essence(plain)


@settings(any_settings, max_examples=max(5, EXAMPLES // 3))
@given(said=settings_of_projects, stage=stages)
@example(said=MUCH_OF_HTTP, stage="dev")
@example(said=MUCH_OF_REST, stage="dev")
def test_cloudformation_would_take_what_sam_makes(said: Settings, stage: str) -> None:
    project = project_of(said)
    target = find_target(project.function.runtime, project.function.architecture)
    is_zip = project.package.type is PackageType.ZIP
    code = zip_parameters(target, "app.handler") if is_zip else image_parameter()
    sam = sam_template_of(project, stage, code)
    assert findings(sam.text) == []
    unused = "W2001 "  # SAM puts parameters' values in their place
    made = findings(compact_json(translated(sam.text)))
    assert [found for found in made if not found.startswith(unused)] == []
    assert findings(template_of(project, stage, code).text) == []


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    template = make_template(made_project(tmp_path), "dev", made_release())
    wrong = template.text.replace('"MemorySize":1024', '"MemorySize":64')
    assert any("64 is less than the minimum" in found for found in findings(wrong))


def test_every_variable_that_the_linter_knows_to_be_lambdas_is_refused() -> None:
    known = files("cfnlint.data.schemas.extensions.aws_lambda_function").joinpath(
        "environment_variable_keys.json"
    )
    names = json.loads(known.read_text(encoding="utf-8"))["propertyNames"]["not"]["enum"]
    assert set(names) - RESERVED_VARIABLES == set()


# What both templates come to. Their resources are not the same: SAM writes an API as one OpenAPI document.
_ALIKE = (
    "AWS::IAM::",
    "AWS::Logs::",
    "AWS::CloudWatch::",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::ApiKey",
)


def essence(resources: Any) -> dict[str, Any]:
    """Say in one way what a template comes to."""
    return {
        "alike": {
            name: _without_stages(one)
            for name, one in resources.items()
            if one["Type"].startswith(_ALIKE)
        },
        "function": _function(_one(resources, "AWS::Lambda::Function")),
        "version": _one(resources, "AWS::Lambda::Version").get("Description"),
        "alias": _one(resources, "AWS::Lambda::Alias")["Name"],
        "may invoke": {
            (one["Properties"]["Action"], one["Properties"]["Principal"])
            for one in resources.values()
            if one["Type"] == "AWS::Lambda::Permission"
        },
        "routes": _routes(resources),
        "stage": _stage(resources),
        "cors": _cors(resources),
        "url": _url(resources),
        "domains": count(resources, "AWS::ApiGatewayV2::ApiMapping"),
    }


def _one(resources: Any, kind: str) -> Any:
    return next((one["Properties"] for one in resources.values() if one["Type"] == kind), {})


def _without_stages(resource: Any) -> Any:
    """Leave out what the stage is called, which each template says in its own way."""
    properties = dict(resource["Properties"])
    if "ApiStages" in properties:
        properties["ApiStages"] = len(properties["ApiStages"])
    return {**resource, "Properties": properties}


def _function(properties: Any) -> Any:
    return {key: value for key, value in properties.items() if key not in {"Description", "Tags"}}


def _url(resources: Any) -> Any:
    url = _one(resources, "AWS::Lambda::Url")
    return {
        key: value for key, value in url.items() if key not in {"TargetFunctionArn", "Qualifier"}
    }


def _cors(resources: Any) -> Any:
    """Give the CORS settings, with the names that CloudFormation has for them."""
    api = _one(resources, "AWS::ApiGatewayV2::Api")
    cors = api.get("CorsConfiguration") or api.get("Body", {}).get("x-amazon-apigateway-cors", {})
    return {key[0].upper() + key[1:]: value for key, value in cors.items()}


def _stage(resources: Any) -> Any:
    for kind in ("AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Stage"):
        if stage := _one(resources, kind):
            names = {"ApiId", "RestApiId", "DeploymentId", "Tags"}
            return {key: value for key, value in stage.items() if key not in names}
    return None


def _routes(resources: Any) -> dict[str, Any]:
    """Give each route with who may call it, and how long the function may take."""
    for kind in ("AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"):
        if body := _one(resources, kind).get("Body"):
            return _routes_of_document(body)
    http = [
        one["Properties"] for one in resources.values() if one["Type"] == "AWS::ApiGatewayV2::Route"
    ]
    waits = _one(resources, "AWS::ApiGatewayV2::Integration").get("TimeoutInMillis")
    routes = {one["RouteKey"]: (one.get("AuthorizationType", "NONE"), False, waits) for one in http}
    for one in resources.values():
        if one["Type"] == "AWS::ApiGateway::Method":
            said = one["Properties"]
            routes[f"{said['HttpMethod']} {_path(resources, said['ResourceId'])}"] = (
                said["AuthorizationType"],
                said["ApiKeyRequired"],
                said["Integration"]["TimeoutInMillis"],
            )
    return routes


def _path(resources: Any, resource_id: Any) -> str:
    if "Ref" not in resource_id:
        return "/"
    said = resources[resource_id["Ref"]]["Properties"]
    return f"{_path(resources, said['ParentId']).rstrip('/')}/{said['PathPart']}"


def _routes_of_document(body: Any) -> dict[str, Any]:
    kinds = {"AWS_IAM": "AWS_IAM", "Jwt": "JWT"}
    routes = {}
    for path, methods in body["paths"].items():
        for method, said in methods.items():
            asked = {name for one in said.get("security", []) for name in one}
            who = next((kinds[name] for name in asked if name in kinds), "NONE")
            word = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            key = path if path == "$default" else f"{word} {path}"
            waits = said["x-amazon-apigateway-integration"].get("timeoutInMillis")
            routes[key] = (who, "api_key" in asked, waits)
    return routes
