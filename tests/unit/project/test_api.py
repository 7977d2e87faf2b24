"""`[api]` of a project: what it may say, and what goes with which gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidProject
from tulle.project.api import (
    ApiKey,
    ApiSection,
    ApiType,
    Authorizer,
    Cors,
    Jwt,
    Period,
    Quota,
    Throttle,
)
from tulle.project.file import read_project
from tulle.project.route import DEFAULT_ROUTE, Route, read_route

if TYPE_CHECKING:
    from pathlib import Path

HTTP = """
[api]
routes = ["POST /predict", "GET /predict", "/{proxy+}", "$default"]
stage = "dev"
stage_variables = { color = "blue" }
base_path = "v1"
timeout_s = 2.5
domain = "api.example.com"
access_logs = true
throttle = { rate = 100, burst = 50 }

[api.route_throttle]
"POST /predict" = { rate = 0.5 }

[api.cors]
allow_origins = ["https://example.com", "http://localhost:3000", "http://*"]
allow_methods = ["GET", "POST"]
allow_headers = ["content-type"]
expose_headers = ["server-timing"]
max_age_s = 300
allow_credentials = true

[api.jwt]
issuer = "https://tokens.example.com/pool"
audience = ["web", "phone"]
scopes = ["pictures/read"]
"""
REST = """
[api]
type = "rest"
route = "/classify"
binary_media_types = ["*/*"]
timeout_s = 120
authorizer = "iam"

[api.keys.partner]
from_env = "PARTNER_KEY"
throttle = { rate = 10, burst = 5 }
quota = { limit = 1000, period = "day" }

