"""`tulle status`: what is live, where it comes from, and how it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from integration.deploy.operate.made_deployments import (
    deploy_made,
    made_project,
    model_of,
    publish_made,
    revision_of,
)
from integration.deploy.operate.test_measured import count, log, report
from tulle.aws.functions import Functions
from tulle.deploy.live.rollback import move_back, plan_rollback

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.operate.conftest import Tulle
    from integration.deploy.operate.gateway import Gateway
    from tulle.aws.session import AwsSession


def test_tells_all_of_a_stage(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deployment = deploy_made(session, made_project(tmp_path))
    count(session, "Invocations", *[1] * 200)
    count(session, "Errors", 3)
    count(session, "Duration", *[20] * 189, *[80] * 11)
    log(session, report(20, init_ms=300, memory_mb=120), report(20), report(20), report(20))
    ran = tulle("status", "--folder", str(tmp_path), "--stage", "dev")
    assert ran.code == 0, ran.err
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for line in (
        "✓ shop, stage dev",
        f"  url          {deployment.url}/predict",
        f"  live         version 1 of {today}",
        f"  model        {model_of(1)[:12]}",
        f"  revision     {revision_of(1)[:12]}",
        "  function     shop-dev, 1024 MB, 30 s, x86_64",
        f"  stack        shop-dev, CREATE_COMPLETE since {today}",
        "  drift        not looked for: --drift does",
        "  last 24 h    200 invocations, 3 errors (1.50%), 0 throttled",
        "               p50 20.0 ms, p95 80.0 ms, average 23.3 ms",
        "               1 of 4 were cold starts (25.0%, 300 ms each); at most 120 of 1024 MB used",
    ):
        assert line in ran.out
    assert "rolled back" not in ran.out
    assert "versions" not in ran.out


def test_json_for_a_machine_of_all_stages(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    project = made_project(tmp_path)
    for stage in ("prod", "dev"):
        deploy_made(session, project, stage=stage)
    count(session, "Invocations", 1)
    publish_made(session, "shop-prod", 2)
    said = tulle("status", "--folder", str(tmp_path), "--json", "--since", "1h").json
    dev, prod = said["deployments"]
    assert (dev["stage"], prod["stage"]) == ("dev", "prod")
    assert dev["version"] == "1"
    assert dev["endpoint"] == f"{dev['url']}/predict"
    assert dev["model_sha256"] == model_of(1)
    assert dev["revision"] == revision_of(1)
    assert dev["digest"].startswith("sha256:")
    assert (dev["figures"]["invocations"], prod["figures"]["invocations"]) == (1, 0)
    assert dev["figures"]["p50_ms"] is None
    assert dev["drift"] == {"status": "NOT_CHECKED", "resources": None}
    assert datetime.fromisoformat(dev["published"]) <= datetime.now(UTC)
    assert prod["versions"] == ["1", "2"]
    assert (prod["version"], prod["model_sha256"]) == ("2", model_of(2))


def test_says_from_which_version_was_rolled_back(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    project = made_project(tmp_path)
    deploy_made(session, project)
    deploy_made(session, project, release=2)
    functions = Functions(session)
    move_back(functions, plan_rollback(functions, "shop-dev"))
    ran = tulle("status", "--folder", str(tmp_path))
    assert "  live         version 1 of " in ran.out
    assert "rolled back from version 2" in ran.out
    assert "  versions     1, 2" in ran.out
    words = ("status", "--folder", str(tmp_path), "--drift")
    assert "  drift        none but the rollback\n" in tulle(*words).out
    drift = tulle(*words, "--json").json["deployments"][0]
    assert drift["rolled_back_from"] == "2"
    assert drift["drift"]["resources"] == [
        {
            "name": "Live",
            "type": "AWS::Lambda::Alias",
            "gone": False,
            "changes": [{"path": "/FunctionVersion", "expected": "2", "actual": "1"}],
        }
    ]


def test_drift_is_looked_for_where_it_is_asked_for(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path))
    words = ("status", "--folder", str(tmp_path), "--drift")
    assert "  drift        none\n" in tulle(*words).out
    functions = session.function_settings()
    functions.update_function_configuration(FunctionName="shop-dev", MemorySize=2048)
    changed = tulle(*words).out
    assert "  drift        changed by hand\n" in changed
    assert "Function (AWS::Lambda::Function)" in changed
    assert "MemorySize: 1024 → 2048" in changed


def test_a_function_that_was_deleted_by_hand(
    session: AwsSession, tulle: Tulle, tmp_path: Path
) -> None:
    deploy_made(session, made_project(tmp_path))
    session.function_settings().delete_function(FunctionName="shop-dev")
    ran = tulle("status", "--folder", str(tmp_path), "--drift")
    assert ran.code == 0, ran.err
    assert "! shop, stage dev" in ran.out
    assert "trouble      its function is not there" in ran.out
    assert "Function (AWS::Lambda::Function) is gone" in ran.out
    assert "last 24 h    not known: there is no function" in ran.out


@pytest.mark.parametrize("words", [(), ("--stage", "dev")])
def test_nothing_deployed(tulle: Tulle, tmp_path: Path, words: tuple[str, ...]) -> None:
    made_project(tmp_path)
    ran = tulle("status", "--folder", str(tmp_path), *words)
    assert ran.code == 7
    assert "error[deployment-not-found]: shop" in ran.err
    assert "deploy it: `tulle deploy`" in ran.err


def test_figures_that_are_denied_leave_the_rest(
    session: AwsSession,
    gateway: Gateway,
    tulle: Tulle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deploy_made(session, made_project(tmp_path))
    gateway.refusals = [(403, b'{"__type": "AccessDeniedException", "message": "no"}')] * 3
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", f"http://{gateway.address}")
    ran = tulle("status", "--folder", str(tmp_path))
    assert ran.code == 0, ran.err
    assert "not known: you may not do `cloudwatch:GetMetricData` in this account" in ran.out
    assert "version 1 of" in ran.out


def test_a_denied_action_is_named(
    aws: FakeAws, session: AwsSession, tulle: Tulle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy_made(session, made_project(tmp_path))
    keys = aws.user("nobody")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys[1])
    aws.enforce()
    for command in ("status", "destroy", "rollback"):
        ran = tulle(command, "--folder", str(tmp_path))
        assert ran.code == 7
        assert "error[action-denied]: you may not do `cloudformation:DescribeStacks`" in ran.err
        assert '"Action": "cloudformation:DescribeStacks"' in ran.err


def test_works_without_the_folder(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path, api="none"))
    (status,) = tulle("status", "--name", "shop", "--json").json["deployments"]
    assert (status["stage"], status["url"], status["endpoint"]) == ("dev", None, None)


def test_bad_spans(tulle: Tulle, tmp_path: Path) -> None:
    for span in ("0m", "soon", "10", "1w"):
        ran = tulle("status", "--folder", str(made_project(tmp_path).folder), "--since", span)
        assert ran.code == 2
        assert "write 90s, 10m, 2h or 1d" in ran.err


@pytest.mark.parametrize("command", ["status", "logs", "rollback", "destroy"])
def test_who_is_nobody_or_nowhere_is_told_so(
    tulle: Tulle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    made_project(tmp_path)
    words = (command, "--folder", str(tmp_path))
    with monkeypatch.context() as without:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            without.delenv(name)
        ran = tulle(*words)
        assert (ran.code, ran.out) == (7, "")
        assert "error[credentials-missing]: there are no AWS credentials" in ran.err
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    nowhere = tulle(*words)
    assert (nowhere.code, nowhere.out) == (7, "")
    assert "error[region-missing]" in nowhere.err
    unknown = tulle(*words, "--profile", "nobody")
    assert "error[aws-profile-unknown]" in unknown.err
