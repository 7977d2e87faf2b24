"""Owns what a `.tflite` file, any one, says of itself: read from its bytes, nothing is run."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tulle.errors import ModelNotFound, NotAModel
from tulle.model.flatbuffer.reading import buffer_extent, root
from tulle.model.metadata import (
    TULLE_FILE,
    associated_files,
    labels_file,
    normalization,
    yolo_names,
)
from tulle.model.mistaken import mistaken

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.flatbuffer.reading import Table

__all__ = ["Inspection", "TensorSummary", "inspect_file"]

_AGAIN = "copy or download it again"
_KERAS = {".h5", ".hdf5", ".keras"}
_OLDEST = "min_runtime_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSummary:
    """One end of a model.

    Attributes:
        name: as the model's file has it.
        type: `float32`, `uint8`, ….
        shape: sizes; -1 is open.
        scale: what one step of a quantised number is worth; None where numbers stand for themselves.
        zero_point: the quantised number that stands for 0.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    scale: float | None = None
    zero_point: int | None = None

    def __str__(self) -> str:
        """Write it as `uint8[1, 224, 224, 3]`."""
        return f"{self.type}{list(self.shape)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is in a model's file.

    Attributes:
        path: the file.
        sha256: of the whole file.
        size_bytes: of the whole file.
        weights: type and bytes of the constants, the largest first.
        metadata_bytes: what is told about the model: its metadata, labels and settings.
        parameters: how many numbers the weights are.
        inputs: what the model takes.
        outputs: what it gives.
        operators: name and count, in the order of their first use.
        custom: those of them that are not TF-Lite's own.
        subgraphs: how many graphs there are; operators are counted in all of them.
        signatures: the names under which the model may be called.
        labels: the categories, where the file has them.
        normalization: the mean and the deviation that its metadata states for its input; None where it states none.
        folded: what tulle put in when it made the file (`tulle.json`); empty for other files.
        min_runtime_version: the oldest TensorFlow Lite that has all operators, where the file says so.
        description: what made the file, as it says.
    """

    path: Path
    sha256: str
    size_bytes: int
    weights: tuple[tuple[str, int], ...]
    metadata_bytes: int
    parameters: int
    inputs: tuple[TensorSummary, ...]
    outputs: tuple[TensorSummary, ...]
    operators: tuple[tuple[str, int], ...]
    custom: tuple[str, ...]
    subgraphs: int
    signatures: tuple[str, ...]
    labels: tuple[str, ...]
    normalization: tuple[tuple[float, ...], tuple[float, ...]] | None
    folded: dict[str, Any]
    min_runtime_version: str | None
    description: str


def inspect_file(path: Path) -> Inspection:
    """Read a `.tflite` file.

    Raises:
        ModelNotFound: there is no such file.
        NotAModel: it is no TF-Lite model, or not all of it.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise ModelNotFound(f"there is no model at {path}", hint="check the path") from exc
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise NotAModel(f"{path} cannot be read: {reason}", hint="name a .tflite file") from exc
    try:
        return _read(path, content)
    except (struct.error, ValueError, IndexError, TypeError) as exc:
        what, hint = mistaken(content) or ("no TF-Lite model, or not all of it", _AGAIN)
        if path.suffix in _KERAS:
            what, hint = "no .tflite file", "make one of it with `tulle convert`, and name that"
        raise NotAModel(f"{path} is {what}", hint=hint) from exc


def _read(path: Path, content: bytes) -> Inspection:
    model = root(content, b"TFL3")
    graphs, told = model.tables(2), _metadata(model)
    main = graphs[0]
    files = associated_files(content)
    labels = files.get(labels_file(content) or "", b"").decode().splitlines()
    weights, parameters = _weights(model)
    return Inspection(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        weights=weights,
        metadata_bytes=sum(map(len, told.values())) + sum(map(len, files.values())),
        parameters=parameters,
        inputs=tuple(_summary(main.tables(0)[index]) for index in main.integers(1)),
        outputs=tuple(_summary(main.tables(0)[index]) for index in main.integers(2)),
        operators=_operators(model),
        custom=tuple(code.text(1) for code in model.tables(1) if code.text(1)),
        subgraphs=len(graphs),
        signatures=tuple(signature.text(2) for signature in model.tables(7)),
        labels=yolo_names(files) or tuple(line.strip() for line in labels if line.strip()),
        normalization=normalization(content),
        folded=_folded(files),
        min_runtime_version=told.get(_OLDEST, b"").rstrip(b"\0").decode() or None,
        description=model.text(3),
    )


def _folded(files: dict[str, bytes]) -> dict[str, Any]:
    settings = json.loads(files.get(TULLE_FILE, b"{}"))
    return settings if isinstance(settings, dict) else {}


def _metadata(model: Table) -> dict[str, bytes]:
    buffers = model.tables(4)
    return {entry.text(0): buffers[entry.integer(1)].content(0) for entry in model.tables(6)}


def _weights(model: Table) -> tuple[tuple[tuple[str, int], ...], int]:
    """Add up the constants by type, and count the numbers that were learned."""
    extents = [buffer_extent(buffer) for buffer in model.tables(4)]
    sizes = [extent.stop - extent.start for extent in extents]
    bytes_by_type: Counter[str] = Counter()
    parameters = 0
    seen = set()
    for tensor in (tensor for graph in model.tables(2) for tensor in graph.tables(0)):
        buffer = tensor.integer(2)
        if sizes[buffer] and buffer not in seen:
            seen.add(buffer)
            summary = _summary(tensor)
            bytes_by_type[summary.type] += sizes[buffer]
            # Integers without a scale are shapes and axes.
            if "float" in summary.type or summary.scale is not None:
                parameters += math.prod(summary.shape)
    return tuple(bytes_by_type.most_common()), parameters


def _summary(tensor: Table) -> TensorSummary:
    quantization = tensor.table(4)
    scales = quantization.numbers(2, "f") if quantization else ()
    zero_points = quantization.numbers(3, "q") if quantization else ()
    return TensorSummary(
        name=tensor.text(3),
        type=_type_name(tensor.integer(1, "b")),
        shape=tensor.integers(7) or tensor.integers(0),
        scale=scales[0] if scales else None,
        zero_point=int(zero_points[0]) if zero_points else None,
    )


def _operators(model: Table) -> tuple[tuple[str, int], ...]:
    names = [_operator_name(code) for code in model.tables(1)]
    used = [names[operator.integer(0)] for graph in model.tables(2) for operator in graph.tables(3)]
    return tuple(Counter(used).items())


def _operator_name(code: Table) -> str:
    # Before there were more than 127 operators, their code was the other field.
    number = max(code.integer(3, "i"), code.integer(0, "b"))
    return code.text(1) or _names("BuiltinOperator").get(number, f"operator {number}")


def _type_name(number: int) -> str:
    return _names("TensorType").get(number, f"type {number}").lower()


def _names(enumeration: str) -> dict[int, str]:
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    values = vars(getattr(schema, enumeration)).items()
    return {value: name for name, value in values if isinstance(value, int)}
