"""Owns a `.tflite` file as a tree of objects, for what changes much of it: read whole, written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import flatbuffers

__all__ = ["kind", "read_tree", "values", "write_tree"]

_ALIGNMENT = 16  # of weights, from the file's start


def read_tree(model: bytes) -> Any:
    """Read a file into a `ModelT` of LiteRT's own schema; weights that lie behind the flatbuffer come in as well."""
    import numpy as np  # noqa: PLC0415
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    tree = schema.ModelT.InitFromPackedBuf(model, 0)
    for buffer in tree.buffers:
        if buffer.offset > 1:  # 1 stands for none
            buffer.data = np.frombuffer(model, "u1", buffer.size, buffer.offset)
    return tree


def write_tree(tree: Any) -> bytes:
    """Write a tree as a file, its buffers where the runtime wants them."""
    import flatbuffers  # noqa: PLC0415 (loads numpy)

    tree.buffers = [_AlignedBuffer(buffer.data) for buffer in tree.buffers]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def kind(tree: Any, operator: Any) -> int:
    """Tell which of the schema's `BuiltinOperator` an operator is."""
    code = tree.operatorCodes[operator.opcodeIndex]
    # Before there were more than 127 operators, their code was the other field.
    return int(max(code.builtinCode, code.deprecatedBuiltinCode))


def values(tree: Any, tensor: Any, number: str) -> Any:
    """Read a constant as an array of numbers of a numpy type; None where the tensor is computed."""
    import numpy as np  # noqa: PLC0415

    content = tree.buffers[tensor.buffer].data
    return None if content is None else np.frombuffer(content.tobytes(), number)


class _AlignedBuffer:
    """A buffer that the tree writes as one of its own, but aligned."""

    def __init__(self, content: Any) -> None:
        self._content = b"" if content is None else content.tobytes()

    def Pack(self, builder: flatbuffers.Builder) -> int:  # noqa: N802 (as flatbuffers names it)
        size = len(self._content)
        vector = 0  # none
        if size:
            builder.StartVector(1, size, _ALIGNMENT)
            builder.head -= size
            builder.Bytes[builder.head : builder.head + size] = self._content
            vector = builder.EndVector()
        builder.StartObject(3)
        builder.PrependUOffsetTRelativeSlot(0, vector, 0)
        buffer: int = builder.EndObject()
        return buffer
