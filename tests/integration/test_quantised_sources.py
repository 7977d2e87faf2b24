"""Other people's `.tflite` files in 8 bits, by LiteRT's own quantizer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema

from tulle.errors import NotAModel, ParityFailed, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.convert import ConversionRequest, convert
from tulle.model.flatbuffer.reading import root
from tulle.model.flatbuffer.tree import kind, read_tree, write_tree
from tulle.model.float16 import store_as_float16
from tulle.model.inspection import inspect_file
from tulle.model.recipe import Recipe
from tulle.model.trials.choice import convert_by_measurement
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = Path(__file__).parents[1] / "data/models/sources"
SHAPES = ("circle", "square", "star")
FLAT = SOURCES / "flat.tflite"  # 25 kB of weights: the others are too small to become smaller


@pytest.fixture
def request_(tmp_path: Path) -> ConversionRequest:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for picture in sample_pictures():
        shutil.copy(picture, pictures)
    return ConversionRequest(
        source=FLAT, output=tmp_path / "out.tflite", labels=tuple("0123456789"), pictures=pictures
    )


@pytest.mark.parametrize("recipe", [Recipe.DYNAMIC, Recipe.INT8])
def test_a_float_model_is_stored_in_8_bits(request_: ConversionRequest, recipe: Recipe) -> None:
    conversion = convert(replace(request_, recipe=recipe), SilentReporter())
    assert conversion.recipe is recipe
    assert conversion.parity.same_category == conversion.parity.pictures == 10
    assert conversion.model.size_bytes < 0.5 * FLAT.stat().st_size
    file = inspect_file(request_.output)
    assert [str(end) for end in (*file.inputs, *file.outputs)] == [
        "uint8[1, 28, 28, 3]",
        "float32[-1, 10]",
    ]
    assert dict(file.weights)["int8"] > 6_000


def _as_old_files_are(tree: Any) -> None:
    for code in tree.operatorCodes:
        code.deprecatedBuiltinCode, code.builtinCode = max(code.builtinCode, 0), 0


def _without_names(tree: Any) -> None:
    for tensor in tree.subgraphs[0].tensors:
        tensor.name = b"same"


@pytest.mark.parametrize("change", [_as_old_files_are, _without_names])
def test_how_a_file_was_written_does_not_matter(
    request_: ConversionRequest, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    tree = read_tree(FLAT.read_bytes())
    change(tree)
    source = tmp_path / "other.tflite"
    source.write_bytes(write_tree(tree))
    asked = replace(request_, source=source, recipe=Recipe.DYNAMIC)
    assert convert(asked, SilentReporter()).model.size_bytes < 0.5 * FLAT.stat().st_size


def test_weights_of_16_bits_are_widened_first(request_: ConversionRequest, tmp_path: Path) -> None:
    source = tmp_path / "halved.tflite"
    source.write_bytes(store_as_float16(FLAT.read_bytes()))
    asked = replace(request_, source=source, recipe=Recipe.INT8)
    assert convert(asked, SilentReporter()).model.size_bytes < 0.5 * FLAT.stat().st_size
    assert dict(inspect_file(request_.output).weights)["float16"] < 10


def test_depthwise_convolutions_and_the_ends_stay_in_floats(request_: ConversionRequest) -> None:
    asked = replace(request_, source=SOURCES / "logits.tflite", labels=SHAPES, agreement=0.0)
    kinds = schema.BuiltinOperator
    for recipe, left in (
        (Recipe.DYNAMIC, kinds.DEPTHWISE_CONV_2D),
        (Recipe.INT8, kinds.SOFTMAX),
    ):
        convert(replace(asked, recipe=recipe, tolerance=1.0), SilentReporter())
        tree = read_tree(request_.output.read_bytes())
        graph = tree.subgraphs[0]
        (operator,) = (each for each in graph.operators if kind(tree, each) == left)
        types = {graph.tensors[index].type for index in operator.inputs}
        assert types == {schema.TensorType.FLOAT32}


def test_weights_lie_where_the_runtime_wants_them(request_: ConversionRequest) -> None:
    convert(replace(request_, recipe=Recipe.INT8), SilentReporter())
    content = request_.output.read_bytes()
    model = root(content, b"TFL3")
    buffers, tensors = model.tables(4), model.tables(2)[0].tables(0)
    extents = [buffers[tensor.integer(2)].extent(0) for tensor in tensors]
    assert all(extent.start % 16 == 0 for extent in extents)


def test_a_file_in_8_bits_is_not_made_into_them_again(request_: ConversionRequest) -> None:
    asked = replace(request_, source=SOURCES / "dynamic.tflite", recipe=Recipe.INT8)
    with pytest.raises(UsageError, match=r"dynamic\.tflite is in 8 bits already"):
        convert(asked, SilentReporter())


def test_8_bits_that_change_the_answers_are_refused(request_: ConversionRequest) -> None:
    asked = replace(request_, recipe=Recipe.DYNAMIC, tolerance=1e-6)
    with pytest.raises(ParityFailed):
        convert(asked, SilentReporter())
    assert not request_.output.exists()


def test_auto_measures_8_bits_too(request_: ConversionRequest) -> None:
    choice = convert_by_measurement(request_, max_loss=1, reporter=SilentReporter())
    sizes = {each.recipe: each.size_bytes for each in choice.measurements}
    assert list(sizes) == list(Recipe)
    assert max(sizes[Recipe.DYNAMIC], sizes[Recipe.INT8]) < sizes[Recipe.FLOAT16]


def test_without_the_quantizer_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['litert_quantizer'] = None\n"
        "from tulle.model.sources.tflite.quantisation import require_quantizer\n"
        "try: require_quantizer()\n"
        "except Exception as exc: print(exc.code, exc.hint)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("missing-extra ")
    assert 'pip install "tulle[quantizer]"' in ran.stdout


def test_weights_may_lie_behind_the_flatbuffer(request_: ConversionRequest, tmp_path: Path) -> None:
    """As LiteRT's own tools write them, where they are large."""
    tree = schema.ModelT.InitFromPackedBuf(FLAT.read_bytes(), 0)
    buffer = max(tree.buffers, key=lambda each: 0 if each.data is None else len(each.data))
    weights, buffer.data, buffer.size = bytes(buffer.data), None, len(buffer.data)
    for _ in range(2):  # the second time it is known how long the flatbuffer is
        builder = flatbuffers.Builder()
        builder.Finish(tree.Pack(builder), b"TFL3")
        buffer.offset = -(-len(builder.Output()) // 16) * 16
    builder = flatbuffers.Builder()
    builder.Finish(tree.Pack(builder), b"TFL3")
    source = tmp_path / "large.tflite"
    source.write_bytes(bytes(builder.Output()).ljust(buffer.offset, b"\0") + weights)
    assert dict(inspect_file(source).weights)["float32"] > 25_000
    conversion = convert(replace(request_, source=source), SilentReporter())
    assert conversion.parity.max_difference < 1e-5
    source.write_bytes(source.read_bytes()[:-100])
    with pytest.raises(NotAModel):
        convert(replace(request_, source=source), SilentReporter())
