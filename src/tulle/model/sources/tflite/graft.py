"""Owns the writing of new operators around the graph of a `.tflite` file, whose own bytes stay as they are.

Slots and numbers are those of TF-Lite's schema (`ai_edge_litert.schema_py_generated`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tulle.model.flatbuffer.reading import root
from tulle.model.flatbuffer.writing import ALIGNMENT, builder_before, table, vector, vector_of
from tulle.model.sources.tflite.graph import Operation, Quantization, TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.model.flatbuffer.reading import Table

__all__ = ["Graft", "Options", "cast", "with_graft"]

_IDENTIFIER = b"TFL3"
_CODES, _GRAPHS, _BUFFERS, _SIGNATURES = 1, 2, 4, 7
_TENSORS, _INPUTS, _OUTPUTS, _OPERATORS, _NAME = range(5)
_SAME_SIZE = 0  # Padding.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """An operator's options: their table's number in the union `BuiltinOptions`, and its slots."""

    kind: int
    uints: tuple[tuple[int, int], ...] = ()
    bytes_: tuple[tuple[int, int], ...] = ()
    floats: tuple[tuple[int, float], ...] = ()


def cast(source: TensorType, target: TensorType) -> Options:
    """Give the options of a CAST."""
    return Options(kind=37, bytes_=((0, source), (1, target)))


_OPTIONS = {
    Operation.CONV_2D: Options(kind=1, uints=((1, 1), (2, 1)), bytes_=((0, _SAME_SIZE),)),
    Operation.SOFTMAX: Options(kind=9, floats=((0, 1.0),)),
    Operation.CONCATENATION: Options(kind=10, uints=((0, 1),)),
    Operation.ADD: Options(kind=11),
    Operation.MUL: Options(kind=21),
    Operation.GATHER: Options(kind=23, uints=((0, 3),)),
    Operation.SUB: Options(kind=28),
    Operation.CAST: cast(TensorType.UINT8, TensorType.FLOAT32),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTensor:
    name: str
    type: TensorType
    shape: tuple[int, ...]
    quantization: Quantization | None
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    operation: Operation
    inputs: tuple[int, ...]
    output: int
    options: Options | None


@dataclass(slots=True)
class Graft:
    """What is to be put around a graph: tensors, and operators before the old ones and behind them.

    Attributes:
        tensors: how many tensors the graph has; those that are added are numbered from here.
        input: the graph's input from now on.
        output: the graph's output from now on.
    """

    tensors: int
    input: int
    output: int
    added: list[NewTensor] = field(default_factory=list)
    ahead: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)

    def tensor(
        self,
        kind: TensorType,
        shape: Sequence[int],
        *,
        name: str = "",
        quantization: Quantization | None = None,
        content: bytes | None = None,
    ) -> int:
        """Add a tensor, and give its number."""
        index = self.tensors + len(self.added)
        self.added.append(
            NewTensor(
                name=name or f"tulle_{index}",
                type=kind,
                shape=tuple(shape),
                quantization=quantization,
                content=content,
            )
        )
        return index

    def floats(self, values: Sequence[float], shape: Sequence[int] | None = None) -> int:
        """Add a constant of floats."""
        content = struct.pack(f"<{len(values)}f", *values)
        return self.tensor(TensorType.FLOAT32, shape or (len(values),), content=content)

    def integers(self, values: Sequence[int]) -> int:
        """Add a constant of 32-bit integers."""
        content = struct.pack(f"<{len(values)}i", *values)
        return self.tensor(TensorType.INT32, (len(values),), content=content)

    def before(
        self,
        operation: Operation,
        inputs: Sequence[int],
        output: int,
        options: Options | None = None,
    ) -> int:
        """Add an operator that runs before the old ones, and give its output."""
        self.ahead.append(_step(operation, inputs, output, options))
        return output

    def behind(
        self,
        operation: Operation,
        inputs: Sequence[int],
        output: int,
        options: Options | None = None,
    ) -> int:
        """Add an operator that runs behind the old ones, and give its output."""
        self.after.append(_step(operation, inputs, output, options))
        return output


def _step(
    operation: Operation, inputs: Sequence[int], output: int, options: Options | None
) -> Step:
    return Step(
        operation=operation,
        inputs=tuple(inputs),
        output=output,
        options=options or _OPTIONS.get(operation),
    )


def with_graft(content: bytes, graft: Graft) -> bytes:
    """Write a model with a graft around its graph, and one signature: `pixels` in, `scores` out."""
    return _Writer(content, graft).write()


class _Writer:
    def __init__(self, content: bytes, graft: Graft) -> None:
        self._old = root(content, _IDENTIFIER)
        self._graft = graft
        self._builder, self._size = builder_before(content)
        self._codes = list(dict.fromkeys(step.operation for step in self._steps))

    @property
    def _steps(self) -> list[Step]:
        return self._graft.ahead + self._graft.after

    def write(self) -> bytes:
        """Write the root before the old bytes."""
        old, builder = self._old, self._builder
        graphs = old.tables(_GRAPHS)
        buffers = self._buffers()
        kept = self._kept(old)
        kept[_CODES] = self._appended(old.tables(_CODES), [self._code(one) for one in self._codes])
        kept[_BUFFERS] = self._appended(old.tables(_BUFFERS), buffers)
        kept[_GRAPHS] = vector(
            builder, [self._graph(graphs[0]), *(self._place(one) for one in graphs[1:])]
        )
        kept[_SIGNATURES] = self._signatures()
        builder.Finish(table(builder, offsets=kept, uints={0: old.integer(0)}), _IDENTIFIER)
        return bytes(builder.Output())

    def _graph(self, old: Table) -> int:
        builder, graft = self._builder, self._graft
        buffers = len(self._old.tables(_BUFFERS))
        tensors = []
        for new in graft.added:
            # Buffer 0 is TF-Lite's empty one.
            tensors.append(self._tensor(new, 0 if new.content is None else buffers))
            buffers += new.content is not None
        before = [self._operator(step) for step in graft.ahead]
        behind = [self._operator(step) for step in graft.after]
        kept = {_NAME: self._size - name} if (name := old.target(_NAME)) else {}
        kept[_TENSORS] = self._appended(old.tables(_TENSORS), tensors)
        kept[_INPUTS] = vector_of(builder, "i", [graft.input])
        kept[_OUTPUTS] = vector_of(builder, "i", [graft.output])
        kept[_OPERATORS] = vector(
            builder,
            [*before, *(self._place(one) for one in old.tables(_OPERATORS)), *behind],
        )
        return table(builder, offsets=kept)

    def _operator(self, step: Step) -> int:
        builder = self._builder
        offsets = {
            1: vector_of(builder, "i", step.inputs),
            2: vector_of(builder, "i", [step.output]),
        }
        kinds = {}
        if options := step.options:
            offsets[4] = table(
                builder,
                uints=dict(options.uints),
                bytes_=dict(options.bytes_),
                floats=dict(options.floats),
            )
            kinds[3] = options.kind
        code = len(self._old.tables(_CODES)) + self._codes.index(step.operation)
        return table(builder, offsets=offsets, uints={0: code}, bytes_=kinds)

    def _tensor(self, tensor: NewTensor, buffer: int) -> int:
        builder = self._builder
        offsets = {
            0: vector_of(builder, "i", tensor.shape),
            3: builder.CreateString(tensor.name),
        }
        if tensor.quantization:
            offsets[4] = table(
                builder,
                offsets={
                    2: vector_of(builder, "f", [tensor.quantization.scale]),
                    3: vector_of(builder, "q", [tensor.quantization.zero_point]),
                },
            )
        return table(builder, offsets=offsets, uints={2: buffer}, bytes_={1: tensor.type})

    def _buffers(self) -> list[int]:
        contents = [new.content for new in self._graft.added if new.content is not None]
        builder = self._builder
        return [
            table(builder, offsets={0: vector_of(builder, "B", content, alignment=ALIGNMENT)})
            for content in contents
        ]

    def _code(self, operation: Operation) -> int:
        # Operations up to 127 are named twice: older readers know the first slot alone.
        return table(self._builder, uints={2: 1, 3: operation}, bytes_={0: operation})

    def _signatures(self) -> int:
        builder, graft = self._builder, self._graft
        ends = [
            vector(
                builder,
                [table(builder, offsets={0: builder.CreateString(name)}, uints={1: index})],
            )
            for name, index in (("pixels", graft.input), ("scores", graft.output))
        ]
        key = builder.CreateString("serving_default")
        return vector(builder, [table(builder, offsets={0: ends[0], 1: ends[1], 2: key})])

    def _kept(self, old: Table) -> dict[int, int]:
        return {
            slot: self._size - target
            for slot in old.slots
            if slot != 0 and (target := old.target(slot)) is not None
        }

    def _place(self, old: Table) -> int:
        return self._size - old.position

    def _appended(self, old: Sequence[Table], new: list[int]) -> int:
        return vector(self._builder, [*map(self._place, old), *new])
