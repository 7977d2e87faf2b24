"""Owns media types: what a header names, and whether it is among an API's binary ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_among", "media_type"]


def media_type(header: str) -> str:
    """Give the first media type of a Content-Type or Accept, without its parameters."""
    return header.partition(",")[0].partition(";")[0].strip().lower()


def is_among(known: Iterable[str], header: str) -> bool:
    """Tell whether a header's first media type is one of some; `*/*` among them is any, also none.

    A header that says `*/*` itself is only among those that say so too.
    """
    given = media_type(header)
    return any(
        item in {"*/*", given} or (item.endswith("/*") and given.startswith(item[:-1]))
        for item in map(str.lower, known)
    )
