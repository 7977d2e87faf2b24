"""`tulle invoke`: a function asked once, in each of the ways there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from integration.deploy.operate.made_deployments import deploy_made, made_project
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.operate.conftest import Tulle
    from integration.deploy.operate.gateway import Gateway
    from integration.deploy.operate.lambda_front import LambdaFront
    from integration.emulator.dev_process import Dev
    from tulle.aws.session import AwsSession

PANTS = str(next(path for path in sample_pictures() if path.stem == "pants"))

NOT_ALLOWED = (
    b'{"Message":"User: arn:aws:iam::123456789012:user/x is not authorized to perform: lambda:InvokeFunction '
    b'on resource: arn:aws:lambda:eu-west-1:123456789012:function:shop-dev"}'
)


@pytest.fixture
def shop(front: LambdaFront, clothing: Dev, tmp_path: Path) -> Path:
    """Give a project's folder whose stage dev runs the built-in model."""
    front.target, front.function = clothing.url, "shop-dev"
    return made_project(tmp_path).folder


@pytest.fixture
def own(front: LambdaFront, own_handler: Dev, tmp_path: Path) -> Path:
    """Give a project's folder whose stage dev runs the handlers that do what an event says."""
    front.target, front.function = own_handler.url, "shop-dev"
    return made_project(tmp_path).folder


def test_a_picture_comes_back_as_bars(shop: Path, front: LambdaFront, tulle: Tulle) -> None:
    ran = tulle("invoke", PANTS, "--folder", str(shop))
    assert ran.code == 0, ran.err
    heading, *bars = ran.out.splitlines()
    assert heading.startswith(f"pants  {PANTS}  (")
    assert " ms from here)" in heading
    assert len(bars) == 10
    assert bars[0].startswith("  pants")
    assert "█" in bars[0]
    assert front.qualifiers == ["live"]


def test_json_says_all_that_is_known(shop: Path, tulle: Tulle) -> None:
    ran = tulle("invoke", PANTS, "--folder", str(shop), "--json")
    assert ran.code == 0, ran.err
    said = ran.json
    assert said["result"]["category"] == "pants"
    assert (said["version"], said["error"], said["status"]) == ("3", None, None)
    assert said["billed_ms"] >= said["duration_ms"] > 0
    assert said["log"][0].startswith("START RequestId: ")
    assert said["request_id"] in said["log"][0]


@pytest.mark.parametrize("way", ["file", "stdin", "words"])
def test_an_event_goes_as_it_is(own: Path, tulle: Tulle, way: str) -> None:
    event = '{"do": "echo", "number": 1.50}'
    file = own / "event.json"
    file.write_text(event)
    what = {"file": str(file), "stdin": "-", "words": event}[way]
    ran = tulle("invoke", what, "--folder", str(own), typed=event)
    assert ran.code == 0, ran.err
    assert ran.out == '{\n  "do": "echo",\n  "number": 1.5\n}\n'


def test_a_url_is_fetched_by_the_function(own: Path, tulle: Tulle) -> None:
    ran = tulle("invoke", "https://example.com/pants.jpg", "--folder", str(own), "--json")
    assert (
        ran.json["error"]["type"] == "KeyError"
    )  # the handler got {"url": …}, which names nothing to do


def test_the_top_of_the_scores(shop: Path, tulle: Tulle) -> None:
    ran = tulle("invoke", PANTS, "--folder", str(shop), "--top", "2")
    assert len(ran.out.splitlines()) == 3


def test_the_log_is_made_readable(own: Path, tulle: Tulle) -> None:
    event = '{"do": "say", "text": "so many pants"}'
    ran = tulle("invoke", event, "--folder", str(own), "--log")
    assert ran.out == '"said"\n'
    assert "so many pants" in ran.err
    assert "REPORT " in ran.err
    assert " ms, billed " in ran.err


def test_a_function_error_has_its_traceback_an_exit_code_and_a_hint(
    own: Path, tulle: Tulle
) -> None:
    ran = tulle("invoke", '{"do": "fail", "message": "no pants"}', "--folder", str(own))
    assert ran.code == 7
    assert ran.out == ""
    assert "error[function-failed]: shop-dev failed: ValueError: no pants" in ran.err
    assert "Traceback (most recent call last):" in ran.err
    assert "in fail\n" in ran.err
    assert "hint: the last lines of the traceback say where" in ran.err


