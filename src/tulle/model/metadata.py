"""Owns what a model's file says about itself: TF-Lite metadata, and the files that lie with it.

Two parts, as https://ai.google.dev/edge/litert/conversion/tensorflow/metadata lays them out: a
`TFLITE_METADATA` buffer in the model's flatbuffer, which describes the tensors and names their files,
and a zip archive of those files at the end of the model's file. The package that wrote them
(`tflite-support`) is no longer kept, so this writes the little of its schema that a classifier needs.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.model.flatbuffer.reading import root
from tulle.model.flatbuffer.writing import (
    builder_before,
    new_builder,
    table,
    vector,
    vector_of,
)
from tulle.model.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    import flatbuffers

    from tulle.model.flatbuffer.reading import Table
    from tulle.model.signature import Signature

__all__ = [
    "LABELS_FILE",
    "TULLE_FILE",
    "Card",
    "associated_files",
    "embed",
    "labels_file",
    "normalization",
    "without_files",
    "yolo_names",
]

LABELS_FILE = "labels.txt"
TULLE_FILE = "tulle.json"

_ENTRY = "TFLITE_METADATA"
_OLDEST = "min_runtime_version"
_READS_FLOAT16 = (1, 15, 0)  # the first TensorFlow Lite with DEQUANTIZE of 16-bit floats
_MOST_TOLD = 1 << 20  # bytes
_MODEL = b"TFL3"
_METADATA = b"M001"

# Slots of the model's root table (the schema is in `ai_edge_litert.schema_py_generated`).
_BUFFERS = 4
_METADATA_ENTRIES = 6

# Values of the metadata schema's enumerations and unions.
_TENSOR_AXIS_LABELS = 2
_RGB = 1
_FEATURE_PROPERTIES = 1
_IMAGE_PROPERTIES = 2
_NORMALIZATION_OPTIONS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What goes into a model's file beside its graph."""

    name: str
    description: str
    signature: Signature
    preprocessing: str
    recipe: Recipe
    source_sha256: str


def embed(model: bytes, card: Card) -> bytes:
    """Give a bare TF-Lite model its metadata and its associated files."""
    entries = {_ENTRY: _describe(card)}
    if card.recipe is Recipe.FLOAT16:
        entries |= _oldest(model, _READS_FLOAT16)
    file = io.BytesIO(_with_entries(model, entries))
    settings = {
        "schema": 1,
        "resize": {
            "interpolation": card.signature.resize.interpolation,
            "fit": card.signature.resize.fit,
        },
        "exif": card.signature.exif,
        "preprocessing": card.preprocessing,
        "recipe": card.recipe,
        "source_sha256": card.source_sha256,
    }
    # Other TF-Lite tools read the archive in place: its files are stored, never compressed.
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        for name, text in (
            (LABELS_FILE, "".join(f"{label}\n" for label in card.signature.labels)),
            (TULLE_FILE, json.dumps(settings, indent=2) + "\n"),
        ):
            archive.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()


def associated_files(content: bytes) -> dict[str, bytes]:
    """Read the files that lie with a model, by name; none where what lies there cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error):
        return {}


def without_files(content: bytes) -> bytes:
    """Leave out the archive that lies behind a model."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content[: min(member.header_offset for member in archive.infolist())]
    except (zipfile.BadZipFile, ValueError):
        return content


def labels_file(content: bytes) -> str | None:
    """Find the name of the file that labels a model's first output."""
    for tensor in _described(content, 3):
        for file in tensor.tables(6):
            if file.integer(2, "b") == _TENSOR_AXIS_LABELS:
                return file.text(0)
    return None


