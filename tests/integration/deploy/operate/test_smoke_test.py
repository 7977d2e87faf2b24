"""The smoke test: a function is asked as its callers ask it, and a wrong answer is told apart from a slow start."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from fakes.aws import REGION
from tulle.aws.endpoint import Endpoints
from tulle.aws.functions import LATEST
from tulle.aws.session import open_session
from tulle.deploy.live.function import LiveFunction
from tulle.deploy.live.smoke_test import Ask, asking, expected_scores, smoke_test
from tulle.errors import AwsUnreachable, DeploymentNotFound, SmokeTestFailed
from tulle.model.builtin import sample_pictures
from tulle.model.lookup import find_model
from tulle.progress import SilentReporter
from tulle.project.api import ApiKey, ApiSection, ApiType, Authorizer, Jwt
from tulle.project.route import Route

if TYPE_CHECKING:
    from fakes.aws import FakeAws
    from integration.deploy.operate.gateway import Gateway
    from integration.emulator.dev_process import Dev

PANTS = next(path for path in sample_pictures() if path.stem == "pants").read_bytes()
HTTP = ApiSection()
REST = ApiSection(type=ApiType.REST, keys=(ApiKey(name="partner"),))
URL = ApiSection(type=ApiType.URL, authorizer=Authorizer.IAM)
NOT_FOUND = (404, b'{"message":"Not Found"}')


@dataclass
class Clock:
    """A clock that goes on when somebody sleeps, and by a moment at each look."""

    now_s: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds

    def look(self) -> float:
        self.now_s += 0.001
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def expected() -> dict[str, float]:
    return expected_scores(find_model("clothing"), PANTS)


@pytest.fixture(scope="module")
def ask_clothing(aws_server: FakeAws, clothing: Dev) -> Ask:
    return asking(aws_server.session(endpoint=clothing.url), SilentReporter())


@pytest.fixture
def ask(ask_clothing: Ask, clock: Clock) -> Ask:
    """Give what asks the built-in model's function."""
    return replace(ask_clothing, sleep=clock.sleep, clock=clock.look)


@pytest.fixture(scope="module")
def ask_handler(aws_server: FakeAws, own_handler: Dev) -> Ask:
    """Give what asks the handlers that do what an event says."""
    return asking(aws_server.session(endpoint=own_handler.url), SilentReporter())


def live_of(api: ApiSection = HTTP, *, url: str | None, function: str = "clothing") -> LiveFunction:
    return LiveFunction(function=function, url=url, api=api, qualifier=LATEST)


def test_asks_through_the_url(
    clothing: Dev, clock: Clock, expected: dict[str, float], ask: Ask
) -> None:
    result = smoke_test(live_of(url=clothing.url), PANTS, expected, ask)
    assert result.over_url
    assert result.prediction is not None
    assert result.prediction.category == "pants"
    assert dict(result.prediction.scores) == pytest.approx(expected)
    assert result.cold_ms > 0
    assert result.warm_ms > 0
    assert clock.slept == []