def test_a_function_error_in_json(own: Path, tulle: Tulle) -> None:
    ran = tulle("invoke", '{"do": "fail", "message": "no pants"}', "--folder", str(own), "--json")
    assert ran.code == 7
    assert ran.json["result"] is None
    assert ran.json["error"]["type"] == "ValueError"
    assert ran.json["error"]["message"] == "no pants"
    assert any("in fail" in line for line in ran.json["error"]["trace"])


@pytest.mark.parametrize(
    ("event", "said", "hint"),
    [
        ({"do": "sleep", "s": 5}, "Sandbox.Timedout", "give it more `timeout_s`"),
        ({"do": "leave", "code": 3}, "Runtime.ExitError", "its process ended"),
        ({"do": "unserialisable"}, "Runtime.MarshalError", "has to be JSON"),
    ],
)
def test_what_lambda_ends_has_a_hint_of_its_own(
    own: Path, tulle: Tulle, event: dict[str, object], said: str, hint: str
) -> None:
    ran = tulle("invoke", json.dumps(event), "--folder", str(own))
    assert ran.code == 7
    assert said in ran.err
    assert hint in ran.err


def test_async_gives_the_requests_id(own: Path, own_handler: Dev, tulle: Tulle) -> None:
    event = '{"do": "say", "text": "later, pants"}'
    ran = tulle("invoke", event, "--folder", str(own), "--async")
    assert ran.code == 0, ran.err
    own_handler.wait_for_log("later, pants")
    assert f"START RequestId: {ran.out.strip()}" in own_handler.log
    assert tulle("invoke", event, "--folder", str(own), "--async", "--json").json["request_id"]


def test_through_the_url_as_callers_do(
    aws: FakeAws, session: AwsSession, clothing: Dev, gateway: Gateway, tulle: Tulle, tmp_path: Path
) -> None:
    project = made_project(tmp_path)
    deployment = deploy_made(session, project)
    aws.proxy.routes["*.execute-api.*.amazonaws.com"] = gateway.address
    gateway.target = clothing.url
    words = ("invoke", PANTS, "--folder", str(tmp_path), "--through", "url")
    ran = tulle(*words)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("pants  ")
    assert deployment.url is not None
    assert gateway.seen[0][1]["host"] in deployment.url
    gateway.refusals = [(403, b'{"message":"Forbidden"}')]
    refused = tulle(*words, "--json")
    assert refused.code == 7
    assert refused.json["status"] == 403
    assert "/predict answers 403" in refused.err
    assert "hint: see who may call" in refused.err
    bad = tulle("invoke", '{"image": "=="}', "--folder", str(tmp_path), "--through", "url")
    assert "/predict answers 400: The request cannot be understood" in bad.err
    assert "hint: 'image' is not base64" in bad.err


def test_a_url_that_cannot_be_asked_says_why(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path, api="none"))
    ran = tulle("invoke", PANTS, "--folder", str(tmp_path), "--through", "url")
    assert ran.code == 2
    assert "cannot be asked through its URL: the function has no URL" in ran.err
    assert "leave out `--through url`" in ran.err


def test_local_runs_the_project_without_aws(tulle: Tulle, aws: FakeAws, tmp_path: Path) -> None:
    made_project(tmp_path)
    ran = tulle("invoke", PANTS, "--folder", str(tmp_path), "--local", "--log")
    assert ran.code == 0, ran.err
    assert ran.out.startswith(f"pants  {PANTS}  (")
    assert "cold start" in ran.out
    assert "REPORT " in ran.err
    assert aws.proxy.asked == []
    said = tulle("invoke", '{"image": "no"}', "--folder", str(tmp_path), "--local")
    assert said.code == 7
    assert "shop failed: UnsupportedMediaType" in said.err or "shop failed: BadRequest" in said.err


