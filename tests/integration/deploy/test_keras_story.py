"""The whole story with a Keras model, by a user who may do what `tulle doctor --policy` prints and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from debian_programs import needs
from deployment_story import Story, tell
from fakes.aws import ACCOUNT, REGION
from fakes.call_monitor import call_monitor
from integration.build.build_process import shared_cache
from integration.deploy.operate.gateway import running_gateway
from integration.emulator.dev_process import running_dev
from tulle.aws.failure import iam_action
from tulle.deploy.permissions import Place, needed_statements
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from fakes.aws import FakeAws
    from integration.deploy.conftest import MadeArtifact

EXAMPLE = Path(__file__).parents[3] / "examples/clothing"
LABELS = EXAMPLE / "labels.txt"
NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}


@needs("docker-registry")
def test_three_commands_make_an_endpoint_and_one_takes_it_away(
    aws: FakeAws, image: MadeArtifact, tmp_path: Path
) -> None:
    folder, here = tmp_path / "shop", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    environ = {**os.environ, **aws.environ(home=tmp_path), "XDG_CACHE_HOME": str(shared_cache())}
    aws.proxy.tunnels = True  # to the package index
    with (
        running_dev(here, "clothing", "--no-console") as dev,
        running_gateway() as gateway,
        call_monitor() as monitor,
    ):
        gateway.target = dev.url
        aws.proxy.routes["*.execute-api.*.amazonaws.com"] = gateway.address
        tell(
            Story(
                folder=folder,
                environ={**environ, **monitor.environ},
                init=(
                    *(str(EXAMPLE / "clothing.keras"), "--labels", str(LABELS)),
                    *("--preprocessing", "-1..1"),
                ),
                deploy=("--base", f"oci:{image.path}"),
                picture=next(path for path in sample_pictures() if path.stem == "pants"),
                categories=frozenset(LABELS.read_text().split()),
            )
        )
        asked = monitor.operations()
    assert "cloudformation:ExecuteChangeSet" in asked
    assert asked - NEEDS_NO_PERMISSION <= allowed(asked)
    assert nothing_is_left(aws)


def allowed(operations: set[str]) -> set[str]:
    """Keep the operations that the policy for deploying allows."""
    place = Place(partition="aws", region=REGION, account=ACCOUNT)
    statements = needed_statements("clothing", place)
    actions = {action for statement in statements for action in statement.actions}
    return {name for name in operations if iam_action(name) in actions}


def nothing_is_left(aws: FakeAws) -> bool:
    """Tell whether the account is as empty as it was."""
    session = aws.session()
    stacks = session.cloudformation().list_stacks()["StackSummaries"]
    return (
        all(stack["StackStatus"] == "DELETE_COMPLETE" for stack in stacks)
        and session.ecr().describe_repositories()["repositories"] == []
        and session.functions().list_functions()["Functions"] == []
        and session.iam().list_roles()["Roles"] == []
        and session.logs().describe_log_groups()["logGroups"] == []
        and session.cloudwatch().describe_alarms()["MetricAlarms"] == []
        and session.s3().list_buckets()["Buckets"] == []
    )
