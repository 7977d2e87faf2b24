"""`tulle tune --stage`: versions are tried on a Lambda, and nothing of it is left."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest

from integration.emulator.dev_process import TULLE, Dev, running_dev
from integration.tuning.lambda_service import LambdaService, lambda_service, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from integration.tuning.conftest import Ran, Tulle
    from integration.tuning.lambda_service import Answer

CODE = """
def handler(event, context):
    if event.get("fail"):
        raise KeyError("garment")
    return {"category": "hat"}
"""
PROJECT = """\
name = "clothing"

[function]
handler = "app.handler"
memory_mb = 512  # so far
"""
BEFORE = {"$LATEST": (512, "clothes"), "1": (512, "revision=abc")}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("tuned") / "clothing"
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    (folder / "tulle.toml").write_text(PROJECT)
    (folder / "event.json").write_text("{}")
    (folder / "failing.json").write_text('{"fail": true}')
    with running_dev(folder, "--no-console", "--no-reload") as running:
        yield running


@pytest.fixture(scope="module")
def empty_service(dev: Dev) -> Iterator[LambdaService]:
    with lambda_service(dev.url) as service:
        yield service


@pytest.fixture
def service(empty_service: LambdaService) -> LambdaService:
    """Give a Lambda with one function of one version."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", CODE)
    empty_service.begin(package.getvalue())
    return empty_service


@pytest.fixture
def folder(dev: Dev) -> Path:
    (dev.folder / "tulle.toml").write_text(PROJECT)
    return dev.folder


WORDS = ("--stage", "dev", "--memory", "256,512", "--cold-starts", "2", "--calls", "5")
HAPPY = ("--event", "event.json")
CHILD = (*TULLE, "tune", *WORDS, *HAPPY, "--yes")


@pytest.fixture
def tune(
    tulle: Tulle, folder: Path, service: LambdaService, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Give `tulle tune --stage dev` in the project's folder, which meets this Lambda and no other."""
    for name, value in service.environ().items():
        monkeypatch.setenv(name, value)
    return lambda *more, event="event.json": tulle(folder, *WORDS, "--event", event, *more)


def assert_nothing_is_left(service: LambdaService) -> None:
    assert service.versions() == BEFORE
    with service.client() as client:
        alias = client.get_alias(FunctionName="clothing-dev", Name="live")
    assert alias["FunctionVersion"] == "1"
    assert not any("/aliases" in change for change in service.changes)
    assert not any(
        change.startswith("DELETE") and "Qualifier" not in change for change in service.changes
    )


def test_tries_each_size_and_leaves_nothing(
    tune: Callable[..., Ran], folder: Path, service: LambdaService
) -> None:
    seen: dict[str, tuple[int, str]] = {}

    def look(qualifier: str) -> None:
        seen[qualifier] = service.versions()[qualifier]

    service.before = look
    ran = tune("--yes", "--json", "--apply", "--html", "report.html")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["origin"], result["function"]) == ("measured", "clothing-dev")
    assert [trial["memory_mb"] for trial in result["trials"]] == [256, 512]
    assert all(trial["warm"]["count"] >= 5 for trial in result["trials"])
    assert 0 < result["spent_usd"] < 0.001
    # The version that has 512 MB already is not the one that is tried: its callers keep it to themselves.
    assert seen == {
        "2": (256, "tulle tune: trial of 256 MB in place of 512 MB; clothes"),
        "3": (512, "tulle tune: trial of 512 MB in place of 512 MB; clothes"),
    }
    assert service.invoked.count("2") == service.invoked.count("3") == 7
    assert_nothing_is_left(service)
    chosen = str(result["recommended_mb"])
    assert (folder / "tulle.toml").read_text() == PROJECT.replace("512", chosen)
    assert "measured on Lambda" in (folder / "report.html").read_text()


