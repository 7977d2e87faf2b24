"""Owns asking AWS what an account may have of Lambda, and what a user may do in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tulle.aws.session import AwsSession

__all__ = ["AccountLimits", "Permissions", "find_limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """What an account may have of Lambda in a region.

    Args:
        concurrency: how many invocations may run at once.
        unreserved: how many of them no function has for itself.
        code_bytes: what all zips and layers may take, unzipped.
        code_used_bytes: what they take.
    """

    concurrency: int
    unreserved: int
    code_bytes: int
    code_used_bytes: int


def find_limits(session: AwsSession) -> AccountLimits:
    """Ask Lambda for the account's limits and what is used of them.

    Raises:
        AwsError: AWS cannot be asked, or does not tell this user.
    """
    client = session.function_settings()
    with translated("lambda"):
        said = client.get_account_settings()
    limit, usage = said["AccountLimit"], said["AccountUsage"]
    return AccountLimits(
        concurrency=limit["ConcurrentExecutions"],
        unreserved=limit["UnreservedConcurrentExecutions"],
        code_bytes=limit["TotalCodeSize"],
        code_used_bytes=usage["TotalCodeSize"],
    )


class Permissions:
    """Asks IAM what a user or a role may do, without doing it."""

    def __init__(self, session: AwsSession) -> None:
        self._client = session.iam()

    def role_arn(self, name: str) -> str:
        """Give the ARN of a role, which has a path that the ARN of its sessions has not."""
        with translated("iam"):
            return self._client.get_role(RoleName=name)["Role"]["Arn"]

    def denied(
        self,
        principal: str,
        actions: Iterable[str],
        resources: Iterable[str],
        context: Mapping[str, str],
    ) -> tuple[str, ...]:
        """List those of some actions that would be refused on one of the resources at least.

        Args:
            principal: the ARN of a user or a role.
            actions: IAM's names, such as `ecr:PutImage`.
            resources: their ARNs, without `*` but for all.
            context: the values of IAM's condition keys.

        Raises:
            ActionDenied: the user may not ask either (`iam:SimulatePrincipalPolicy`).
        """
        pages = self._client.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=principal,
            ActionNames=list(actions),
            ResourceArns=list(resources),
            ContextEntries=[
                {
                    "ContextKeyName": key,
                    "ContextKeyValues": [value],
                    "ContextKeyType": "string",
                }
                for key, value in context.items()
            ],
        )
        with translated("iam"):
            return tuple(
                dict.fromkeys(
                    result["EvalActionName"]
                    for page in pages
                    for result in page["EvaluationResults"]
                    if result["EvalDecision"] != "allowed"
                )
            )
