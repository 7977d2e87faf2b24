"""Owns asking AWS who the user is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession

__all__ = ["Identity", "find_identity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is to AWS.

    Args:
        account: twelve digits.
        arn: of the user or the assumed role.
    """

    account: str
    arn: str

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` and so on: the part of AWS that the account is in."""
        return self.arn.split(":")[1]


def find_identity(session: AwsSession) -> Identity:
    """Ask AWS whose credentials these are. Needs no permission.

    Raises:
        AwsError: AWS cannot be reached, or does not accept the credentials.
    """
    client = session.sts()
    with translated("sts"):
        said = client.get_caller_identity()
    return Identity(account=said["Account"], arn=said["Arn"])
