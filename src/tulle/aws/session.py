"""Owns `AwsSession`: who the user is to AWS and in which region, found as boto3 finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

from tulle import __version__
from tulle.aws.failure import translated
from tulle.aws.trouble import NAME_A_REGION
from tulle.errors import RegionMissing

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

__all__ = ["AwsSession", "open_session"]

_ATTEMPTS = 8  # where neither AWS_MAX_ATTEMPTS nor the profile says how often
_INVOCATION_S = 900  # the longest that Lambda lets a function run


class AwsSession:
    """Gives clients of AWS's services. Credentials, profiles, SSO, regions and endpoints are boto3's own."""

    def __init__(self, session: boto3.Session, region: str, *, attempts: int | None = None) -> None:
        self._session = session
        self.region = region
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": attempts or _ATTEMPTS},
            user_agent_extra=f"tulle/{__version__}",
        )

    def api_gateway(self) -> APIGatewayClient:
        """Give a client of REST APIs' settings."""
        with translated("apigateway"):
            return self._session.client("apigateway", config=self._config)

    def cloudformation(self) -> CloudFormationClient:
        """Give a client of CloudFormation."""
        with translated("cloudformation"):
            return self._session.client("cloudformation", config=self._config)

    def cloudwatch(self) -> CloudWatchClient:
        """Give a client of CloudWatch's metrics."""
        with translated("cloudwatch"):
            return self._session.client("cloudwatch", config=self._config)

    def ecr(self) -> ECRClient:
        """Give a client of the image registry."""
        with translated("ecr"):
            return self._session.client("ecr", config=self._config)

    def iam(self) -> IAMClient:
        """Give a client of IAM."""
        with translated("iam"):
            return self._session.client("iam", config=self._config)

    def function_settings(self) -> LambdaClient:
        """Give a client of Lambda for all but invocations, which tries again as others do."""
        with translated("lambda"):
            return self._session.client("lambda", config=self._config)

    def functions(self) -> LambdaClient:
        """Give a client of Lambda that waits as long as a function may run, and invokes once only."""
        config = self._config.merge(
            Config(read_timeout=_INVOCATION_S + 10, retries={"total_max_attempts": 1})
        )
        with translated("lambda"):
            return self._session.client("lambda", config=config)

    def logs(self) -> CloudWatchLogsClient:
        """Give a client of CloudWatch Logs."""
        with translated("logs"):
            return self._session.client("logs", config=self._config)

    def s3(self) -> S3Client:
        """Give a client of S3."""
        with translated("s3"):
            return self._session.client("s3", config=self._config)

    def credentials(self) -> Credentials:
        """Give what signs a request that is made by hand."""
        with translated("sts"):
            found = self._session.get_credentials()
            if found is None:
                raise NoCredentialsError
        return found

    def authorities(self) -> str | None:
        """Give the file of certificate authorities that AWS's clients trust; None is their own."""
        # boto3 does not pass this setting on.
        found = self._session._session.get_config_variable("ca_bundle")  # noqa: SLF001
        return str(found) if found else None

    def sts(self) -> STSClient:
        """Give a client of the service that knows who somebody is."""
        with translated("sts"):
            return self._session.client("sts", config=self._config)


def open_session(*, profile: str | None = None, region: str | None = None) -> AwsSession:
    """Find the user's credentials and region where boto3 finds them; nothing is asked of AWS yet.

    Args:
        profile: a profile of AWS's configuration files; None takes `AWS_PROFILE`, or the default.
        region: AWS's name of a region; None takes `AWS_DEFAULT_REGION`, or the profile's.

    Raises:
        AwsProfileUnknown: the profile is not there, or cannot be used.
        RegionMissing: no region is named anywhere.
    """
    with translated("sts"):
        core = botocore.session.Session()
        session = boto3.Session(botocore_session=core, profile_name=profile, region_name=region)
        found, attempts = session.region_name, core.get_config_variable("max_attempts")
    if not found:
        raise RegionMissing("no AWS region is named", hint=NAME_A_REGION)
    return AwsSession(session, found, attempts=attempts)
