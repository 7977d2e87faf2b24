"""Owns the one door from the tool to the function runtime: a model opened as the function opens it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tulle.errors import NotAModel
from tulle_runtime.classifier import Classifier
from tulle_runtime.faults import Fault, ModelFault
from tulle_runtime.fetch import fetch, is_any
from tulle_runtime.image import load_pillow, prepare
from tulle_runtime.litert import processors

if TYPE_CHECKING:
    from tulle.model.file import Model
    from tulle.model.signature import Resize

__all__ = [
    "Classifier",
    "Fault",
    "ModelFault",
    "check_picture",
    "fetch_timed",
    "open_classifier",
    "processors",
]


def open_classifier(model: Model, *, exif: bool | None = None, threads: int = 0) -> Classifier:
    """Open a model as the function does.

    Args:
        model: what `load_model` read.
        exif: whether pictures are turned upright; None takes what the model's file says.
        threads: how many threads work on one picture; 0 means one for each processor, as in the function.
    """
    load_pillow()
    signature = model.signature
    try:
        return Classifier(
            str(model.path),
            signature.labels,
            interpolation=signature.resize.interpolation,
            fit=signature.resize.fit,
            exif=signature.exif if exif is None else exif,
            threads=threads,
        )
    except ModelFault as exc:
        raise NotAModel(
            f"{model.path} cannot be run: {exc}", hint="convert the Keras model again"
        ) from exc


def check_picture(content: bytes) -> None:
    """Decode a picture as the function does.

    Raises:
        Fault: it cannot be read.
    """
    load_pillow()
    prepare(content, (1, 1), ("nearest", "stretch"), exif=False)


def read_pixels(picture: bytes, size: tuple[int, int], resize: Resize, *, exif: bool) -> bytes:
    """Decode and resize a picture to `width, height` as the function does: bytes of RGB.

    Raises:
        Fault: it cannot be read.
    """
    load_pillow()
    return prepare(picture, size, (resize.interpolation, resize.fit), exif=exif)


def fetch_timed(url: str) -> tuple[bytes, dict[str, float]]:
    """Download a picture as the function does, from any address; also give the milliseconds that it took."""
    start = time.perf_counter()
    picture = fetch(url, may_reach=is_any)
    return picture, {"fetch": (time.perf_counter() - start) * 1e3}
