"""Owns `Model`: a `.tflite` file that says itself what it takes and gives."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import InvalidLabels, ModelNotFound, NotAModel, UnsupportedModel
from tulle.model.flatbuffer.reading import root
from tulle.model.labels import check_count
from tulle.model.metadata import TULLE_FILE, associated_files, labels_file
from tulle.model.signature import Fit, Interpolation, Resize, Signature

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.flatbuffer.reading import Table

__all__ = ["Model", "load_model"]

# `TensorType` in TF-Lite's schema.
_FLOAT32 = 0
_UINT8 = 3

_CONVERT = "make one from the Keras model with `tulle convert`"
_CONVERT_IT = "make one that can be with `tulle convert FILE --labels labels.txt`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model's file, known by its content."""

    path: Path
    sha256: str
    size_bytes: int
    signature: Signature


def load_model(path: Path) -> Model:
    """Read what a `.tflite` file says of itself, and refuse one that the function could not serve."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise ModelNotFound(
            f"there is no model at {path}", hint=f"check the path, or {_CONVERT}"
        ) from exc
    except IsADirectoryError as exc:
        raise NotAModel(f"{path} is a folder, not a .tflite file", hint=_CONVERT) from exc
    try:
        signature = _signature(content)
    except (struct.error, ValueError, IndexError) as exc:
        raise NotAModel(f"{path} is no TF-Lite model, or not all of it", hint=_CONVERT) from exc
    return Model(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        signature=signature,
    )


def _signature(content: bytes) -> Signature:
    model = root(content, b"TFL3")
    for buffer in model.tables(4):
        buffer.extent(0)  # raises where the file ends before its weights
    graph = model.tables(2)[0]
    height, width = _input_size(graph)
    outputs = _output_count(graph)
    files = associated_files(content)
    labels = files.get(labels_file(content) or "")
    if labels is None:
        raise InvalidLabels("the model's file holds no labels", hint=_CONVERT_IT)
    names = tuple(labels.decode().rstrip("\n").split("\n"))
    check_count(names, outputs)
    settings = json.loads(files.get(TULLE_FILE, b"{}"))
    resize = settings.get("resize", {})
    return Signature(
        width=width,
        height=height,
        labels=names,
        resize=Resize(
            interpolation=Interpolation(resize.get("interpolation", Interpolation.NEAREST)),
            fit=Fit(resize.get("fit", Fit.STRETCH)),
        ),
        exif=settings.get("exif", True),
    )


def _input_size(graph: Table) -> tuple[int, int]:
    tensors, inputs = graph.tables(0), graph.integers(1)
    shapes = [tensors[index].integers(7) or tensors[index].integers(0) for index in inputs]
    types = [tensors[index].integer(1, "b") for index in inputs]
    match shapes:
        case [(1 | -1, height, width, 3)] if types == [_UINT8] and height > 0 and width > 0:
            return height, width
    raise UnsupportedModel(
        f"the model takes {_describe(shapes, types)}, not pixels: uint8[1, height, width, 3]",
        hint=f"models are served with their preprocessing inside: {_CONVERT_IT}",
    )


def _output_count(graph: Table) -> int:
    tensors, outputs = graph.tables(0), graph.integers(2)
    shapes = [tensors[index].integers(7) or tensors[index].integers(0) for index in outputs]
    types = [tensors[index].integer(1, "b") for index in outputs]
    match shapes:
        case [(1 | -1, count)] if types == [_FLOAT32]:
            return count
    raise UnsupportedModel(
        f"the model gives {_describe(shapes, types)}, not scores: float32[1, categories]",
        hint=f"only classifiers with float scores are served: {_CONVERT_IT}",
    )


def _describe(shapes: list[tuple[int, ...]], types: list[int]) -> str:
    names = {_FLOAT32: "float32", _UINT8: "uint8", 9: "int8"}
    return " and ".join(
        f"{names.get(kind, f'type {kind}')}{list(shape)}"
        for shape, kind in zip(shapes, types, strict=True)
    )