def test_a_local_handler_of_ones_own(tulle: Tulle, tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text('[function]\nhandler = "own.handle"\n')
    (tmp_path / "own.py").write_text("def handle(event, context):\n    return event['n'] + 1\n")
    assert tulle("invoke", '{"n": 41}', "--folder", str(tmp_path), "--local").out == "42\n"


def test_a_local_handler_has_its_model_beside_it(tulle: Tulle, tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text(
        '[model]\npath = "clothing"\n\n[function]\nhandler = "own.handle"\n'
    )
    (tmp_path / "own.py").write_text(
        "import os\ndef handle(event, context):\n    return sorted(os.listdir(os.environ['LAMBDA_TASK_ROOT']))\n"
    )
    ran = tulle("invoke", "{}", "--folder", str(tmp_path), "--local")
    assert {"manifest.json", "model.tflite", "own.py"} <= set(json.loads(ran.out))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("nowhere.jpg", "nowhere.jpg cannot be read (no such file or directory)"),
        ("{pants}", "the event is not JSON"),
        ("-", "what came on stdin is not JSON"),
    ],
)
def test_bad_input_is_said_before_aws_is_asked(
    front: LambdaFront, tulle: Tulle, tmp_path: Path, what: str, message: str
) -> None:
    ran = tulle("invoke", what, "--folder", str(made_project(tmp_path).folder), typed="pants")
    assert ran.code == 2
    assert message in ran.err
    assert front.qualifiers == []


def test_what_is_too_large_for_lambda(front: LambdaFront, tulle: Tulle, tmp_path: Path) -> None:
    made_project(tmp_path)
    picture = tmp_path / "large.png"
    picture.write_bytes(bytes(5 * 1024 * 1024))
    ran = tulle("invoke", str(picture), "--folder", str(tmp_path))
    assert ran.code == 2
    assert "the request would have 6.7 MiB, and Lambda takes 6.0 MiB" in ran.err
    picture.write_bytes(bytes(1024 * 1024))
    asynchronous = tulle("invoke", str(picture), "--folder", str(tmp_path), "--async")
    assert "Lambda takes 1.0 MiB" in asynchronous.err
    assert front.qualifiers == []


@pytest.mark.parametrize(
    "words",
    [
        ("--local", "--async"),
        ("--local", "--through", "url"),
        ("--async", "--log"),
        ("--async", "--through", "url"),
    ],
)
def test_what_does_not_go_together(tulle: Tulle, tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = tulle("invoke", PANTS, "--folder", str(tmp_path), *words)
    assert ran.code == 2
    assert "leave out" in ran.err or "tulle logs" in ran.err


@pytest.mark.usefixtures("front")
def test_a_stage_that_is_not_deployed(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path), stage="prod")
    ran = tulle("invoke", PANTS, "--folder", str(tmp_path))
    assert ran.code == 7
    assert "error[deployment-not-found]: shop, stage dev, is not deployed in eu-west-1" in ran.err
    assert "deployed are: prod" in ran.err


@pytest.mark.usefixtures("front")
def test_a_function_that_was_deleted_by_hand(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path))
    ran = tulle("invoke", PANTS, "--folder", str(tmp_path))
    assert ran.code == 7
    assert "the stack shop-dev is there, and its function is not" in ran.err


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (
            (
                429,
                "TooManyRequestsException",
                b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}',
            ),
            "aws-throttled",
            "`shop-dev` has no room for another invocation (ReservedFunctionConcurrentInvocationLimitExceeded)",
        ),
        (
            (409, "ResourceConflictException", b'{"Message":"The function is Pending"}'),
            "function-unready",
            "`shop-dev` cannot be invoked now: The function is Pending",
        ),
        (
            (
                403,
                "AccessDeniedException",
                NOT_ALLOWED,
            ),
            "action-denied",
            '"Action": "lambda:InvokeFunction"',
        ),
        (
            (403, "ExpiredTokenException", b'{"Message":"The security token included is expired"}'),
            "credentials-expired",
            "aws sso login",
        ),
    ],
)
def test_what_aws_refuses(
    front: LambdaFront,
    tulle: Tulle,
    shop: Path,
    refusal: tuple[int, str, bytes],
    code: str,
    message: str,
) -> None:
    front.refusals = [refusal]
    ran = tulle("invoke", PANTS, "--folder", str(shop))
    assert ran.code == 7
    assert f"error[{code}]" in ran.err
    assert message in ran.err


def test_no_credentials(tulle: Tulle, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    ran = tulle("invoke", PANTS, "--folder", str(shop))
    assert ran.code == 7
    assert "error[credentials-missing]: there are no AWS credentials" in ran.err
