"""Owns what conversion reads of a TF-Lite graph: what goes in, what comes out, and what it computes with."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from tulle.errors import NotAModel, UnsupportedModel
from tulle.model.flatbuffer.reading import buffer_extent, root
from tulle.model.mistaken import mistaken

if TYPE_CHECKING:
    from tulle.model.flatbuffer.reading import Table

__all__ = ["Graph", "Operation", "Quantization", "Tensor", "TensorType", "read_graph"]

_AGAIN = "copy or download it again, or convert the model that it was made from"
_SINGLE = "only classifiers are served: one picture in, one row of scores out"
_FEW = 4
_FEW_BITS = {3, 9, 17, 19, 20}  # UINT8, INT8, INT4, INT2, UINT4
_VARIABLE = 5  # a tensor's slot


class TensorType(IntEnum):
    """The types of tensors that a classifier's ends may have (`TensorType` in TF-Lite's schema)."""

    FLOAT32 = 0
    INT32 = 2
    UINT8 = 3
    INT8 = 9


class Operation(IntEnum):
    """Operations that conversion knows (`BuiltinOperator` in TF-Lite's schema)."""

    ADD = 0
    CONCATENATION = 2
    CONV_2D = 3
    DEPTHWISE_CONV_2D = 4
    DEQUANTIZE = 6
    FLOOR = 8
    LOGISTIC = 14
    MUL = 18
    RESHAPE = 22
    RESIZE_BILINEAR = 23
    SOFTMAX = 25
    CUSTOM = 32
    GATHER = 36
    TRANSPOSE = 39
    SUB = 41
    DIV = 42
    CAST = 53
    EXPAND_DIMS = 70
    RESIZE_NEAREST_NEIGHBOR = 97
    QUANTIZE = 114


_FORM = {
    Operation.EXPAND_DIMS,
    Operation.RESHAPE,
    Operation.RESIZE_BILINEAR,
    Operation.RESIZE_NEAREST_NEIGHBOR,
    Operation.TRANSPOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantization:
    """What a quantised tensor's numbers stand for: `scale * (number - zero_point)`."""

    scale: float
    zero_point: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One end of a graph. A size that is open is -1."""

    index: int
    type: TensorType
    shape: tuple[int, ...]
    quantization: Quantization | None

    def __str__(self) -> str:
        """Write it as `float32[1, 224, 224, 3]`."""
        return f"{self.type.name.lower()}{list(self.shape)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A graph with one input and one output.

    Attributes:
        has_weights_behind: whether weights lie behind the flatbuffer, as LiteRT's own tools write them.
        tensors: how many tensors it has.
        few_bits: whether it computes with 8 bits or fewer somewhere.
        input: what it takes.
        output: what it gives.
        names: of its tensors.
        operations: all that it computes with.
        first: the operation that reads the input; what only changes its form or size is passed over.
        first_constants: the numbers that this operation computes with, where they are floats.
        first_output: what this operation gives, where that is quantised.
        reshapes_last: whether the output comes straight from a reshaping.
        last: the operation that makes the scores; what only changes their form is passed over.
    """

    has_weights_behind: bool
    tensors: int
    few_bits: bool
    input: Tensor
    output: Tensor
    names: tuple[str, ...]
    operations: frozenset[int]
    first: int | None
    first_constants: tuple[float, ...]
    first_output: Tensor | None
    reshapes_last: bool
    last: int | None


def read_graph(content: bytes, name: str = "the file") -> Graph:
    """Read a `.tflite` file's graph.

    Args:
        content: the file.
        name: what errors call it.

    Raises:
        NotAModel: the bytes are no TF-Lite model, or not all of one.
        UnsupportedModel: it is no classifier, or computes with what LiteRT has not.
    """
    try:
        model = root(content, b"TFL3")
        extents = [buffer_extent(buffer) for buffer in model.tables(4)]
        _require(max(extent.stop for extent in extents) <= len(content))
        graph = model.tables(2)[0]
        read = _graph(model, graph, [content[extent] for extent in extents])
        _refuse_custom(model)
        _refuse_memory(graph)
    except (struct.error, ValueError, IndexError, OverflowError) as exc:
        what, hint = mistaken(content) or ("no TF-Lite model, or not all of one", _AGAIN)
        raise NotAModel(f"{name} is {what}", hint=hint) from exc
    return read


def _require(whole: bool) -> None:  # noqa: FBT001 (a condition)
    if not whole:
        raise ValueError("the file ends before its weights")


def _graph(model: Table, graph: Table, buffers: list[bytes]) -> Graph:
    inputs, outputs = graph.integers(1), graph.integers(2)
    tensors = graph.tables(0)
    if len(inputs) != 1 or len(outputs) != 1:
        names = ", ".join(
            tensors[index].text(3) for index in (inputs if len(inputs) != 1 else outputs)
        )
        many = _count(inputs, "input") if len(inputs) != 1 else _count(outputs, "output")
        raise UnsupportedModel(f"the model has {many}: {names}", hint=_SINGLE)
    codes = [_code(code) for code in model.tables(1)]
    operators = graph.tables(3)
    first = _first(operators, codes, inputs[0])
    return Graph(
        has_weights_behind=any(buffer.integer(1, "Q") > 1 for buffer in model.tables(4)),
        tensors=len(tensors),
        few_bits=any(tensor.integer(1, "b") in _FEW_BITS for tensor in tensors),
        input=_tensor(tensors, inputs[0]),
        output=_tensor(tensors, outputs[0]),
        names=tuple(tensor.text(3) for tensor in tensors),
        operations=frozenset(codes[one.integer(0)] for one in operators),
        first=None if first is None else codes[first.integer(0)],
        first_constants=() if first is None else _constants(buffers, tensors, first),
        first_output=None if first is None else _quantised(tensors, first.integers(2)[0]),
        reshapes_last=any(
            outputs[0] in one.integers(2) and codes[one.integer(0)] == Operation.RESHAPE
            for one in operators
        ),
        last=_last(operators, codes, outputs[0]),
    )


def _tensor(tensors: tuple[Table, ...], index: int) -> Tensor:
    table = tensors[index]
    kind = table.integer(1, "b")
    if kind not in list(TensorType):
        raise UnsupportedModel(
            f"the model takes or gives numbers of a type that no picture has (TensorType {kind})",
            hint=_SINGLE,
        )
    return Tensor(
        index=index,
        type=TensorType(kind),
        shape=table.integers(7) or table.integers(0),
        quantization=_quantization(table),
    )


def _quantised(tensors: tuple[Table, ...], index: int) -> Tensor | None:
    if tensors[index].integer(1, "b") in (TensorType.UINT8, TensorType.INT8):
        return _tensor(tensors, index)
    return None


def _quantization(tensor: Table) -> Quantization | None:
    table = tensor.table(4)
    if table is None:
        return None
    scales, zero_points = table.numbers(2, "f"), table.numbers(3, "q")
    if len(scales) != 1:
        return None
    return Quantization(scale=scales[0], zero_point=int(zero_points[0]) if zero_points else 0)


def _constants(
    buffers: list[bytes], tensors: tuple[Table, ...], operator: Table
) -> tuple[float, ...]:
    """Read the float constants that an operator takes beside its first input."""
    contents = [
        buffers[tensors[index].integer(2)]
        for index in operator.integers(1)
        if index >= 0 and tensors[index].integer(1, "b") == TensorType.FLOAT32
    ]
    return tuple(
        number
        for content in contents
        for (number,) in struct.iter_unpack("<f", content[: 4 * _FEW])
    )


def _first(operators: tuple[Table, ...], codes: list[int], source: int) -> Table | None:
    """Go on from the input, over what only changes a picture's form or size."""
    for operator in operators:
        if source in operator.integers(1):
            if codes[operator.integer(0)] not in _FORM:
                return operator
            source = operator.integers(2)[0]
    return None


def _last(operators: tuple[Table, ...], codes: list[int], output: int) -> int | None:
    """Go back from the output, over what only changes the numbers' form."""
    form = {Operation.RESHAPE, Operation.QUANTIZE, Operation.DEQUANTIZE}
    for operator in reversed(operators):
        if output in operator.integers(2):
            code = codes[operator.integer(0)]
            if code not in form:
                return code
            output = operator.integers(1)[0]
    return None


def _code(table: Table) -> int:
    # The first slot is a byte, from when there were fewer than 127 operations.
    return max(table.integer(0, "b"), table.integer(3, "i"))


def _refuse_custom(model: Table) -> None:
    customs = [code.text(1) or "?" for code in model.tables(1) if _code(code) == Operation.CUSTOM]
    if not customs:
        return
    if "edgetpu-custom-op" in customs:
        hint = "it was compiled for an Edge TPU: name the .tflite file that the compiler was given"
    elif any(name.startswith("Flex") for name in customs):
        hint = (
            "Flex operations are TensorFlow's own: convert the original with TF-Lite's alone "
            "(tf.lite.OpsSet.TFLITE_BUILTINS), or hand `tulle convert` the Keras model"
        )
    else:
        hint = "export the model again without it; custom operations need a program of their own"
    raise UnsupportedModel(
        f"the model computes with what LiteRT has not: {', '.join(sorted(customs))}", hint=hint
    )


def _refuse_memory(graph: Table) -> None:
    if any(tensor.integer(_VARIABLE, "b") for tensor in graph.tables(0)):
        raise UnsupportedModel(
            "the model keeps numbers from one picture to the next (variable tensors, as recurrent layers have), "
            "which LiteRT's compiled models cannot",
            hint="build its recurrent layers with unroll=True, and export it again",
        )


def _count(indices: tuple[int, ...], thing: str) -> str:
    return f"{len(indices)} {thing}s"
