"""AWS on this machine, for whoever asks for it."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakes.aws import FakeAws


@pytest.fixture(scope="session")
def aws_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAws]:
    """Run what stands for AWS, once for all tests."""
    from fakes.aws import fake_aws  # noqa: PLC0415 (loads boto3, which most tests do without)

    with fake_aws(tmp_path_factory.mktemp("aws")) as aws:
        yield aws


@pytest.fixture
def aws(aws_server: FakeAws) -> FakeAws:
    """Give an AWS in which nothing is."""
    aws_server.reset()
    return aws_server


@pytest.fixture
def aws_environ(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let all that this process does with AWS go to `aws`: boto3, urllib and the registry's client, unmodified."""
    environ = aws.environ()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        if name not in {"PATH", "HOME"}:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies that it found first
    return environ
