"""Owns the writing of flatbuffers, and of new tables before the bytes of one that is there.

A flatbuffer's references point forward, so a new root before the old bytes can refer to all that they hold. The old
bytes stay as they are, and with them the alignment of a model's weights, which a rewrite through Python's generated
classes would lose.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import flatbuffers

__all__ = ["ALIGNMENT", "builder_before", "new_builder", "table", "vector", "vector_of"]

ALIGNMENT = 16  # of a model's weights, from the file's start
_ROOM = 64 * 1024


def new_builder() -> flatbuffers.Builder:
    """Start a builder."""
    import flatbuffers  # noqa: PLC0415 (loads numpy)

    return flatbuffers.Builder()


def builder_before(content: bytes) -> tuple[flatbuffers.Builder, int]:
    """Start a builder that writes before `content`, and say from where offsets into it count.

    A builder writes from the end to the start, and its offsets are distances from the end.
    """
    import flatbuffers  # noqa: PLC0415 (loads numpy)

    size = -(-len(content) // ALIGNMENT) * ALIGNMENT
    builder = flatbuffers.Builder(size + _ROOM)
    builder.head -= size
    builder.Bytes[builder.head : builder.head + len(content)] = content
    builder.minalign = ALIGNMENT
    return builder, size


def table(
    builder: flatbuffers.Builder,
    *,
    offsets: Mapping[int, int] | None = None,
    uints: Mapping[int, int] | None = None,
    bytes_: Mapping[int, int] | None = None,
    floats: Mapping[int, float] | None = None,
) -> int:
    """Write a table from its slots: references, 32-bit numbers, 8-bit numbers and 32-bit floats."""
    offsets, uints, bytes_, floats = offsets or {}, uints or {}, bytes_ or {}, floats or {}
    builder.StartObject(max((*offsets, *uints, *bytes_, *floats), default=-1) + 1)
    for slot, value in offsets.items():
        builder.PrependUOffsetTRelativeSlot(slot, value, 0)
    for slot, value in uints.items():
        builder.PrependUint32Slot(slot, value, 0)
    for slot, number in floats.items():
        builder.PrependFloat32Slot(slot, number, 0)
    for slot, value in bytes_.items():
        builder.PrependUint8Slot(slot, value, 0)
    offset: int = builder.EndObject()
    return offset


def vector(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    """Write a vector of references."""
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    written: int = builder.EndVector()
    return written


def vector_of(
    builder: flatbuffers.Builder, code: str, values: Sequence[float], *, alignment: int = 4
) -> int:
    """Write a vector of numbers of the `struct` type `code`."""
    content = struct.pack(f"<{len(values)}{code}", *values)
    size = struct.calcsize(f"<{code}")
    builder.StartVector(size, len(values), max(size, alignment))
    builder.head -= len(content)
    builder.Bytes[builder.head : builder.head + len(content)] = content
    written: int = builder.EndVector()
    return written
