"""Owns `Refusal`: why the console does not do what it was asked."""

from __future__ import annotations

__all__ = ["Refusal"]


class Refusal(Exception):
    """An answer that is not 2xx.

    Args:
        status: HTTP's number for it.
        message: what is wrong, in one sentence without a full stop.
        hint: what the reader can do next.
    """

    def __init__(self, status: int, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint
