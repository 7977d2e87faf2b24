"""What stands before the function in a template, kind by kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from made_templates import made_project, made_release
from tulle.deploy.template.template import Template, make_template
from tulle.errors import InvalidProject

if TYPE_CHECKING:
    from pathlib import Path

JWT = "[api.jwt]\nissuer = 'https://a.example.com'\naudience = ['web']\n"


def template_of(folder: Path, text: str) -> Template:
    return make_template(made_project(folder, text), "dev", made_release())


def body_of(folder: Path, text: str) -> Any:
    return json.loads(template_of(folder, text).text)


def of_type(body: Any, kind: str) -> dict[str, Any]:
    return {
        name: one["Properties"] for name, one in body["Resources"].items() if one["Type"] == kind
    }


def permissions_of(body: Any) -> list[dict[str, Any]]:
    return list(of_type(body, "AWS::Lambda::Permission").values())


def routes_of(body: Any) -> dict[str, str]:
    """Give the routes' keys, each with who may call it."""
    routes = of_type(body, "AWS::ApiGatewayV2::Route").values()
    return {one["RouteKey"]: one.get("AuthorizationType", "NONE") for one in routes}


def test_an_http_api(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\nroutes = ['POST /predict', '/{proxy+}', '$default']\n")
    resources = body["Resources"]
    assert resources["HttpApi"]["Properties"] == {"Name": "cats-dev", "ProtocolType": "HTTP"}
    assert resources["HttpIntegration"]["Properties"] == {
        "ApiId": {"Ref": "HttpApi"},
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": {"Ref": "Live"},
        "PayloadFormatVersion": "2.0",
    }
    assert resources["RoutePostPredict"]["Properties"] == {
        "ApiId": {"Ref": "HttpApi"},
        "RouteKey": "POST /predict",
        "Target": {"Fn::Sub": "integrations/${HttpIntegration}"},
    }
    assert set(routes_of(body)) == {"POST /predict", "ANY /{proxy+}", "$default"}
    stage = resources["HttpStage"]
    assert stage["Properties"] == {
        "ApiId": {"Ref": "HttpApi"},
        "StageName": "$default",
        "AutoDeploy": True,
    }
    assert set(stage["DependsOn"]) == set(of_type(body, "AWS::ApiGatewayV2::Route"))
    assert permissions_of(body) == [
        {
            "FunctionName": {"Ref": "Live"},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}"
                ":${HttpApi}/*/*"
            },
        }
    ]


def test_the_settings_of_an_http_api(tmp_path: Path) -> None:
    text = """
[api]
routes = ["POST /predict", "/health"]
stage = "v1"
stage_variables = { color = "blue" }
timeout_s = 2.5
access_logs = true
throttle = { rate = 100, burst = 50 }
route_throttle = { "POST /predict" = { rate = 0.5, burst = 2 } }
[api.cors]
allow_origins = ["https://example.com"]
allow_methods = ["POST"]
max_age_s = 300
allow_credentials = true
"""
    resources = body_of(tmp_path, text)["Resources"]
    assert resources["HttpApi"]["Properties"]["CorsConfiguration"] == {
        "AllowOrigins": ["https://example.com"],
        "AllowMethods": ["POST"],
        "MaxAge": 300,
        "AllowCredentials": True,
    }
    assert resources["HttpIntegration"]["Properties"]["TimeoutInMillis"] == 2500
    stage = resources["HttpStage"]["Properties"]
    assert stage["StageName"] == "v1"
    assert stage["StageVariables"] == {"color": "blue"}
    bounded = {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 50}
    assert stage["DefaultRouteSettings"] == bounded
    assert stage["RouteSettings"] == {
        "POST /predict": {"ThrottlingRateLimit": 0.5, "ThrottlingBurstLimit": 2}
    }
    logged = stage["AccessLogSettings"]
    assert logged["DestinationArn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AccessLogs}"
    }
    assert json.loads(logged["Format"])["route"] == "$context.routeKey"
    assert resources["AccessLogs"]["Properties"] == {
        "LogGroupName": "/aws/vendedlogs/apis/cats-dev",
        "RetentionInDays": 30,
    }


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", {"Fn::Sub": "https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}),
        (
            "[api]\nstage = 'v1'",
            {"Fn::Sub": "https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/v1"},
        ),
        (
            "[api]\ntype = 'rest'",
            {"Fn::Sub": "https://${RestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod"},
        ),
        ("[api]\ntype = 'url'", {"Fn::GetAtt": ["Url", "FunctionUrl"]}),
        ("[api]\ndomain = 'cats.example.com'", "https://cats.example.com"),
        (
            "[api]\ntype = 'rest'\ndomain = 'cats.example.com'\nbase_path = '/v1/cats/'",
            "https://cats.example.com/v1/cats",
        ),
    ],
)
def test_the_stack_says_its_url(tmp_path: Path, text: str, url: object) -> None:
    assert body_of(tmp_path, text)["Outputs"]["Url"]["Value"] == url


def test_without_a_gateway_there_is_no_url_and_nothing_may_call(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\ntype = 'none'\n")
    assert "Url" not in body["Outputs"]
    assert permissions_of(body) == []
    kinds = {one["Type"].split("::")[1] for one in body["Resources"].values()}
    assert kinds == {"IAM", "Lambda", "Logs", "CloudWatch"}


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_a_custom_domain_gets_the_api_under_its_path(tmp_path: Path, kind: str) -> None:
    text = f"[api]\ntype = '{kind}'\ndomain = 'cats.example.com'\nbase_path = '/v1/cats/'\n"
    api = f"{kind.capitalize()}Api"
    (mapping,) = of_type(body_of(tmp_path, text), "AWS::ApiGatewayV2::ApiMapping").values()
    assert mapping == {
        "DomainName": "cats.example.com",
        "ApiId": {"Ref": api},
        "Stage": {"Ref": api.replace("Api", "Stage")},
        "ApiMappingKey": "v1/cats",
    }


def test_a_rest_api_is_a_tree_of_paths(tmp_path: Path) -> None:
    text = "[api]\ntype = 'rest'\nroutes = ['POST /a/{b}/c', 'GET /a/{b}', '/{proxy+}', '/']\n"
    body = body_of(tmp_path, text)
    tree = {
        (one["PathPart"], json.dumps(one["ParentId"]))
        for one in of_type(body, "AWS::ApiGateway::Resource").values()
    }
    ids = {
        one["PathPart"]: name for name, one in of_type(body, "AWS::ApiGateway::Resource").items()
    }
    root = json.dumps({"Fn::GetAtt": ["RestApi", "RootResourceId"]})
    assert tree == {
        ("a", root),
        ("{b}", json.dumps({"Ref": ids["a"]})),
        ("c", json.dumps({"Ref": ids["{b}"]})),
        ("{proxy+}", root),
    }
    methods = of_type(body, "AWS::ApiGateway::Method").values()
    assert {(one["HttpMethod"], json.dumps(one["ResourceId"])) for one in methods} == {
        ("POST", json.dumps({"Ref": ids["c"]})),
        ("GET", json.dumps({"Ref": ids["{b}"]})),
        ("ANY", json.dumps({"Ref": ids["{proxy+}"]})),
        ("ANY", root),
    }


def test_a_rest_api_calls_the_live_version(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\ntype = 'rest'\nroute = 'POST /predict'\n")
    (method,) = of_type(body, "AWS::ApiGateway::Method").values()
    assert method["Integration"] == {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": {
            "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
            "/functions/${Live}/invocations"
        },
        "TimeoutInMillis": 29_000,
    }
    assert (method["AuthorizationType"], method["ApiKeyRequired"]) == ("NONE", False)
    (permission,) = permissions_of(body)
    assert permission["SourceArn"]["Fn::Sub"].endswith(":${RestApi}/*/*")


def test_the_settings_of_a_rest_api(tmp_path: Path) -> None:
    text = """
[function]
tracing = true
[api]
type = "rest"
routes = ["POST /a/predict", "/"]
stage = "v1"
stage_variables = { color = "blue" }
binary_media_types = ["*/*"]
timeout_s = 120
access_logs = true
throttle = { rate = 100, burst = 50 }
[api.route_throttle]
"POST /a/predict" = { rate = 5, burst = 2 }
"""
    body = body_of(tmp_path, text)
    assert body["Resources"]["RestApi"]["Properties"] == {
        "Name": "cats-dev",
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "BinaryMediaTypes": ["*/*"],
    }
    methods = of_type(body, "AWS::ApiGateway::Method").values()
    assert {one["Integration"]["TimeoutInMillis"] for one in methods} == {120_000}
    stage = body["Resources"]["RestStage"]["Properties"]
    assert (stage["StageName"], stage["TracingEnabled"]) == ("v1", True)
    assert stage["Variables"] == {"color": "blue"}
    assert json.loads(stage["AccessLogSetting"]["Format"])["route"] == "$context.resourcePath"
    assert [
        (one["HttpMethod"], one["ResourcePath"], one["ThrottlingRateLimit"])
        for one in stage["MethodSettings"]
    ] == [("*", "/*", 100), ("POST", "/~1a~1predict", 5)]


def test_a_route_for_any_method_is_bounded_method_by_method(tmp_path: Path) -> None:
    """API Gateway refuses settings for ANY, though only when a change set is executed."""
    text = """
[api]
type = "rest"
routes = ["/{proxy+}", "GET /{proxy+}", "/"]
route_throttle = { "/{proxy+}" = { rate = 5 }, "/" = { rate = 1 } }
"""
    stage = body_of(tmp_path, text)["Resources"]["RestStage"]["Properties"]
    bounded: dict[str, set[str]] = {}
    for one in stage["MethodSettings"]:
        bounded.setdefault(one["ResourcePath"], set()).add(one["HttpMethod"])
    every = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    assert bounded == {"/~1{proxy+}": every - {"GET"}, "/": every}


def deployment_of(body: Any) -> tuple[str, Any]:
    (found,) = [
        (name, one)
        for name, one in body["Resources"].items()
        if one["Type"] == "AWS::ApiGateway::Deployment"
    ]
    return found


def test_a_rest_apis_snapshot_is_made_of_all_its_methods(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\ntype = 'rest'\nroutes = ['/a', 'GET /b']\n")
    name, deployment = deployment_of(body)
    assert set(deployment["DependsOn"]) == set(of_type(body, "AWS::ApiGateway::Method"))
    assert body["Resources"]["RestStage"]["Properties"]["DeploymentId"] == {"Ref": name}


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        ("route = '/other'", True),
        ("binary_media_types = ['*/*']", True),
        ("timeout_s = 5", True),
        ("authorizer = 'iam'", True),
        ("keys.partner.from_env = 'KEY'", True),
        ("throttle = { rate = 5 }", False),
        ("stage_variables = { color = 'blue' }", False),
    ],
)
def test_what_a_rest_api_takes_makes_a_new_snapshot(
    tmp_path: Path, text: str, *, is_new: bool
) -> None:
    rest = "[api]\ntype = 'rest'\n"
    before, after = body_of(tmp_path, rest), body_of(tmp_path, rest + text)
    assert (deployment_of(before)[0] != deployment_of(after)[0]) is is_new


