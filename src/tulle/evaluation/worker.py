"""Owns the work of one process of an evaluation: one model, one thread, picture after picture."""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

from tulle.evaluation.answers import Answer, Unread
from tulle.model.serving import Fault, ModelFault, open_classifier

if TYPE_CHECKING:
    from tulle.evaluation.pictures import LabelledPicture
    from tulle.model.file import Model
    from tulle.model.serving import Classifier

__all__ = ["answer", "start"]

_opened: list[Classifier] = []  # this process's one model, which pictures find here


def start(model: Model) -> None:
    """Open this process's model."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _opened.append(open_classifier(model, threads=1))


def answer(picture: LabelledPicture) -> Answer | Unread:
    """Classify a picture.

    Raises:
        ModelFault: the model's answer is no answer, whatever the picture.
    """
    try:
        prediction = _opened[0].predict((picture.folder / picture.path).read_bytes())
    except ModelFault:
        raise
    except (Fault, OSError) as exc:
        problem = exc.strerror or str(exc) if isinstance(exc, OSError) else str(exc)
        return Unread(picture=picture.path, category=picture.category, problem=problem)
    return Answer(
        picture=picture.path,
        category=picture.category,
        said=prediction.category,
        score=prediction.scores[prediction.category],
        category_score=prediction.scores[picture.category],
        decode_ms=prediction.timings["decode"],
        infer_ms=prediction.timings["infer"],
    )


def _end_with_parent() -> None:
    """Leave when the parent is gone: a pool's process would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
