"""Owns the reading of flatbuffers.

The `flatbuffers` package reads them too, but loads numpy (0.3 s), and reading a model's labels must not cost that.
Format: https://flatbuffers.dev/internals/
"""

from __future__ import annotations

import struct

__all__ = ["Table", "buffer_extent", "root"]


class Table:
    """A table at a position in a flatbuffer.

    A field that is absent reads as None, 0 or empty. Bytes that are not a flatbuffer raise
    `struct.error` or `ValueError`.
    """

    __slots__ = ("_content", "_vtable", "_vtable_size", "position")

    def __init__(self, content: bytes, position: int) -> None:
        self._content = content
        self.position = position
        self._vtable = position - self._read("<i", position)
        self._vtable_size = self._read("<H", self._vtable)

    @property
    def slots(self) -> range:
        """Number the fields that the table may have."""
        return range((self._vtable_size - 4) // 2)

    def integer(self, slot: int, code: str = "I") -> int:
        """Read a number of the `struct` type `code`."""
        field = self._field(slot)
        return self._read(f"<{code}", field) if field else 0

    def target(self, slot: int) -> int | None:
        """Find the position of what the field refers to."""
        field = self._field(slot)
        return field + self._read("<I", field) if field else None

    def table(self, slot: int) -> Table | None:
        """Read a table."""
        target = self.target(slot)
        return None if target is None else Table(self._content, target)

    def tables(self, slot: int) -> tuple[Table, ...]:
        """Read a vector of tables."""
        start, count = self._vector(slot)
        places = range(start, start + 4 * count, 4)
        return tuple(Table(self._content, at + self._read("<I", at)) for at in places)

    def integers(self, slot: int) -> tuple[int, ...]:
        """Read a vector of 32-bit integers."""
        return tuple(map(int, self.numbers(slot, "i")))

    def numbers(self, slot: int, code: str) -> tuple[float, ...]:
        """Read a vector of numbers of the `struct` type `code`."""
        start, count = self._vector(slot)
        return struct.unpack_from(f"<{count}{code}", self._content, start)

    def content(self, slot: int) -> bytes:
        """Read a vector of bytes."""
        return self._content[self.extent(slot)]

    def extent(self, slot: int) -> slice:
        """Find where a vector of bytes lies."""
        start, count = self._vector(slot)
        return slice(start, start + count)

    def text(self, slot: int) -> str:
        """Read a string."""
        return self.content(slot).decode()

    def _field(self, slot: int) -> int:
        entry = 4 + 2 * slot
        if entry + 2 > self._vtable_size:
            return 0
        offset = self._read("<H", self._vtable + entry)
        return self.position + offset if offset else 0

    def _vector(self, slot: int) -> tuple[int, int]:
        target = self.target(slot)
        if target is None:
            return 0, 0
        count = self._read("<I", target)
        if target + 4 + count > len(self._content):
            raise ValueError("a vector reaches beyond the end of the file")
        return target + 4, count

    def _read(self, code: str, position: int) -> int:
        if position < 0:
            raise ValueError("an offset points before the start of the file")
        value: int = struct.unpack_from(code, self._content, position)[0]
        return value


def buffer_extent(buffer: Table) -> slice:
    """Find where the content of a TF-Lite `Buffer` lies: in the flatbuffer, or behind it."""
    offset = buffer.integer(1, "Q")
    if offset <= 1:  # 1 stands for none
        return buffer.extent(0)
    return slice(offset, offset + buffer.integer(2, "Q"))


def root(content: bytes, identifier: bytes) -> Table:
    """Open the root table of a flatbuffer of the kind that `identifier` names."""
    if content[4:8] != identifier:
        raise ValueError(f"the file identifier is not {identifier.decode()}")
    return Table(content, struct.unpack_from("<I", content)[0])