@pytest.mark.usefixtures("aws_environ")
def test_asks_a_host_of_aws_with_the_certificates_of_the_session(
    aws: FakeAws,
    clothing: Dev,
    gateway: Gateway,
    expected: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", clothing.url)
    ask = asking(open_session(), SilentReporter())
    aws.proxy.routes["*.execute-api.*.amazonaws.com"] = gateway.address
    gateway.target = clothing.url
    url = f"https://abc123.execute-api.{REGION}.amazonaws.com/"
    result = smoke_test(live_of(url=url), PANTS, expected, ask)
    assert result.over_url
    assert gateway.seen[0][1]["host"] == f"abc123.execute-api.{REGION}.amazonaws.com"
    assert "authorization" not in gateway.seen[0][1]


def test_shows_the_api_key_of_a_rest_api_below_its_stage(
    aws: FakeAws, clothing: Dev, gateway: Gateway, expected: dict[str, float], ask: Ask
) -> None:
    keys = aws.session().api_gateway()
    made = keys.create_api_key(name="partner", value="a-key-of-more-than-20-characters")
    gateway.target, gateway.stage = clothing.url, "/prod"
    live = replace(live_of(REST, url=f"http://{gateway.address}/prod"), api_key_ids=(made["id"],))
    result = smoke_test(live, PANTS, expected, replace(ask, session=aws.session()))
    assert result.over_url
    path, headers = gateway.seen[0]
    assert path == "/prod/predict"
    assert headers["x-api-key"] == "a-key-of-more-than-20-characters"


@pytest.mark.parametrize(
    ("api", "service", "path"),
    [(URL, "lambda", "/"), (ApiSection(authorizer=Authorizer.IAM), "execute-api", "/predict")],
    ids=["url", "http"],
)
def test_signs_where_only_iam_lets_in(
    gateway: Gateway, api: ApiSection, service: str, path: str, ask: Ask
) -> None:
    gateway.refusals = [(403, b'{"Message":"Forbidden"}')] * 20
    with pytest.raises(SmokeTestFailed, match="answers 403"):
        smoke_test(live_of(api, url=f"http://{gateway.address}/"), PANTS, {"pants": 1.0}, ask)
    asked, headers = gateway.seen[0]
    assert asked == path
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
    assert f"/{REGION}/{service}/aws4_request" in headers["authorization"]


def test_takes_a_route_that_wants_no_variable(
    clothing: Dev, gateway: Gateway, expected: dict[str, float], ask: Ask
) -> None:
    gateway.target = clothing.url
    routes = (
        Route(method="GET", path="/health"),
        Route(path="/{proxy+}"),
        Route(method="POST", path="/predict"),
    )
    live = live_of(ApiSection(routes=routes), url=f"http://{gateway.address}")
    smoke_test(live, PANTS, expected, ask)
    assert gateway.seen[0][0] == "/predict"


@pytest.mark.parametrize(
    "api",
    [
        ApiSection(type=ApiType.NONE),
        ApiSection(jwt=Jwt(issuer="https://example.com", audience=("me",))),
        ApiSection(routes=(Route(method="GET", path="/predict"),)),
        REST,  # whose keys nobody knows
    ],
    ids=["none", "jwt", "only GET", "unknown keys"],
)
def test_invokes_what_it_cannot_ask_over_the_url(
    api: ApiSection, expected: dict[str, float], ask: Ask
) -> None:
    result = smoke_test(live_of(api, url="https://nobody.invalid"), PANTS, expected, ask)
    assert not result.over_url
    assert result.prediction is not None
    assert result.prediction.category == "pants"


def test_waits_until_aws_has_settled(
    clothing: Dev, gateway: Gateway, clock: Clock, expected: dict[str, float], ask: Ask
) -> None:
    gateway.target = clothing.url
    gateway.refusals = [NOT_FOUND, (403, b"{}"), (503, b'{"message":"Service Unavailable"}')]
    live = live_of(url=f"http://{gateway.address}")
    result = smoke_test(live, PANTS, expected, ask)
    assert clock.slept == [1, 2, 4]
    assert result.cold_ms < 1000  # the waiting is not the function's


def test_does_not_wait_for_ever(
    gateway: Gateway, clock: Clock, expected: dict[str, float], ask: Ask
) -> None:
    gateway.refusals = [NOT_FOUND] * 100
    live = live_of(url=f"http://{gateway.address}")
    with pytest.raises(SmokeTestFailed) as caught:
        smoke_test(live, PANTS, expected, ask)
    assert "answers 404 to a picture" in caught.value.message
    assert caught.value.detail == '{"message":"Not Found"}'
    assert 100 < sum(clock.slept) <= 120


def test_a_name_that_nobody_knows_may_become_known(
    clock: Clock, expected: dict[str, float], ask: Ask
) -> None:
    with pytest.raises(AwsUnreachable):
        smoke_test(live_of(url="http://127.0.0.1:9/"), PANTS, expected, ask)
    assert sum(clock.slept) > 100


def test_a_failure_through_the_url_is_looked_into_by_invoke(
    own_handler: Dev, ask_handler: Ask, expected: dict[str, float]
) -> None:
    live = live_of(url=own_handler.url, function="my-function")
    with pytest.raises(SmokeTestFailed) as caught:
        smoke_test(live, PANTS, expected, ask_handler)
    assert "my-function, version $LATEST, fails on a picture: KeyError: 'do'" in str(caught.value)
    assert "line 19, in lambda_handler" in str(caught.value.detail)
    assert "REPORT RequestId" in str(caught.value.detail)


def test_a_gateway_that_fails_alone_is_told_apart(
    gateway: Gateway, expected: dict[str, float], ask: Ask
) -> None:
    gateway.refusals = [(500, b'{"message":"Internal Server Error"}')]
    with pytest.raises(SmokeTestFailed, match="though the function answers when it is invoked"):
        smoke_test(live_of(url=f"http://{gateway.address}"), PANTS, expected, ask)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"<html>", "answers with something else than a category and scores"),
        (b'{"category": "pants"}', "answers with something else than a category and scores"),
        (b'{"category": "cat", "scores": {"cat": 0.9, "dog": 0.1}}', "has the label 'cat'"),
        (b'{"category": "pants", "scores": {"pants": 1.0}}', "has other labels than the model"),
        (b'{"category": "hat", "scores": {"pants": 0.9, "hat": 0.1}}', "has not the highest score"),
        (b'{"category": "pants", "scores": {"pants": 0.9, "hat": 0.9}}', "sum to 1.800"),
        (b'{"category": "pants", "scores": {"pants": NaN, "hat": 0.1}}', "are no numbers"),
        (
            b'{"category": "hat", "scores": {"pants": 0.2, "hat": 0.8}}',
            "gives 'pants' 0.200, and this machine 0.990",
        ),
    ],
)
def test_an_answer_that_the_endpoint_does_not_promise_fails(
    gateway: Gateway, answer: bytes, message: str, ask: Ask
) -> None:
    gateway.refusals = [(200, answer)]
    with pytest.raises(SmokeTestFailed) as caught:
        smoke_test(
            live_of(url=f"http://{gateway.address}"),
            PANTS,
            {"pants": 0.99, "hat": 0.01},
            ask,
        )
    assert message in caught.value.message
    assert caught.value.detail == answer.decode()