def test_api_keys_have_plans_and_no_value_in_the_template(tmp_path: Path) -> None:
    text = """
[api]
type = "rest"
routes = ["POST /predict", "OPTIONS /predict"]
[api.keys.partner]
from_env = "PARTNER_KEY"
throttle = { rate = 10, burst = 5 }
quota = { limit = 1000, period = "day" }
[api.keys.own-Key]
"""
    template = template_of(tmp_path, text)
    body = json.loads(template.text)
    keys, plans = (
        of_type(body, "AWS::ApiGateway::ApiKey"),
        of_type(body, "AWS::ApiGateway::UsagePlan"),
    )
    own = next(name for name, one in keys.items() if one["Description"] == "own-Key")
    assert keys == {
        "KeyPartner": {
            "Description": "partner",
            "Enabled": True,
            "Value": {"Ref": "KeyPartnerValue"},
        },
        own: {"Description": "own-Key", "Enabled": True},
    }
    assert plans["PlanPartner"] == {
        "Description": "What the key partner may do.",
        "ApiStages": [{"ApiId": {"Ref": "RestApi"}, "Stage": {"Ref": "RestStage"}}],
        "Throttle": {"RateLimit": 10, "BurstLimit": 5},
        "Quota": {"Limit": 1000, "Period": "DAY"},
    }
    tied = of_type(body, "AWS::ApiGateway::UsagePlanKey").values()
    assert {one["KeyId"]["Ref"] for one in tied} == set(keys)
    assert {one["UsagePlanId"]["Ref"] for one in tied} == set(plans)
    parameter = body["Parameters"]["KeyPartnerValue"]
    assert (parameter["NoEcho"], parameter["MinLength"], parameter["MaxLength"]) == (True, 20, 128)
    assert template.secrets == (("KeyPartnerValue", "PARTNER_KEY"),)
    assert body["Outputs"]["ApiKeyIds"]["Value"] == {
        "Fn::Sub": f"partner=${{KeyPartner}},own-Key=${{{own}}}"
    }
    methods = of_type(body, "AWS::ApiGateway::Method").values()
    needs = {one["HttpMethod"]: one["ApiKeyRequired"] for one in methods}
    assert needs == {"POST": True, "OPTIONS": False}


def test_without_keys_nothing_is_secret(tmp_path: Path) -> None:
    template = template_of(tmp_path, "[api]\ntype = 'rest'\n[api.keys.own]\n")
    assert template.secrets == ()
    assert "Parameters" not in template.body


