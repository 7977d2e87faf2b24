"""Owns which permissions deploying needs: what `tulle doctor` asks for, and what a role for CI is given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, TypedDict

from tulle.deploy.names import bucket_name, name_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Place", "Statement", "needed_statements", "policy_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is deployed; each may be a CloudFormation variable such as `${AWS::Region}`."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Some actions that deploying takes, and what it takes them on.

    Args:
        purpose: what for, in a few words.
        resources: ARNs, which may hold `*`.
        condition: IAM's `Condition`; empty where there is none.
    """

    purpose: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, str]]


class _Row(TypedDict, total=False):
    purpose: str
    actions: list[str]
    resources: list[str]
    condition: dict[str, dict[str, str]]


def needed_statements(project: str, place: Place) -> tuple[Statement, ...]:
    """List what a user must be allowed, to deploy any stage of a project, operate it and take it away.

    The names of a stage's things begin with the project's, so that the rest of the account stays out of reach.
    """
    names = name_deployment(project, "x")  # any stage: what stands before it is wanted
    known = {
        "partition": place.partition,
        "region": place.region,
        "account": place.account,
        "function": names.function[:-1],
        "stack": names.stack[:-1],
        "repository": names.stack[:-1].lower(),
        "bucket": bucket_name(place.account, place.region),
    }
    return tuple(
        Statement(
            purpose=row["purpose"],
            actions=tuple(row["actions"]),
            resources=tuple(text.format_map(known) for text in row["resources"]),
            condition=row.get("condition", {}),
        )
        for row in _rows()
    )


def policy_document(
    statements: tuple[Statement, ...], *, write_resource: Callable[[str], object] = str
) -> dict[str, object]:
    """Write statements as an IAM policy; CloudFormation's variables need a `write_resource` of their own."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": list(statement.actions),
                "Resource": [write_resource(arn) for arn in statement.resources],
                **({"Condition": statement.condition} if statement.condition else {}),
            }
            for statement in statements
        ],
    }


def _rows() -> list[_Row]:
    text = files("tulle.deploy").joinpath("permissions.json").read_text(encoding="utf-8")
    rows: list[_Row] = json.loads(text)["statements"]
    return rows