[api.keys.own]
quota = { limit = 10 }
"""


def api_of(folder: Path, text: str) -> ApiSection:
    (folder / "tulle.toml").write_text(f"[function]\nhandler = 'a.b'\n{text}", encoding="utf-8")
    return read_project(folder).api


def problems(folder: Path, text: str) -> str:
    with pytest.raises(InvalidProject) as caught:
        api_of(folder, text)
    return caught.value.detail or caught.value.message


def test_reads_every_key_of_an_http_api(tmp_path: Path) -> None:
    assert api_of(tmp_path, HTTP) == ApiSection(
        routes=(
            Route(method="POST", path="/predict"),
            Route(method="GET", path="/predict"),
            Route(path="/{proxy+}"),
            DEFAULT_ROUTE,
        ),
        stage="dev",
        stage_variables=(("color", "blue"),),
        base_path="v1",
        timeout_s=2.5,
        domain="api.example.com",
        access_logs=True,
        throttle=Throttle(rate=100, burst=50),
        route_throttle=(("POST /predict", Throttle(rate=0.5)),),
        cors=Cors(
            allow_origins=("https://example.com", "http://localhost:3000", "http://*"),
            allow_methods=("GET", "POST"),
            allow_headers=("content-type",),
            expose_headers=("server-timing",),
            max_age_s=300,
            allow_credentials=True,
        ),
        jwt=Jwt(
            issuer="https://tokens.example.com/pool",
            audience=("web", "phone"),
            scopes=("pictures/read",),
        ),
    )


def test_reads_every_key_of_a_rest_api(tmp_path: Path) -> None:
    assert api_of(tmp_path, REST) == ApiSection(
        type=ApiType.REST,
        routes=(Route(path="/classify"),),
        binary_media_types=("*/*",),
        timeout_s=120,
        authorizer=Authorizer.IAM,
        keys=(
            ApiKey(
                name="partner",
                from_env="PARTNER_KEY",
                throttle=Throttle(rate=10, burst=5),
                quota=Quota(limit=1000, period=Period.DAY),
            ),
            ApiKey(name="own", quota=Quota(limit=10, period=Period.MONTH)),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "settings", "stage", "prefix"),
    [
        (ApiType.HTTP, {}, "$default", ""),
        (ApiType.HTTP, {"stage": "dev"}, "dev", "/dev"),
        (ApiType.HTTP, {"stage": "dev", "base_path": "/v1/"}, "dev", "/v1"),
        (ApiType.REST, {}, "prod", ""),
        (ApiType.REST, {"stage": "dev"}, "dev", ""),
        (ApiType.REST, {"base_path": "v1/cats"}, "prod", "/v1/cats"),
        (ApiType.URL, {}, "$default", ""),
    ],
)
def test_a_stage_has_a_name_and_perhaps_a_place_in_the_url(
    kind: ApiType, settings: dict[str, str], stage: str, prefix: str
) -> None:
    api = ApiSection(type=kind, stage=settings.get("stage"), base_path=settings.get("base_path"))
    assert (api.stage_name, api.prefix) == (stage, prefix)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("/", "ANY /"),
        ("/predict", "ANY /predict"),
        ("ANY /predict", "ANY /predict"),
        ("POST /models/{name}/try", "POST /models/{name}/try"),
        ("/{proxy+}", "ANY /{proxy+}"),
        ("$default", "$default"),
        ("predict", None),
        ("POST predict", None),
        ("post /predict", None),
        ("FETCH /predict", None),
        ("/{proxy+}/more", None),
        ("/a{b}", None),
        ("/a?b=c", None),
        ("GET $default", None),
    ],
)
def test_a_route_is_a_path_with_or_without_a_method(text: str, key: str | None) -> None:
    route = read_route(text)
    assert (route.key if route else None) == key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[api]\nroute = 'predict'", "such as '/predict', 'POST /predict'"),
        ("[api]\nroutes = '/predict'", "it must be a list of routes, such as '/predict'"),
        ("[api]\nroutes = ['/a', 'b']", "it must be a list of routes"),
        ("[api]\nroutes = []", "`api.routes` is empty"),
        ("[api]\nroute = '/a'\nroutes = ['/a']", "both `api.route` and `api.routes`"),
        ("[api]\nroutes = ['/a', 'ANY /a']", "the route ANY /a is named twice"),
        (
            "[api]\nroutes = ['/m/{a}', 'GET /m/{b}', '/m/{c}']",
            "the routes ANY /m/{a} and ANY /m/{c} take the same requests",
        ),
        ("[api]\nroute = '/{a}/{b}/{a+}'", "the route ANY /{a}/{b}/{a+} has two variables a"),
        ("[api]\nstage = 'a/b'", "letters, digits, hyphens and underscores"),
        ("[api]\nstages = 'dev'", "did you mean `stage`?"),
        ("[api]\nstage_variables = { a = 1 }", "`api.stage_variables.a` is 1"),
        ("[api]\nthrottle = { rates = 1 }", "no key `api.throttle.rates`\n  hint: did you mean `rate`?"),
        ("[api]\nthrottle = 5", "`api.throttle` must be a section"),
        ("[api]\ntimeout_s = 31", "an HTTP API waits for 30 seconds at most"),
        ("[api]\ntimeout_s = 0.01", "it must be a number from 0.05 to 900"),
        ("[api.route_throttle]\n'/other' = { rate = 1 }", "names /other, which is no route"),
        ("[api.cors]\nallow_origins = ['example.com']", "must be a list of origins"),
        ("[api.cors]\nallow_origins = ['https://example.com/']", "must be a list of origins"),
        ("[api.cors]\nallow_origin = ['*']", "did you mean `allow_origins`?"),
        ("[api.cors]\nallow_methods = ['GET']", "[api.cors] allows no origin"),
        ("[api.cors]\nallow_origins = ['*']\nallow_credentials = true",
         "does not go with the origin '*'"),
        ("[api.keys.partner]\n", "an HTTP API has no API keys"),
        ("[api]\nbinary_media_types = ['image/png']", "`api.binary_media_types` does not go with"),
        ("[api]\ntype = 'rest'\n[api.cors]\nallow_origins = ['*']", "let it answer OPTIONS"),
        ("[api]\ntype = 'rest'\nroutes = ['$default']", "a REST API has no route $default"),
        ("[api]\ntype = 'rest'\n[api.keys.a]\nvalue = 'x'", "no key `api.keys.a.value`"),
        ("[api]\ntype = 'rest'\n[api.keys.a.quota]\nlimit = 1\nperiod = 'year'",
         "one of day, week, month"),
        ("[api]\ntype = 'rest'\n[api.keys.a.quota]\nperiod = 'day'", "says no limit"),
        ("[api]\ntype = 'url'\nthrottle = { rate = 1 }", "ten requests a second"),
        ("[api]\ntype = 'url'\ntimeout_s = 5", "set timeout_s under [function]"),
        ("[api]\ntype = 'url'\nstage = 'dev'", "a function URL has no stages"),
        ("[api]\ntype = 'url'\naccess_logs = true", "a function URL writes none"),
        ("[api]\ntype = 'url'\ndomain = 'a.example.com'", "a function URL is its own domain"),
        ("[api]\ntype = 'url'\n[api.jwt]", "a function URL reads no JWT by itself"),
        ("[api]\ntype = 'url'\n[api.cors]\nallow_origins = ['*']\nallow_methods = ['OPTIONS']",
         "preflights are answered all the same"),
        ("[api]\ntype = 'url'\n[api.cors]\nallow_origins = ['*']\nmax_age_s = -1", "write 0"),
        ("[api]\ntype = 'rest'\n[api.jwt]", "a REST API reads no JWT by itself"),
        ("[api]\nauthorizer = 'jwt'", "one of iam"),
        ("[api]\ndomain = 'https://a.example.com'", "a domain's name"),
        ("[api]\nbase_path = 'a b'", "of plain characters"),
        ("[api]\naccess_logs = 'yes'", "true or false"),
        ("[api.jwt]\nissuer = 'https://a.example.com'", "[api.jwt] names no audience"),
        ("[api.jwt]\nissuer = 'https://a.example.com'\naudience = []", "names no audience"),
        ("[api.jwt]\naudience = ['web']", "[api.jwt] names no issuer"),
        ("[api.jwt]\nissuer = 'http://a.example.com'", "begins with https://"),
        ("[api]\nauthorizer = 'iam'\n[api.jwt]", "both `api.authorizer` and [api.jwt]"),
        ("[api]\ntype = 'rest'\nroute = '/a//b'", "between single slashes"),
        ("[api]\ntype = 'rest'\nroute = '/a/'", "with none at the end"),
        ("[api]\ntype = 'rest'\nroute = '/a%20b'", "use letters, digits and"),
        ("[api]\ntype = 'rest'\nroutes = ['/m/{a}', 'GET /m/{b}/c']",
         "cannot have both {a} and {b} under /m"),
        ("[api]\ntype = 'rest'\nroutes = ['/{name}', '/{proxy+}']",
         "cannot have both {name} and {proxy+} under /\n"),
        (f"[api]\nroutes = {[f'/r{number}' for number in range(301)]}", "there are 301 routes"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems(tmp_path, text)


def test_says_all_at_once(tmp_path: Path) -> None:
    said = problems(tmp_path, HTTP.replace("rate = 100", "rate = '100'") + "[api.keys.a]\n")
    assert "`api.throttle.rate` is '100'" in said
    assert "an HTTP API has no API keys" in said


def test_an_option_takes_a_key_away(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text("[function]\nhandler = 'a.b'\n[api]\nroute = '/a'\n")
    options = {"api": {"route": None, "routes": ["/b"]}}
    assert read_project(tmp_path, options).api.routes == (Route(path="/b"),)


def test_options_may_be_wrong_without_a_file(tmp_path: Path) -> None:
    options: dict[str, dict[str, object]] = {
        "function": {"handler": "a.b"},
        "api": {"type": "rest", "cors": {}},
    }
    with pytest.raises(InvalidProject) as caught:
        read_project(tmp_path, options)
    assert caught.value.message == "`api.cors` does not go with type 'rest'"
    assert "let it answer OPTIONS" in caught.value.hint
