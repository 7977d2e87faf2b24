"""Owns running one model over pictures, on all processors."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tulle.errors import ModelStopped, NotAModel
from tulle.evaluation import worker
from tulle.model.serving import ModelFault, open_classifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tulle.evaluation.answers import Answer, Unread
    from tulle.evaluation.pictures import LabelledPicture
    from tulle.model.file import Model

__all__ = ["answer_all"]

_CHUNK = 4  # pictures handed to a process at once; an interrupt waits for no more than that


def answer_all(
    model: Model,
    pictures: Sequence[LabelledPicture],
    *,
    workers: int,
    advance: Callable[[int], None],
) -> tuple[Answer | Unread, ...]:
    """Classify pictures as the function would, and give the answers in their order.

    Args:
        model: what to classify with.
        pictures: what to classify.
        workers: how many processes, each with one thread.
        advance: is called with 1 after each picture.

    Raises:
        NotAModel: the model cannot be run, or its scores are not numbers.
        ModelStopped: a process was killed, mostly for want of memory.
    """
    open_classifier(model, threads=1)  # raises here, where it can be told, not in each process
    answers = []
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), worker.start, (model,)
    )
    try:
        with _interrupts_held():
            coming = pool.map(worker.answer, pictures, chunksize=_CHUNK)
        for answer in coming:
            answers.append(answer)
            advance(1)
    except ModelFault as exc:
        raise NotAModel(f"{model.path}: {exc}", hint="convert the source model again") from exc
    except BrokenProcessPool as exc:
        raise ModelStopped(
            f"a process that ran {model.path} was killed, perhaps for want of memory",
            hint="give fewer processes with --workers",
        ) from exc
    finally:
        pool.shutdown(cancel_futures=True)
    return tuple(answers)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from what is started meanwhile: the parent alone ends the work, and does it cleanly."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
