"""Answers made by hand."""

from __future__ import annotations

from tulle.evaluation.answers import Answer

__all__ = ["answered"]


def answered(category: str, said: str, score: float = 0.9, *, picture: str = "") -> Answer:
    """Make an answer."""
    return Answer(
        picture=picture or f"{category}/1.jpg",
        category=category,
        said=said,
        score=score,
        category_score=score if said == category else 1 - score,
        decode_ms=1.0,
        infer_ms=2.0,
    )
