"""Owns what a model said to a picture whose category is known."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Answer", "Unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model said, and what the picture shows.

    Attributes:
        picture: its path inside the folder.
        category: what it shows.
        said: the label with the highest score.
        score: that label's score.
        category_score: the score of what it shows.
        decode_ms: how long decoding and resizing took.
        infer_ms: how long the model took.
    """

    picture: str
    category: str
    said: str
    score: float
    category_score: float
    decode_ms: float
    infer_ms: float

    @property
    def is_right(self) -> bool:
        """Tell whether the model said what the picture shows."""
        return self.said == self.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A picture that cannot be read, and why."""

    picture: str
    category: str
    problem: str
