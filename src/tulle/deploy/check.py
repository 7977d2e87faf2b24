"""Owns `Check`: one thing that must be right before a deployment; and those that limits alone decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.project.api import ApiType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.aws.account import AccountLimits
    from tulle.project.project import Project

__all__ = ["Check", "Outcome", "check_gateway", "check_limits"]

_FULL_CONCURRENCY = 1000
_NEW_ACCOUNT_MEMORY_MB = 3008
_GATEWAY_TIMEOUTS_S = {ApiType.HTTP: 30, ApiType.REST: 29}
_QUOTAS = "https://console.aws.amazon.com/servicequotas/home/services/lambda/quotas"


class Outcome(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Args:
        name: what, in a word or two.
        message: how it is.
        hint: what to do; None where all is well.
        detail: lines that help, such as a policy.
    """

    name: str
    outcome: Outcome
    message: str
    hint: str | None = None
    detail: str | None = None


def check_limits(project: Project, limits: AccountLimits) -> tuple[Check, ...]:
    """Hold what a project asks for against what the account may have.

    Sources: AWS Lambda Developer Guide, "Lambda quotas" and "Configuring reserved concurrency", 2026.
    """
    found = tuple(_limit_problems(project, limits))
    fine = f"{limits.concurrency:,} invocations at once, {limits.unreserved:,} of them free to all functions"
    return found or (Check(name="limits", outcome=Outcome.OK, message=fine),)


def _limit_problems(project: Project, limits: AccountLimits) -> Iterator[Check]:
    function = project.function
    is_new = limits.concurrency < _FULL_CONCURRENCY
    if is_new:
        yield Check(
            name="limits",
            outcome=Outcome.WARNING,
            message=f"the account may run {limits.concurrency:,} invocations at once, as new ones do",
            hint=f"ask for more in time, it takes days: {_QUOTAS}",
        )
    if is_new and function.memory_mb > _NEW_ACCOUNT_MEMORY_MB:
        yield Check(
            name="memory",
            outcome=Outcome.WARNING,
            message=f"new accounts may be refused more than {_NEW_ACCOUNT_MEMORY_MB:,} MB, "
            f"and the function asks for {function.memory_mb:,}",
            hint=f"set memory_mb = {_NEW_ACCOUNT_MEMORY_MB} under [function], or have AWS support raise the limit",
        )
    reserved, left = function.reserved_concurrency, 10 if is_new else 100
    if reserved and limits.unreserved - reserved < left:
        yield Check(
            name="concurrency",
            outcome=Outcome.PROBLEM,
            message=f"{reserved:,} invocations cannot be reserved: {limits.unreserved:,} are free, "
            f"and AWS keeps {left} of them for all functions",
            hint=f"lower reserved_concurrency to {max(limits.unreserved - left, 0)}, or ask for more: {_QUOTAS}",
        )
    free = limits.code_bytes - limits.code_used_bytes
    if free < limits.code_bytes // 20:
        yield Check(
            name="code storage",
            outcome=Outcome.WARNING,
            message=f"{free / 2**30:.1f} GiB are left of {limits.code_bytes / 2**30:.0f} for all functions' zips",
            hint="remove functions and versions that nobody calls",
        )


def check_gateway(project: Project) -> Check:
    """Compare the function's time limit with the gateway's, which answers by itself when it is over."""
    timeout_s, kind = project.function.timeout_s, project.api.type
    wait_s = project.api.timeout_s or _GATEWAY_TIMEOUTS_S.get(kind)
    if wait_s is not None and timeout_s > wait_s + 1:  # REST APIs wait 29 s, and the default is 30
        return Check(
            name="gateway",
            outcome=Outcome.WARNING,
            message=f"the gateway waits {wait_s:g} s, and the function may take {timeout_s}: "
            "callers get an error while it goes on",
            hint=f"set timeout_s = {int(wait_s)} under [function], or take a function URL, which waits as long",
        )
    return Check(name="gateway", outcome=Outcome.OK, message=f"{kind}, within its time limit")
