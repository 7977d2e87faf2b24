"""`tulle logs`: what a function wrote, readable and in order."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from integration.deploy.operate.made_deployments import deploy_made, made_project
from integration.deploy.operate.test_measured import report

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.aws import FakeAws
    from integration.deploy.operate.conftest import Tulle
    from tulle.aws.session import AwsSession

GROUP = "/aws/lambda/shop-dev"


class MadeLog:
    """A log group, and streams to which a test writes."""

    def __init__(self, session: AwsSession) -> None:
        self._client = session.logs()
        self._client.create_log_group(logGroupName=GROUP)
        self._streams: set[str] = set()

    def write(self, message: str, *, stream: str = "a", ago_s: float = 1) -> None:
        if stream not in self._streams:
            self._client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
            self._streams.add(stream)
        at_ms = int((time.time() - ago_s) * 1000)
        self._client.put_log_events(
            logGroupName=GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": at_ms, "message": message}],
        )


@pytest.fixture
def written(session: AwsSession, tmp_path: Path) -> MadeLog:
    made_project(tmp_path)
    return MadeLog(session)


def texts(out: str) -> list[str]:
    """Leave the times out."""
    return [line[25:] for line in out.splitlines()]


def test_all_environments_in_order_of_time(written: MadeLog, tulle: Tulle, tmp_path: Path) -> None:
    written.write("START RequestId: 1 Version: 3\n", ago_s=9)
    written.write("START RequestId: 2 Version: 3\n", stream="b", ago_s=8)
    written.write("of one\n", ago_s=7)
    written.write("of two\n", stream="b", ago_s=6)
    written.write(report(12.5, init_ms=180), ago_s=5)
    ran = tulle("logs", "--folder", str(tmp_path))
    assert ran.code == 0, ran.err
    assert texts(ran.out) == [
        "START RequestId: 1 Version: 3",
        "START RequestId: 2 Version: 3",
        "of one",
        "of two",
        "REPORT 12.5  12.50 ms, billed 193 ms, 90 of 1024 MB, cold start 180.00 ms",
    ]
    first = datetime.fromisoformat(ran.out[:23]).astimezone(UTC)
    assert timedelta(seconds=8) < datetime.now(UTC) - first < timedelta(seconds=60)


def test_how_far_back(written: MadeLog, tulle: Tulle, tmp_path: Path) -> None:
    written.write("long ago", ago_s=3000)
    written.write("now")
    words = ("logs", "--folder", str(tmp_path))
    assert texts(tulle(*words).out) == ["now"]
    assert texts(tulle(*words, "--since", "1h").out) == ["long ago", "now"]
    written_before = tulle(*words, "--since", "1s", "--filter", "nothing")
    assert written_before.out == ""
    assert "nothing in the last 1 s; --since goes further back" in written_before.err


def test_only_what_a_pattern_fits(written: MadeLog, tulle: Tulle, tmp_path: Path) -> None:
    written.write("[ERROR] ValueError: oh\rTraceback (most recent call last):\r\u00a0\u00a0File x")
    written.write("pants")
    ran = tulle("logs", "--folder", str(tmp_path), "--filter", "ERROR")
    assert texts(ran.out) == [
        "ERROR  ValueError: oh",
        "Traceback (most recent call last):",
        "  File x",
    ]


def test_a_line_of_json_for_each(written: MadeLog, tulle: Tulle, tmp_path: Path) -> None:
    metrics = {"durationMs": 3.5, "billedDurationMs": 4, "memorySizeMB": 128, "maxMemoryUsedMB": 36}
    record = {"requestId": "r-1", "metrics": metrics, "status": "timeout"}
    message = json.dumps({"type": "platform.report", "record": record})
    written.write(message, ago_s=2)
    written.write("pants\n")
    ran = tulle("logs", "--folder", str(tmp_path), "--json")
    reported, said = [json.loads(line) for line in ran.out.splitlines()]
    assert (reported["kind"], reported["request_id"], reported["status"]) == (
        "report",
        "r-1",
        "timeout",
    )
    assert (reported["duration_ms"], reported["init_ms"]) == (3.5, None)
    assert reported["message"] == message
    assert (said["kind"], said["message"], said["stream"]) == ("text", "pants", "a")
    assert "duration_ms" not in said
    assert datetime.fromisoformat(said["time"]).tzinfo is not None


def test_following_shows_each_once_and_ctrl_c_ends_it(
    aws: FakeAws, written: MadeLog, tmp_path: Path
) -> None:
    written.write("before")
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", "from tulle.cli import main; main()", "logs", "-f"],
        cwd=tmp_path,
        env=aws.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        out = cast("Any", process.stdout)
        shown = [out.readline()]
        for number in range(3):
            written.write(f"while it runs {number}", stream=f"{number}", ago_s=0)
        shown += [out.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=20)
    assert sorted(texts("".join(shown))) == ["before", *(f"while it runs {n}" for n in range(3))]
    assert (process.returncode, rest, err) == (130, "", "")


def test_a_stage_that_is_not_deployed(session: AwsSession, tulle: Tulle, tmp_path: Path) -> None:
    deploy_made(session, made_project(tmp_path), stage="prod")
    ran = tulle("logs", "--folder", str(tmp_path))
    assert ran.code == 7
    assert "error[deployment-not-found]: shop, stage dev, is not deployed" in ran.err
    assert "deployed are: prod" in ran.err
    session.logs().delete_log_group(logGroupName="/aws/lambda/shop-prod")
    gone = tulle("logs", "--folder", str(tmp_path), "--stage", "prod")
    assert gone.code == 7
    assert "there is no log group /aws/lambda/shop-prod in eu-west-1" in gone.err
