"""What `tulle deploy` refuses before it asks anybody, and its JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tulle.aws.stack import Action, ResourceChange
from tulle.cli.deploy import command
from tulle.cli.deploy_table import plan_json
from tulle.deploy.stack.plan import make_plan
from tulle.errors import InvalidStage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--skip", "Logs"), "--skip is for --continue-rollback"),
        (("--no-smoke-test", "--smoke-picture", __file__), "--no-smoke-test leaves out"),
        (("--type", "dockerfile"), "'dockerfile' is not one of 'image', 'zip'"),
    ],
)
def test_refuses_what_cannot_be_meant(arguments: tuple[str, ...], message: str) -> None:
    ran = CliRunner().invoke(command, arguments)
    assert ran.exit_code == 2
    assert message in ran.stderr


def test_refuses_a_stage_that_cannot_be_one(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        command, ["clothing", "--stage", "a_b", "--folder", str(tmp_path)], catch_exceptions=True
    )
    assert isinstance(ran.exception, InvalidStage)
    assert ran.stdout == ""


def test_a_plan_is_told_to_programs() -> None:
    logs = ResourceChange(action=Action.REMOVE, resource="Logs", type="AWS::Logs::LogGroup")
    content = json.loads(plan_json(make_plan("shop-dev", "eu-west-1", (logs,), creates=False)))
    assert content == {
        "schema": 1,
        "stack": "shop-dev",
        "region": "eu-west-1",
        "creates": False,
        "consequences": [
            {
                "resource": "Logs",
                "type": "AWS::Logs::LogGroup",
                "loss": "the log so far is deleted",
            }
        ],
        "changes": [
            {
                "action": "Remove",
                "resource": "Logs",
                "type": "AWS::Logs::LogGroup",
                "physical_id": "",
                "replacement": "False",
                "properties": [],
                "kept": False,
            }
        ],
    }