def test_a_function_url_needs_both_permissions(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\ntype = 'url'\n")
    assert body["Resources"]["Url"] == {
        "Type": "AWS::Lambda::Url",
        "DependsOn": ["Live"],
        "Properties": {
            "TargetFunctionArn": {"Ref": "Function"},
            "Qualifier": "live",
            "AuthType": "NONE",
        },
    }
    everybody = {"FunctionName": {"Ref": "Live"}, "Principal": "*"}
    assert permissions_of(body) == [
        {**everybody, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        {**everybody, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    ]


def test_a_function_url_with_iam_lets_in_nobody_by_itself(tmp_path: Path) -> None:
    body = body_of(tmp_path, "[api]\ntype = 'url'\nauthorizer = 'iam'\n")
    assert body["Resources"]["Url"]["Properties"]["AuthType"] == "AWS_IAM"
    assert permissions_of(body) == []


def test_iam_guards_every_route_but_preflights(tmp_path: Path) -> None:
    routes = "routes = ['POST /predict', 'OPTIONS /predict', '/other']\nauthorizer = 'iam'\n"
    guarded = {"POST /predict": "AWS_IAM", "OPTIONS /predict": "NONE", "ANY /other": "AWS_IAM"}
    assert routes_of(body_of(tmp_path, f"[api]\n{routes}")) == guarded
    rest = of_type(body_of(tmp_path, f"[api]\ntype = 'rest'\n{routes}"), "AWS::ApiGateway::Method")
    assert {(one["HttpMethod"], one["AuthorizationType"]) for one in rest.values()} == {
        ("POST", "AWS_IAM"),
        ("OPTIONS", "NONE"),
        ("ANY", "AWS_IAM"),
    }


def test_tokens_guard_an_http_api(tmp_path: Path) -> None:
    body = body_of(tmp_path, f"[api]\n{JWT}scopes = ['pictures/read']\n")
    assert body["Resources"]["Authorizer"]["Properties"] == {
        "ApiId": {"Ref": "HttpApi"},
        "AuthorizerType": "JWT",
        "Name": "jwt",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": {"Issuer": "https://a.example.com", "Audience": ["web"]},
    }
    route = body["Resources"]["RouteAnyPredict"]["Properties"]
    assert route["AuthorizationType"] == "JWT"
    assert route["AuthorizerId"] == {"Ref": "Authorizer"}
    assert route["AuthorizationScopes"] == ["pictures/read"]


@pytest.mark.parametrize(
    ("routes", "opened"),
    [
        (["POST /a"], set()),
        (["/a", "GET /b"], {"OPTIONS /a"}),
        (["/a/{x}", "OPTIONS /a/{y}"], {"OPTIONS /a/{y}"}),
        (["$default"], {"OPTIONS /", "OPTIONS /{proxy+}"}),
        (["$default", "/{all+}", "/"], {"OPTIONS /", "OPTIONS /{proxy+}"}),
    ],
)
def test_browsers_preflights_pass_an_authoriser(
    tmp_path: Path, routes: list[str], opened: set[str]
) -> None:
    cors = "[api.cors]\nallow_origins = ['*']\n"
    body = body_of(tmp_path, f"[api]\nroutes = {routes}\n{JWT}{cors}")
    assert {key for key, who in routes_of(body).items() if who == "NONE"} == opened
    assert set(body["Resources"]["HttpStage"]["DependsOn"]) == set(
        of_type(body, "AWS::ApiGatewayV2::Route")
    )
    for text in (JWT, cors):
        body = body_of(tmp_path, f"[api]\nroutes = {routes}\n{text}")
        assert len(routes_of(body)) == len(routes)


def test_paths_that_look_alike_have_names_of_their_own(tmp_path: Path) -> None:
    routes = ["/ab", "/a/b", "/a-b", "/aB", "/a_b", "/{a}/b", "/A/b", "GET /ab", "/get/ab", "/"]
    body = body_of(tmp_path, f"[api]\nroutes = {routes}\n")
    assert len(routes_of(body)) == len(routes)
    assert all(name.isalnum() and name.isascii() for name in body["Resources"])


def test_a_stack_has_no_room_for_more_than_500_resources(tmp_path: Path) -> None:
    def routes(count: int) -> str:
        paths = [f"/{number}/x" for number in range(count)]
        return f"[api]\ntype = 'rest'\nroutes = {paths}\n"

    assert len(body_of(tmp_path, routes(160))["Resources"]) <= 500
    with pytest.raises(InvalidProject) as caught:
        body_of(tmp_path, routes(170))
    assert "CloudFormation takes 500" in caught.value.message
