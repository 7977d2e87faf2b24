"""Durations that nobody said: from a function that is run here, and from one that runs on AWS."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from fakes.moto_metrics import complete_metrics
from integration.emulator.dev_process import TULLE
from tulle.api.cost import Behaviour, Change, CostRequest, Origin, cost, observe_on_aws
from tulle.errors import MeasurementFailed
from tulle.pricing.alternatives import MemorySize
from tulle.project.file import read_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.aws import FakeAws
    from tulle.aws.session import AwsSession
    from tulle.project.project import Project

NOW = datetime.now(UTC)
GROUP = "/aws/lambda/shop-prod"
HANDLER = """
import sys
print("starting")
def handler(event, context):
    print("x" * 1000)
    if event.get("fail"):
        raise ValueError("not so")
    return {"text": "y" * event["length"]}
"""


def tulle(*arguments: str, folder: Path, environ: dict[str, str] | None = None) -> str:
    ran = subprocess.run(
        [*TULLE, "cost", *arguments, "--json"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_builtin_model_is_run_here_with_the_samples(tmp_path: Path) -> None:
    known = json.loads(tulle("--region", "us-east-1", folder=tmp_path))
    workload = known["workload"]
    assert known["durations"] == "measured"
    assert workload["duration_ms"] > 0
    assert workload["init_ms"] > 0
    assert known["max_memory_used_mb"] > 20
    assert 400 + 50 < workload["response_bytes"] < 400 + 1000  # headers, and ten scores
    assert 200 < workload["log_bytes"] < 600  # START, END and REPORT
    sizes = [entry for entry in known["alternatives"] if entry["change"] == "memory"]
    durations = [entry["duration_ms"] for entry in sizes]
    assert durations == sorted(durations, reverse=True)
    assert not [text for text in known["assumptions"] if "--log-bytes" in text or "answer" in text]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir()
    (made / "app.py").write_text(HANDLER)
    (made / "tulle.toml").write_text('name = "shop"\n[function]\nhandler = "app.handler"\n')
    return made


def test_an_own_handler_is_run_here_with_its_event(folder: Path) -> None:
    event = folder / "event.json"
    event.write_text('{"length": 5000}')
    known = json.loads(tulle("--event", str(event), "--region", "us-east-1", folder=folder))
    workload = known["workload"]
    assert workload["response_bytes"] == 400 + len('{"text": ""}') + 5000
    assert 1000 + 200 < workload["log_bytes"] < 1000 + 700
    assert workload["cold_share"] == 0.01


def test_a_handler_that_fails_is_not_priced(folder: Path) -> None:
    event = folder / "event.json"
    event.write_text('{"fail": true}')
    ran = subprocess.run(
        [*TULLE, "cost", "--event", str(event), "--region", "us-east-1"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 8
    assert "error[measurement-failed]: " in ran.stderr
    assert "ValueError" in ran.stderr
    assert ran.stdout == ""


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """Run moto in this process, with percentiles; give its URL."""
    complete_metrics()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def session(aws: FakeAws, moto: str) -> AwsSession:
    return aws.session(endpoint=moto)


@pytest.fixture
def project(folder: Path) -> Project:
    return read_project(folder)


@pytest.fixture
def deployed(session: AwsSession) -> Iterator[None]:
    """Have 1,680 invocations in a week: 400 ms each, and of the two in the log one with an init of 900 ms."""
    dimensions = [{"Name": "FunctionName", "Value": "shop-prod"}]
    cloudwatch, logs = session.cloudwatch(), session.logs()
    for metric, value in (("Invocations", 1680.0), ("Duration", 400.0)):
        cloudwatch.put_metric_data(
            Namespace="AWS/Lambda",
            MetricData=[
                {
                    "MetricName": metric,
                    "Dimensions": dimensions,  # type: ignore[typeddict-item]
                    "Value": value,
                    "Timestamp": NOW - timedelta(hours=1),
                }
            ],
        )
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="a")
    at_ms = int((NOW - timedelta(hours=1)).timestamp() * 1000)
    report = (
        "REPORT RequestId: {}\tDuration: 400.00 ms\tBilled Duration: {} ms\tMemory Size: 512 MB\t"
        "Max Memory Used: {} MB\t{}\n"
    )
    lines = (
        report.format("a", 1300, 200, "Init Duration: 900.00 ms\t"),
        report.format("b", 400, 210, ""),
    )
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName="a",
        logEvents=[{"timestamp": at_ms, "message": line} for line in lines],
    )
    yield
    logs.delete_log_group(logGroupName=GROUP)


@pytest.mark.usefixtures("deployed")
def test_a_deployed_function_is_priced_by_what_it_did(
    session: AwsSession, project: Project
) -> None:
    seen = observe_on_aws(project, session, stage="prod", until=NOW)
    assert seen == Behaviour(
        origin=Origin.DEPLOYED,
        duration_ms=200,  # 400 ms at 512 MB: the project has 1,024 now
        init_ms=900,
        cold_share=0.5,
        requests=7300,  # 1,680 in 168 hours, so 10 an hour, of which a month has 730
        max_memory_used_mb=210,
    )
    known = cost(CostRequest(project=project, region="eu-west-1"), seen)
    assert known.problem is None
    # 7300 × (200 + 50 % × 900) ms × 1 GB
    assert known.quote.workload.gb_s == 4745
    assert known.quote.workload.requests == 7300


@pytest.mark.usefixtures("deployed")
def test_a_size_that_is_less_than_the_function_held_is_warned_of_and_not_offered(
    session: AwsSession, folder: Path
) -> None:
    small = read_project(folder, {"function": {"memory_mb": 256}})
    seen = replace(observe_on_aws(small, session, stage="prod", until=NOW), max_memory_used_mb=450)
    known = cost(CostRequest(project=small, region="eu-west-1"), seen)
    assert known.problem == "256 MB are too small: it held 450 MB, and should have 540"
    sizes = [entry.value for entry in known.alternatives if entry.change is Change.MEMORY]
    assert sizes == ["1024", "1769", "3008"]


def test_what_is_said_goes_before_what_was_seen() -> None:
    sizes = (MemorySize(memory_mb=512, duration_ms=20, init_ms=300),)
    seen = Behaviour(origin=Origin.MEASURED, duration_ms=10, init_ms=200, sizes=sizes)
    assert seen.corrected(init_ms=None, cold_share=None) == seen
    said = seen.corrected(init_ms=50, cold_share=0.2)
    assert (said.duration_ms, said.init_ms, said.cold_share) == (10, 50, 0.2)
    assert said.sizes == (MemorySize(memory_mb=512, duration_ms=20, init_ms=50),)


@pytest.mark.usefixtures("deployed")
def test_the_command_asks_aws_about_a_stage(aws: FakeAws, moto: str, folder: Path) -> None:
    environ = {**aws.environ(), "AWS_ENDPOINT_URL": moto}
    known = json.loads(
        tulle("--stage", "prod", "--requests", "1000", folder=folder, environ=environ)
    )
    assert (known["durations"], known["region"]) == ("deployed", "eu-west-1")
    assert known["workload"]["requests"] == 1000
    assert known["workload"]["cold_share"] == 0.5


def test_a_stage_that_nobody_called_is_not_priced(session: AwsSession, project: Project) -> None:
    with pytest.raises(MeasurementFailed, match="nobody called shop-quiet in eu-west-1") as failed:
        observe_on_aws(project, session, stage="quiet", until=NOW)
    assert "leave out --stage" in failed.value.hint
