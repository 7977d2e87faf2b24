"""Owns `TulleError`, and what an error tells its reader."""

from __future__ import annotations

import re
from typing import ClassVar

__all__ = ["TulleError"]


class TulleError(Exception):
    """Base of every error that tulle raises on purpose.

    Args:
        message: what is wrong, in one sentence without a full stop.
        hint: what the reader can do next.
        detail: lines that help, shown as they are (a child's last output, a table).
    """

    code: ClassVar[str] = "tulle-error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__ or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cls.code):
            raise TypeError(f"{cls.__name__} needs a kebab-case `code` of its own")
