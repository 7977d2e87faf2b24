"""Owns the names by which a caller may mean a function and a version of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.function import ACCOUNT_ID, REGION
from tulle.emulator.lambda_api.error import not_found, user_error, validation_error

if TYPE_CHECKING:
    from tulle.emulator.function import Function
    from tulle.emulator.lambda_api.error import AwsError

__all__ = ["LATEST", "RIE_NAME", "CalledFunction", "complaint", "read_name"]

LATEST = "$LATEST"
# AWS's own emulator knows every function by this name, and so do people's test scripts.
RIE_NAME = "function"
# As AWS quotes them in its refusals.
_NAME = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?"
    r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)
_REGION_GROUP, _NAME_GROUP, _QUALIFIER_GROUP = 3, 11, 13
_QUALIFIER = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
_QUALIFIER_LIMIT = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFunction:
    """A function that is called by a name of the right form; whether there is one is another matter.

    Args:
        qualifier: a version or an alias; None where the caller named none.
    """

    name: str
    qualifier: str | None

    def arn(self, *, default_qualifier: str | None = None) -> str:
        """Write the name out as AWS does when it speaks of it."""
        qualifier = self.qualifier or default_qualifier
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.name}"
        return arn if qualifier is None else f"{arn}:{qualifier}"

    def means(self, function: Function) -> bool:
        """Tell whether it is this function, in the one version that it has here."""
        return self.name in {function.name, RIE_NAME} and self.qualifier in {None, LATEST}


def read_name(text: str, qualifier: str | None, *, call_region: str) -> CalledFunction:
    """Read a name, a partial ARN or an ARN, with or without a version.

    The account in an ARN is not looked at: here it is nobody's.

    Args:
        text: what the caller gave as the function's name.
        qualifier: what the caller gave as the qualifier besides; an empty one is none.
        call_region: the region that the caller's client is set to.

    Raises:
        AwsError: it is malformed, contradicts itself, or belongs to another region.
    """
    match = re.fullmatch(_NAME, text)
    complaints = _complain_of_qualifier(qualifier) if qualifier else []
    if match is None:
        complaints.append(_pattern_complaint("functionName", text, _NAME))
    if match is None or complaints:
        raise validation_error(*complaints)
    in_name = match[_QUALIFIER_GROUP]
    if qualifier and in_name and qualifier != in_name:
        raise user_error(
            400,
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    region = (match[_REGION_GROUP] or "").rstrip(":")
    if region not in {"", REGION, call_region}:
        raise _wrong_region(region, call_region)
    return CalledFunction(name=match[_NAME_GROUP], qualifier=qualifier or in_name)


def complaint(parameter: str, value: str, constraint: str) -> str:
    """Say what is wrong with a parameter; bytes in it that are no text stand as marks."""
    shown = value.encode(errors="surrogateescape").decode(errors="replace")
    return f"Value '{shown}' at '{parameter}' failed to satisfy constraint: {constraint}"


def _pattern_complaint(parameter: str, value: str, pattern: str) -> str:
    constraint = f"Member must satisfy regular expression pattern: {pattern}"
    return complaint(parameter, value, constraint)


def _complain_of_qualifier(qualifier: str) -> list[str]:
    complaints = []
    if len(qualifier) > _QUALIFIER_LIMIT:
        constraint = f"Member must have length less than or equal to {_QUALIFIER_LIMIT}"
        complaints.append(complaint("qualifier", qualifier, constraint))
    if not re.fullmatch(_QUALIFIER, qualifier):
        complaints.append(_pattern_complaint("qualifier", qualifier, _QUALIFIER))
    return complaints


def _wrong_region(region: str, call_region: str) -> AwsError:
    return not_found(
        f"Functions from '{region}' are not reachable in this region ('{call_region}')"
    )
