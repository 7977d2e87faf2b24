"""`tulle doctor`, as a user types it, before an account that allows this and that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fakes.account import ACCOUNT, Account, running_account
from tulle.deploy.permissions import Place, needed_statements, policy_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from integration.deploy.conftest import MadeArtifact

PLACE = Place(partition="aws", region="eu-west-1", account=ACCOUNT)


def statements() -> list[dict[str, Any]]:
    found = policy_document(needed_statements("clothing", PLACE))["Statement"]
    assert isinstance(found, list)
    return found


@pytest.fixture
def account() -> Iterator[Account]:
    with running_account(Account(policy=statements())) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, image: MadeArtifact) -> Path:
    """Give a project that is built upon an image at hand."""
    made = tmp_path / "project"
    made.mkdir()
    (made / "tulle.toml").write_text(
        f'[model]\npath = "clothing"\n[package]\nbase = "oci:{image.path}"\n'
    )
    return made


def tulle(
    folder: Path, environ: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    outside = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    config = {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
    }
    return subprocess.run(
        [sys.executable, "-m", "tulle", "doctor", *arguments],
        cwd=folder,
        env={**outside, **config, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def checks(folder: Path, account: Account, *, code: int) -> dict[str, dict[str, str]]:
    ran = tulle(folder, account.environ(), "--json")
    assert ran.returncode == code, ran.stdout + ran.stderr
    return {check["name"]: check for check in json.loads(ran.stdout)["checks"]}


def test_finds_all_in_order(folder: Path, account: Account) -> None:
    ran = tulle(folder, account.environ())
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("✓") == len(ran.stdout.splitlines())
    assert "for python3.13 on x86_64: ai-edge-litert" in ran.stdout
    assert f"user/somebody in account {ACCOUNT}" in ran.stdout
    assert "eu-west-1, Lambda answers" in ran.stdout
    assert "1,000 invocations at once" in ran.stdout


def test_names_what_is_denied_with_the_policy_that_allows_it(
    folder: Path, account: Account
) -> None:
    account.policy = [
        {**one, "Action": [name for name in one["Action"] if name != "ecr:PutImage"]}
        for one in statements()
        if "iam:PassRole" not in one["Action"]
    ]
    found = checks(folder, account, code=1)["permissions"]
    assert found["outcome"] == "problem"
    assert json.loads(found["detail"]) == policy_document(needed_statements("clothing", PLACE)) | {
        "Statement": [
            {**one, "Action": kept}
            for one in statements()
            if (
                kept := [name for name in one["Action"] if name in {"ecr:PutImage", "iam:PassRole"}]
            )
        ]
    }


def test_judges_the_role_behind_a_session(folder: Path, account: Account) -> None:
    account.arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/me"
    account.roles = {"deployer": f"arn:aws:iam::{ACCOUNT}:role/team/deployer"}
    assert checks(folder, account, code=0)["permissions"]["outcome"] == "ok"


@pytest.mark.parametrize("kind", ["root", "federated-user/me"])
def test_says_whom_iam_does_not_judge(folder: Path, account: Account, kind: str) -> None:
    account.arn = f"arn:aws:iam::{ACCOUNT}:{kind}"
    found = checks(folder, account, code=0)["permissions"]
    assert found["outcome"] == "warning"
    assert "--policy" in found["hint"]


def test_goes_on_where_it_may_not_ask(folder: Path, account: Account) -> None:
    account.denies = frozenset({"SimulatePrincipalPolicy"})
    found = checks(folder, account, code=0)["permissions"]
    assert found["outcome"] == "warning"
    assert "iam:SimulatePrincipalPolicy" in found["message"]


def test_holds_the_project_against_the_accounts_limits(folder: Path, account: Account) -> None:
    account.concurrency = account.unreserved = 10
    with (folder / "tulle.toml").open("a") as file:
        file.write("[function]\nmemory_mb = 4096\nreserved_concurrency = 5\n")
    found = checks(folder, account, code=1)
    assert {name: found[name]["outcome"] for name in ("limits", "memory", "concurrency")} == {
        "limits": "warning",
        "memory": "warning",
        "concurrency": "problem",
    }


def test_tells_every_failure_with_its_remedy_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text(
        '[model]\npath = "gone.keras"\n[package]\nbase = "oci:nowhere"\n'
        '[function]\nrequirements = ["no-such-package-of-anybody"]\n'
    )
    ran = tulle(tmp_path, {}, "--json")
    assert ran.returncode == 1
    found = {check["name"]: check for check in json.loads(ran.stdout)["checks"]}
    problems = {name for name, check in found.items() if check["outcome"] == "problem"}
    assert problems == {"model", "packages", "base image", "credentials"}
    assert all(found[name]["hint"] for name in problems)
    assert "region" in found["credentials"]["message"]
    assert "4 problems keep a deployment from working" in ran.stderr


def test_looks_at_aws_without_a_project(tmp_path: Path, account: Account) -> None:
    found = checks(tmp_path, account, code=1)
    assert {name: check["outcome"] for name, check in found.items()} == {
        "project": "problem",
        "credentials": "ok",
        "region": "ok",
    }


def test_prints_the_policy_for_whoever_deploys(folder: Path, account: Account) -> None:
    printed = tulle(folder, account.environ(), "--policy")
    assert json.loads(printed.stdout)["Statement"] == statements()
    without = tulle(folder, {}, "--policy")
    anywhere = Place(partition="aws", region="*", account="*")
    assert json.loads(without.stdout) == json.loads(
        json.dumps(policy_document(needed_statements("clothing", anywhere)))
    )
