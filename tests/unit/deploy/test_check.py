"""What a project asks for is held against what an account and a gateway allow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tulle.aws.account import AccountLimits
from tulle.deploy.check import Check, Outcome, check_gateway, check_limits
from tulle.project.api import ApiSection, ApiType
from tulle.project.deploy import DeploySection
from tulle.project.project import FunctionSection, ModelSection, PackageSection, Project

GIB = 2**30
FULL = AccountLimits(
    concurrency=1000, unreserved=1000, code_bytes=300 * GIB, code_used_bytes=10 * GIB
)
NEW = replace(FULL, concurrency=50, unreserved=50)


def project(function: FunctionSection | None = None, api: ApiSection | None = None) -> Project:
    return Project(
        folder=Path("/nowhere"),
        name="clothing",
        model=ModelSection(path="clothing"),
        function=function or FunctionSection(),
        package=PackageSection(),
        api=api or ApiSection(),
        deploy=DeploySection(),
    )


def outcomes(checks: tuple[Check, ...]) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in checks}


def test_a_full_account_has_room() -> None:
    assert outcomes(check_limits(project(), FULL)) == {"limits": Outcome.OK}


def test_a_new_account_is_told_apart() -> None:
    assert outcomes(check_limits(project(), NEW)) == {"limits": Outcome.WARNING}
    large = project(FunctionSection(memory_mb=3009))
    assert outcomes(check_limits(large, NEW)) == {
        "limits": Outcome.WARNING,
        "memory": Outcome.WARNING,
    }
    assert outcomes(check_limits(large, FULL)) == {"limits": Outcome.OK}


@pytest.mark.parametrize(
    ("limits", "reserved", "most"), [(FULL, 901, 900), (NEW, 41, 40)], ids=["full", "new"]
)
def test_aws_keeps_some_concurrency_for_all(
    limits: AccountLimits, reserved: int, most: int
) -> None:
    def found(amount: int) -> dict[str, Check]:
        function = FunctionSection(reserved_concurrency=amount)
        return {check.name: check for check in check_limits(project(function), limits)}

    assert found(reserved)["concurrency"].outcome is Outcome.PROBLEM
    assert f"to {most}," in (found(reserved)["concurrency"].hint or "")
    assert "concurrency" not in found(most)


def test_code_storage_that_is_nearly_full_is_told() -> None:
    used = replace(FULL, code_used_bytes=290 * GIB)
    assert outcomes(check_limits(project(), used)) == {"code storage": Outcome.WARNING}


@pytest.mark.parametrize(
    ("kind", "timeout_s", "outcome"),
    [
        (ApiType.HTTP, 30, Outcome.OK),
        (ApiType.HTTP, 60, Outcome.WARNING),
        (ApiType.REST, 30, Outcome.OK),
        (ApiType.REST, 60, Outcome.WARNING),
        (ApiType.URL, 900, Outcome.OK),
        (ApiType.NONE, 900, Outcome.OK),
    ],
)
def test_a_function_may_not_outlast_its_gateway(
    kind: ApiType, timeout_s: int, outcome: Outcome
) -> None:
    asked = project(FunctionSection(timeout_s=timeout_s), ApiSection(type=kind))
    assert check_gateway(asked).outcome is outcome