def own(function: str = "my-function") -> LiveFunction:
    return live_of(url=None, function=function)


def test_a_handler_of_ones_own_is_tested_with_its_own_event(ask_handler: Ask) -> None:
    result = smoke_test(own(), PANTS, None, ask_handler, event=b'{"do": "pong"}')
    assert (result.over_url, result.prediction, result.remark) == (False, None, None)
    with pytest.raises(SmokeTestFailed, match="ValueError: oh"):
        smoke_test(own(), PANTS, None, ask_handler, event=b'{"do": "fail", "message": "oh"}')


def test_a_handler_may_refuse_a_picture_that_nobody_said_it_takes(ask_handler: Ask) -> None:
    result = smoke_test(own(), PANTS, None, ask_handler)
    assert "the handler starts, and refuses the sample picture (KeyError: 'do')" in str(
        result.remark
    )


def test_a_function_that_is_not_there(ask_handler: Ask) -> None:
    with pytest.raises(DeploymentNotFound, match="has no `other`"):
        smoke_test(own("other"), PANTS, None, ask_handler)


def test_an_endpoint_is_asked_for_real_over_tls_and_refuses_a_foreign_certificate(
    aws: FakeAws, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    aws.proxy.routes["*"] = gateway.address
    monkeypatch.setenv("HTTPS_PROXY", f"http://{aws.proxy.address}")
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    with pytest.raises(AwsUnreachable, match=r"(?i)certificate"):
        smoke_test(live_of(url="https://example.com"), PANTS, {}, ask)
    assert gateway.seen == []
    assert isinstance(ask.endpoints, Endpoints)
