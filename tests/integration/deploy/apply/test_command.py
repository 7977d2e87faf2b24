"""`tulle deploy` as a process: what it prints where, how it leaves, and what an interruption comes to."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from typing import TYPE_CHECKING

import boto3
import pytest

from fakes.moto_stacks import holding_stacks
from integration.build.build_process import shared_cache
from integration.emulator.dev_process import TULLE, wait_until
from tulle.api.deploy import DeployRequest, deploy
from tulle.progress import SilentReporter
from tulle.project.file import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from integration.deploy.apply.own_stacks import OwnStacks
    from tulle.aws.session import AwsSession


class Project:
    """A folder with a function of its own, and `tulle` run in there."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        (folder / "app.py").write_text("def handler(event, context):\n    return event\n")
        (folder / "tulle.toml").write_text(
            'name = "shop"\n[function]\nhandler = "app.handler"\n[package]\ntype = "zip"\n'
        )
        self.folder = folder
        self.environ = {**os.environ, **environ, "XDG_CACHE_HOME": str(shared_cache())}

    def bring_up(self) -> None:
        """Deploy within this process, which is faster."""
        deploy(
            DeployRequest(project=read_project(self.folder), smoke_test=None),
            environ=self.environ,
            reporter=SilentReporter(),
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*TULLE, "deploy", *arguments],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def deploy(self, *arguments: str) -> tuple[int, str, str]:
        with self.start(*arguments) as process:
            stdout, stderr = process.communicate()
        return process.returncode, stdout, stderr


@pytest.fixture
def project(moto: str, moto_environ: dict[str, str], tmp_path: Path) -> Project:
    assert moto
    return Project(tmp_path, moto_environ)


def test_prints_the_url_alone_and_tells_the_rest_on_stderr(
    project: Project, session: AwsSession
) -> None:
    status, stdout, stderr = project.deploy()
    assert status == 0, stderr
    (api,) = boto3.client("apigatewayv2", region_name=session.region).get_apis()["Items"]
    assert stdout == f"{api['ApiEndpoint']}/predict\n"
    assert "→ Create the stack shop-dev" in stderr
    assert "Function (AWS::Lambda::Function): created" in stderr
    assert "function  shop-dev, version 1" in stderr
    assert "✓ shop-dev is live in version 1" in stderr
    status, stdout, stderr = project.deploy("--json")
    assert status == 0, stderr
    content = json.loads(stdout)
    assert content["url"] == api["ApiEndpoint"]
    assert content["endpoint"] == f"{api['ApiEndpoint']}/predict"
    assert (content["version"], content["changes"], content["sent_bytes"]) == ("1", [], 0)
    assert content["test"]["warm_ms"] > 0
    assert "changed   nothing" in stderr


def test_prints_a_plan(project: Project) -> None:
    status, stdout, stderr = project.deploy("--plan", "--json")
    assert status == 0, stderr
    content = json.loads(stdout)
    assert (content["stack"], content["creates"], content["consequences"]) == ("shop-dev", True, [])
    assert {"action", "resource", "type", "replacement", "properties"} <= content["changes"][
        0
    ].keys()


@pytest.mark.usefixtures("session")
def test_shows_which_values_an_update_changes(project: Project) -> None:
    project.bring_up()
    text = (project.folder / "tulle.toml").read_text()
    (project.folder / "tulle.toml").write_text(
        text.replace("[function]", "[function]\nmemory_mb = 2048")
    )
    status, stdout, stderr = project.deploy("--plan")
    assert status == 0, stderr
    old, new = (line.split()[1] for line in stdout.splitlines() if "AWS::Lambda::Version" in line)
    assert old != new
    assert stdout.splitlines() == [
        "Change the stack shop-dev in eu-west-1",
        f"  - {old}  AWS::Lambda::Version  (stays in the account)",
        "  ~ Live                 AWS::Lambda::Alias",
        "      FunctionVersion: follows another resource",
        "  ~ Function             AWS::Lambda::Function",
        "      MemorySize: 1024 → 2048",
        f"  + {new}  AWS::Lambda::Version",
        "  1 to add, 2 to change, 1 to remove",
    ]


def test_an_interruption_says_that_aws_goes_on_and_another_run_does(
    project: Project, own: OwnStacks
) -> None:
    with holding_stacks():
        with project.start() as process:
            wait_until(lambda: own.left[0] == ["shop-dev CREATE_IN_PROGRESS"], "the creation")
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate()
        assert process.returncode == 130
        assert "AWS goes on by itself with what was begun" in stderr
        status, _, stderr = project.deploy()
        assert status == 7
        assert (
            "error[stack-busy]: the stack shop-dev is being changed: CREATE_IN_PROGRESS" in stderr
        )
        assert "hint: `tulle deploy --wait` waits" in stderr
    status, stdout, stderr = project.deploy("--wait")
    assert status == 0, stderr
    assert stdout.startswith("https://")
    assert own.left == (["shop-dev CREATE_COMPLETE"], [])


@pytest.mark.usefixtures("session")
def test_without_a_terminal_a_replacement_must_be_allowed(project: Project) -> None:
    project.bring_up()
    with (project.folder / "tulle.toml").open("a") as file:
        file.write('[api]\ntype = "none"\n')
    status, stdout, stderr = project.deploy()
    assert (status, stdout) == (7, "")
    assert "error[replacement-not-allowed]" in stderr
    assert "! HttpApi: the endpoint's URL stops answering" in stderr
    status, stdout, stderr = project.deploy("--allow-replacement")
    assert status == 0, stderr
    assert stdout == "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev:live\n"


@pytest.mark.usefixtures("session")
def test_on_a_terminal_somebody_is_asked(project: Project) -> None:
    project.bring_up()
    with (project.folder / "tulle.toml").open("a") as file:
        file.write('[api]\ntype = "none"\n')
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    with subprocess.Popen(
        [*TULLE, "deploy"],
        cwd=project.folder,
        env=project.environ,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        stdout, _ = process.communicate()
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert process.returncode == 0, shown
    assert "Go on? [y/N]" in shown
    assert stdout.decode() == "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev:live\n"