def test_asks_first_and_does_nothing_where_nobody_can_be_asked(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    ran = tune()
    assert ran.code == 2
    assert "a version is published at each of 256, 512 MB, and called 7 times" in ran.err
    assert "hint: add --yes" in ran.err
    assert service.changes == []
    assert service.invoked == []


def test_puts_all_back_when_the_function_fails(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    ran = tune("--yes", event="failing.json")
    assert ran.code == 8
    assert "error[measurement-failed]" in ran.err
    assert "KeyError: 'garment'" in ran.err
    assert_nothing_is_left(service)


def test_puts_all_back_when_aws_refuses(tune: Callable[..., Ran], service: LambdaService) -> None:
    def refuse(qualifier: str) -> Answer | None:
        return refusal(403, "AccessDeniedException", "no") if qualifier == "3" else None

    service.before = refuse
    ran = tune("--yes")
    assert ran.code == 7
    assert "error[action-denied]" in ran.err
    assert_nothing_is_left(service)


def test_stops_where_somebody_else_deploys_meanwhile(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    def deploy(qualifier: str) -> None:
        if qualifier == "2":
            with service.client() as client:
                client.update_function_configuration(
                    FunctionName="clothing-dev", MemorySize=777, Description="theirs"
                )

    service.before = deploy
    ran = tune("--yes")
    assert ran.code == 8
    assert "error[tuning-failed]: somebody else has changed `clothing-dev` meanwhile" in ran.err
    assert service.versions() == {**BEFORE, "$LATEST": (777, "theirs")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_puts_all_back_when_it_is_interrupted(
    folder: Path, service: LambdaService, number: signal.Signals
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(qualifier: str) -> None:
        if qualifier == "3" and service.invoked.count("3") > 3:
            reached.set()
            go_on.wait(20)

    service.before = hold
    with subprocess.Popen(
        CHILD,
        cwd=folder,
        env=service.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert reached.wait(30)
        running.send_signal(number)
        go_on.set()
        output, story = running.communicate(timeout=30)
    assert running.returncode == 130, story
    assert output == ""
    assert "Put the function's settings back" in story
    assert "Traceback" not in story
    assert_nothing_is_left(service)


def test_a_trial_that_was_killed_is_cleared_away_by_the_next(
    tune: Callable[..., Ran], folder: Path, service: LambdaService
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(qualifier: str) -> None:
        if qualifier == "2":
            reached.set()
            go_on.wait(20)

    service.before = hold
    with subprocess.Popen(
        CHILD,
        cwd=folder,
        env=service.environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        assert reached.wait(30)
        running.kill()
        go_on.set()
    assert service.versions()["$LATEST"][0] == 256
    ran = tune("--yes", "--memory", "256")
    assert ran.code == 0, ran.err
    assert "has 512 MB" in ran.err
    assert_nothing_is_left(service)


def test_a_size_at_which_lambda_ends_the_function_is_out(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    content = json.dumps({"errorType": "Runtime.OutOfMemory", "errorMessage": "signal: killed"})
    log = (
        "UkVQT1JUIFJlcXVlc3RJZDogMQlEdXJhdGlvbjogNS4wMCBtcwlCaWxsZWQgRHVyYXRpb246IDUgbXMJTWVtb3J5IFNpemU6"
        "IDI1NiBNQglNYXggTWVtb3J5IFVzZWQ6IDI1NiBNQgkK"
    )
    killed = (
        200,
        {
            "X-Amz-Function-Error": "Unhandled",
            "X-Amz-Log-Result": log,
            "x-amzn-RequestId": "1",
        },
        content.encode(),
    )
    service.before = lambda qualifier: killed if qualifier == "2" else None
    ran = tune("--yes", "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    small, enough = result["trials"]
    assert small["problem"].startswith("too small: Lambda ended the function")
    assert enough["problem"] is None
    assert result["recommended_mb"] == 512
    assert_nothing_is_left(service)


def test_says_what_is_not_deployed(tune: Callable[..., Ran], service: LambdaService) -> None:
    ran = tune("--yes", "--stage", "prod")
    assert ran.code == 7
    assert "error[deployment-not-found]" in ran.err
    assert service.changes == []


def test_leaves_a_function_alone_that_is_not_the_stages(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    with service.client() as client:
        arn = client.get_function(FunctionName="clothing-dev")["Configuration"]["FunctionArn"]
        client.untag_resource(Resource=arn, TagKeys=["tulle:stage"])
    service.changes.clear()
    ran = tune("--yes")
    assert ran.code == 7
    assert "error[foreign-resource]" in ran.err
    assert service.changes == []


def test_says_that_the_functions_tags_may_not_be_read(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    service.hide_tags = True
    ran = tune("--yes")
    assert ran.code == 7
    assert "error[action-denied]" in ran.err
    assert "lambda:ListTags" in ran.err
    assert service.changes == []


def test_a_size_that_aws_does_not_offer_is_out(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    message = "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 3008"

    def refuse(method: str, _path: str, body: bytes) -> Answer | None:
        if method == "PUT" and json.loads(body).get("MemorySize") == 5120:
            return refusal(400, "InvalidParameterValueException", message)
        return None

    service.refuse = refuse
    ran = tune("--yes", "--json", "--memory", "512,5120")
    assert ran.code == 0, ran.err
    small, large = json.loads(ran.out)["trials"]
    assert small["problem"] is None
    assert large["problem"].startswith("AWS does not offer this size to the account")
    assert_nothing_is_left(service)


def test_says_that_something_is_left_where_it_cannot_be_cleared_away(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    def refuse(*_: object) -> Answer | None:
        return refusal(403, "AccessDeniedException", "no more") if service.invoked else None

    service.refuse = refuse
    ran = tune("--yes")
    assert ran.code == 7
    assert "not all of the trials could be cleared away: run the command again" in ran.err
    service.refuse = lambda *_: None
    assert tune("--yes", "--memory", "512").code == 0
    assert_nothing_is_left(service)


def test_a_version_that_cannot_be_deleted_is_named(
    tune: Callable[..., Ran], service: LambdaService
) -> None:
    def refuse(method: str, path: str, _body: bytes) -> Answer | None:
        keeps = method == "DELETE" and path.endswith("Qualifier=2")
        return refusal(403, "AccessDeniedException", "no") if keeps else None

    service.refuse = refuse
    ran = tune("--yes")
    assert ran.code == 0, ran.err
    assert "version 2 stays, for you may not do `lambda:DeleteFunction`" in ran.err
    assert service.versions().keys() == {"$LATEST", "1", "2"}
