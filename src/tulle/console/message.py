"""Owns `Message`: what the page is told, in words that need not be found where nobody listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.console.json_text import Json

__all__ = ["Message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event of the stream.

    Args:
        content: makes the JSON.
    """

    event: str
    content: Callable[[], Json]