def yolo_names(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Read the categories that Ultralytics writes into a file beside a model; none where it did not make it."""
    for content in files.values():
        told = _literal(content) if b"Ultralytics" in content[:_MOST_TOLD] else None
        names = told.get("names") if isinstance(told, dict) else None
        if isinstance(names, dict):
            return tuple(map(str, names.values()))
    return ()


def _literal(content: bytes) -> object:
    """Read JSON, or what Python writes of its own values; None where it is neither."""
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            value: object = read(content[:_MOST_TOLD].decode())
            return value
    return None


def normalization(content: bytes) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Read the mean and the standard deviation by which a model's input is to be normalised."""
    for tensor in _described(content, 2):
        for unit in tensor.tables(4):
            options = unit.table(1)
            if unit.integer(0, "b") == _NORMALIZATION_OPTIONS and options is not None:
                return options.numbers(0, "f"), options.numbers(1, "f")
    return None


def _described(content: bytes, slot: int) -> tuple[Table, ...]:
    """Find what a model's metadata says of its first input (slot 2) or output (slot 3)."""
    model = root(content, _MODEL)
    buffers = model.tables(_BUFFERS)
    for entry in model.tables(_METADATA_ENTRIES):
        if entry.text(0) == _ENTRY:
            metadata = root(buffers[entry.integer(1)].content(0), _METADATA)
            return tuple(
                tensor for graph in metadata.tables(3)[:1] for tensor in graph.tables(slot)[:1]
            )
    return ()


def _oldest(model: bytes, needed: tuple[int, ...]) -> dict[str, bytes]:
    """Say which TensorFlow Lite a model needs at least, where it names an older one."""
    table_ = root(model, _MODEL)
    for entry in table_.tables(_METADATA_ENTRIES):
        if entry.text(0) == _OLDEST:
            said = table_.tables(_BUFFERS)[entry.integer(1)].content(0).rstrip(b"\0").decode()
            if said.replace(".", "").isdecimal() and tuple(map(int, said.split("."))) < needed:
                return {_OLDEST: ".".join(map(str, needed)).encode().ljust(16, b"\0")}
    return {}


def _with_entries(model: bytes, contents: Mapping[str, bytes]) -> bytes:
    """Put named metadata buffers into a model's flatbuffer, in place of those of the same names."""
    old = root(model, _MODEL)
    buffers = old.tables(_BUFFERS)
    builder, size = builder_before(model)
    added = [
        table(builder, offsets={0: builder.CreateByteVector(content)})
        for content in contents.values()
    ]
    entries = [
        table(builder, offsets={0: builder.CreateString(name)}, uints={1: len(buffers) + place})
        for place, name in enumerate(contents)
    ]
    kept = {
        slot: size - target
        for slot in old.slots
        if slot != 0 and (target := old.target(slot)) is not None
    }
    kept[_BUFFERS] = vector(builder, [*(size - one.position for one in buffers), *added])
    others = [e for e in old.tables(_METADATA_ENTRIES) if e.text(0) not in contents]
    kept[_METADATA_ENTRIES] = vector(builder, [*(size - e.position for e in others), *entries])
    builder.Finish(table(builder, offsets=kept, uints={0: old.integer(0)}), _MODEL)
    return bytes(builder.Output())


def _describe(card: Card) -> bytes:
    builder = new_builder()
    text = builder.CreateString
    graph = table(
        builder,
        offsets={
            2: vector(builder, [_input(builder, card.signature)]),
            3: vector(builder, [_output(builder)]),
        },
    )
    metadata = table(
        builder,
        offsets={
            0: text(card.name),
            1: text(card.description),
            3: vector(builder, [graph]),
            7: text("1.0.0"),
        },
    )
    builder.Finish(metadata, _METADATA)
    return bytes(builder.Output())


def _input(builder: flatbuffers.Builder, signature: Signature) -> int:
    size = table(builder, uints={0: signature.width, 1: signature.height})
    image = table(builder, offsets={1: size}, bytes_={0: _RGB})
    # Pixels go in as they are: what the model was trained on is computed inside it.
    normalization = table(
        builder, offsets={0: vector_of(builder, "f", [0.0]), 1: vector_of(builder, "f", [1.0])}
    )
    unit = table(builder, offsets={1: normalization}, bytes_={0: _NORMALIZATION_OPTIONS})
    return table(
        builder,
        offsets={
            0: builder.CreateString("image"),
            1: builder.CreateString("The picture's RGB pixels, 0 to 255."),
            3: table(builder, offsets={1: image}, bytes_={0: _IMAGE_PROPERTIES}),
            4: vector(builder, [unit]),
            5: table(
                builder,
                offsets={0: vector_of(builder, "f", [255.0]), 1: vector_of(builder, "f", [0.0])},
            ),
        },
    )


def _output(builder: flatbuffers.Builder) -> int:
    labels = table(
        builder,
        offsets={
            0: builder.CreateString(LABELS_FILE),
            1: builder.CreateString("The categories, one a line."),
        },
        bytes_={2: _TENSOR_AXIS_LABELS},
    )
    features = table(builder)
    return table(
        builder,
        offsets={
            0: builder.CreateString("scores"),
            1: builder.CreateString("The score of each category."),
            3: table(builder, offsets={1: features}, bytes_={0: _FEATURE_PROPERTIES}),
            6: vector(builder, [labels]),
        },
    )
