"""What AWS answers in place of what was asked, through the real client: each is one clear error."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from fakes.aws import ACCOUNT, REGION
from fakes.aws_refusals import refusing
from tulle.aws.ecr import Repositories
from tulle.aws.identity import find_identity
from tulle.aws.s3 import Artifacts
from tulle.aws.session import open_session
from tulle.errors import (
    ActionDenied,
    AwsError,
    AwsProfileUnknown,
    AwsRefused,
    AwsThrottled,
    AwsUnavailable,
    AwsUnreachable,
    CredentialsExpired,
    CredentialsMissing,
    CredentialsRefused,
    RegionMissing,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fakes.aws import FakeAws
    from tulle.aws.session import AwsSession


def _find_identity(session: AwsSession) -> object:
    return find_identity(session)


def _find_repository(session: AwsSession) -> object:
    return Repositories(session).find("tulle/x-dev")


def _log_in(session: AwsSession) -> object:
    return Repositories(session).log_in()


def _look_at_bucket(session: AwsSession) -> object:
    return Artifacts(session, bucket="tulle-x", account=ACCOUNT).look()


def _look_for_zip(session: AwsSession) -> object:
    return Artifacts(session, bucket="tulle-x", account=ACCOUNT).has("x", digest="sha256:1")


ASK = [_find_identity, _find_repository, _log_in, _look_at_bucket]


@pytest.mark.parametrize("ask", ASK)
@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ExpiredToken", 403, CredentialsExpired),
        ("ExpiredTokenException", 400, CredentialsExpired),
        ("InvalidClientTokenId", 403, CredentialsRefused),
        ("UnrecognizedClientException", 400, CredentialsRefused),
        ("SignatureDoesNotMatch", 403, CredentialsRefused),
        ("AccessDeniedException", 400, ActionDenied),
        ("ThrottlingException", 400, AwsThrottled),
        ("SlowDown", 503, AwsThrottled),
        ("InternalFailure", 500, AwsUnavailable),
        ("ValidationException", 400, AwsRefused),
    ],
)
def test_each_refusal_is_told(
    aws_server: FakeAws,
    ask: Callable[[AwsSession], object],
    code: str,
    status: int,
    expected: type[AwsError],
) -> None:
    with refusing(code, status=status) as refusal, pytest.raises(AwsError) as caught:
        ask(aws_server.session(endpoint=refusal.address))
    assert type(caught.value) is expected
    assert caught.value.hint
    assert refusal.asked


def test_throttling_is_waited_out_a_few_times(aws_server: FakeAws) -> None:
    with refusing("ThrottlingException") as refusal, pytest.raises(AwsThrottled) as caught:
        _find_repository(aws_server.session(endpoint=refusal.address, attempts=3))
    assert len(refusal.asked) == 3
    assert "goes on where it was" in caught.value.hint


@pytest.mark.parametrize("ask", [*ASK, _look_for_zip])
def test_an_endpoint_that_cannot_be_reached_is_told(
    aws_server: FakeAws, ask: Callable[[AwsSession], object]
) -> None:
    session = aws_server.session(endpoint="http://127.0.0.1:9")
    with pytest.raises(AwsUnreachable, match=r"127\.0\.0\.1:9"):
        ask(session)


def test_a_denial_without_a_body_names_the_action(aws_server: FakeAws) -> None:
    with refusing("AccessDenied", status=403) as refusal, pytest.raises(ActionDenied) as caught:
        _look_for_zip(aws_server.session(endpoint=refusal.address))
    assert "`s3:GetObject`" in caught.value.message


def test_no_credentials_are_told(no_user: pytest.MonkeyPatch) -> None:
    no_user.setenv("AWS_DEFAULT_REGION", REGION)
    with pytest.raises(CredentialsMissing) as caught:
        find_identity(open_session())
    assert "aws sso login" in caught.value.hint


def test_no_region_is_told(no_user: pytest.MonkeyPatch) -> None:
    no_user.setenv("AWS_ACCESS_KEY_ID", "x")
    with pytest.raises(RegionMissing) as caught:
        open_session()
    assert "--region" in caught.value.hint


def test_a_region_that_cannot_be_is_told(no_user: pytest.MonkeyPatch) -> None:
    no_user.setenv("AWS_ACCESS_KEY_ID", "x")
    no_user.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(RegionMissing, match="not a region"):
        find_identity(open_session(region="not a region"))


def test_a_region_that_is_not_there_is_not_reached(
    aws: FakeAws, aws_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws_environ
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(AwsUnreachable) as caught:
        find_identity(open_session(region="eu-wets-1"))
    assert "the region's spelling" in caught.value.hint
    assert aws.proxy.asked == ["sts.eu-wets-1.amazonaws.com"]


def test_a_proxy_whose_authority_is_unknown_is_told(
    aws: FakeAws, aws_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws_environ
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("AWS_CA_BUNDLE")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws.proxy.routes["sts.*"] = aws.endpoint.removeprefix("http://")
    with pytest.raises(AwsUnreachable, match="cannot be trusted") as caught:
        find_identity(open_session())
    assert "AWS_CA_BUNDLE" in caught.value.hint


def test_a_profile_that_is_not_there_is_told(no_user: pytest.MonkeyPatch) -> None:
    no_user.setenv("AWS_PROFILE", "default")  # which the option overrules
    with pytest.raises(AwsProfileUnknown, match="nobody") as caught:
        open_session(profile="nobody", region=REGION)
    assert "aws configure list-profiles" in caught.value.hint


def test_profiles_regions_endpoints_and_attempts_are_those_of_awss_files(
    no_user: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_user.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with refusing("ThrottlingException") as refusal:
        (tmp_path / "config").write_text(
            "[profile work]\nregion = sa-east-1\naws_access_key_id = work\n"
            f"aws_secret_access_key = x\nmax_attempts = 2\nendpoint_url = {refusal.address}\n"
        )
        session = open_session(profile="work")
        with pytest.raises(AwsThrottled):
            _find_repository(session)
    assert len(refusal.asked) == 2
    assert session.region == session.ecr().meta.region_name == "sa-east-1"
    assert session.credentials().access_key == "work"
    assert open_session(profile="work", region="us-east-1").region == "us-east-1"


def test_an_sso_login_that_is_over_is_told(no_user: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[profile sso]\nregion = eu-west-1\nsso_session = s\nsso_account_id = 123456789012\n"
        "sso_role_name = r\n[sso-session s]\nsso_start_url = https://example.com/\n"
        "sso_region = eu-west-1\n"
    )
    no_user.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    no_user.setenv("HOME", str(tmp_path))
    with pytest.raises(CredentialsExpired, match="login is over") as caught:
        find_identity(open_session(profile="sso"))
    assert "aws sso login" in caught.value.hint


@pytest.fixture
def no_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Take away all that boto3 finds of a user, on a machine that is none of AWS's."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch
