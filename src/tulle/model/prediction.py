"""Owns classifying pictures in this process, with the very code that runs in the function."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import PictureNotFound, UnreadablePicture
from tulle.model.serving import Fault, fetch_timed, open_classifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tulle.model.file import Model

__all__ = ["Prediction", "predict_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One picture's category and scores, or why there are none.

    Attributes:
        picture: the path or URL as it was given.
        category: the label with the highest score.
        scores: label and score, in the model's order.
        timings_ms: part of the work (fetch, decode, infer) and its milliseconds.
        error: what was wrong with this picture; then the others are empty.
    """

    picture: str
    category: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    timings_ms: tuple[tuple[str, float], ...] = ()
    error: PictureNotFound | UnreadablePicture | None = None


def predict_all(model: Model, pictures: Iterable[str]) -> Iterator[Prediction]:
    """Classify pictures one after the other; a picture that fails does not stop the rest.

    Args:
        model: what to classify with.
        pictures: paths, and `http` or `https` URLs. The user names them, so any address may be reached.
    """
    classifier = open_classifier(model)
    for picture in pictures:
        try:
            content, timings = _read(picture)
            prediction = classifier.predict(content)
        except Fault as fault:
            error = UnreadablePicture(f"{picture}: {fault.title.lower()}", hint=str(fault))
            yield Prediction(picture=picture, error=error)
        except PictureNotFound as not_found:
            yield Prediction(picture=picture, error=not_found)
        else:
            yield Prediction(
                picture=picture,
                category=prediction.category,
                scores=tuple(prediction.scores.items()),
                timings_ms=tuple((timings | prediction.timings).items()),
            )


def _read(picture: str) -> tuple[bytes, dict[str, float]]:
    if "://" in picture:
        return fetch_timed(picture)
    try:
        return Path(picture).read_bytes(), {}
    except OSError as exc:
        raise PictureNotFound(
            f"{picture} cannot be read ({(exc.strerror or str(exc)).lower()})",
            hint="give paths of picture files, or URLs that begin with http:// or https://",
        ) from exc
