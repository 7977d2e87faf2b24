"""Owns what templates are written with: references between resources, their names, and their digests."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from tulle.errors import InvalidProject

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Resource",
    "Resources",
    "attribute",
    "check_count",
    "compact_json",
    "content_id",
    "logical_id",
    "reference",
    "substitute",
]

Resource = dict[str, object]
Resources = dict[str, Resource]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_MOST_RESOURCES = 500
_PLAIN_PATH = re.compile(r"(/[a-z][a-z0-9]*)+|[a-z][a-z0-9]*")


def reference(name: str) -> Resource:
    """Mean a resource or a parameter."""
    return {"Ref": name}


def attribute(resource: str, name: str) -> Resource:
    """Mean what a resource is known by once it is made."""
    return {"Fn::GetAtt": [resource, name]}


def substitute(text: str) -> Resource:
    """Mean a text in which `${Name}` stands for a resource or a parameter."""
    return {"Fn::Sub": text}


def compact_json(value: object) -> str:
    """Write JSON without a needless byte, always the same for the same value."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def logical_id(prefix: str, text: str) -> str:
    """Name a resource after a text of the user's, so that other texts give other names.

    What would be lost of the text (signs, capitals) is made up for by its digest.
    """
    words = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", text))
    end = "" if text == "/" or _PLAIN_PATH.fullmatch(text) else _digest(text)[:6]
    return f"{prefix}{words[:100] or 'Root'}{end}"


def content_id(prefix: str, content: Mapping[str, object]) -> str:
    """Name a resource after what it is a snapshot of, so that a new one is made when that changes.

    The order of keys is no difference, for it is none to AWS.
    """
    return f"{prefix}{_digest(json.dumps(content, sort_keys=True))[:12]}"


def check_count(count: int) -> None:
    """Refuse more resources than a stack may have.

    Raises:
        InvalidProject: there are more.
    """
    if count > _MOST_RESOURCES:
        raise InvalidProject(
            f"the stack would have {count} resources, and CloudFormation takes {_MOST_RESOURCES}",
            hint="take fewer routes: /{proxy+} stands for many",
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
