"""The whole story on a real account: `make test-aws`. Costs some cents at most, and removes all that it made."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import pytest

from deployment_story import Story, tell
from tulle.aws.identity import find_identity
from tulle.aws.session import AwsSession, open_session
from tulle.deploy.names import Names, bucket_name, name_deployment
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("package", "api"), [("image", "http"), ("zip", "rest"), ("zip", "url")])
def test_from_an_empty_folder_to_an_endpoint_and_back(
    tmp_path: Path, package: str, api: str
) -> None:
    name = f"tulle-test-{secrets.token_hex(3)}"
    pictures = sample_pictures()
    tell(
        Story(
            folder=tmp_path,
            environ=os.environ,
            init=("clothing", "--name", name, "--type", package, "--api", api),
            picture=next(path for path in pictures if path.stem == "pants"),
            categories=frozenset(path.stem for path in pictures),
        )
    )
    assert left_of(name_deployment(name, "dev"), open_session()) == []


def left_of(names: Names, session: AwsSession) -> list[str]:
    """List what is still there under a deployment's names."""
    logs = session.logs().describe_log_groups(logGroupNamePrefix=names.log_group)["logGroups"]
    functions = session.functions().get_paginator("list_functions").paginate()
    repositories = session.ecr().get_paginator("describe_repositories").paginate()
    return [
        *(group["logGroupName"] for group in logs),
        *(
            function["FunctionName"]
            for page in functions
            for function in page["Functions"]
            if function["FunctionName"] == names.function
        ),
        *(
            repository["repositoryName"]
            for page in repositories
            for repository in page["repositories"]
            if repository["repositoryName"] == names.repository
        ),
        *zips_of(names, session),
    ]


def zips_of(names: Names, session: AwsSession) -> list[str]:
    """List the versions of a deployment's zips; the bucket may be there for other projects."""
    bucket = bucket_name(find_identity(session).account, session.region)
    s3 = session.s3()
    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        return []
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=f"{names.stack}/"
    )
    return [version["Key"] for page in pages for version in page.get("Versions", ())]
