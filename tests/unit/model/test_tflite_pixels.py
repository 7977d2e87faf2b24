"""What is put before a graph computes what numpy and Pillow compute: seen through graphs that give what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tulle.errors import UnsupportedModel, UsageError
from tulle.model.flatbuffer.tree import read_tree, write_tree
from tulle.model.sources.preprocessing import Channels, Preprocessing, choose_preprocessing
from tulle.model.sources.softmax import Ending
from tulle.model.sources.tflite.graph import Quantization, Tensor, TensorType, read_graph
from tulle.model.sources.tflite.pixels import (
    fold,
    is_straight,
    picture_input,
    score_count,
    straight,
)
from tulle_runtime.litert import LiteRtModel

SOURCES = Path(__file__).parents[2] / "data/models/sources"
HEIGHT, WIDTH = 16, 24


@pytest.fixture
def pixels() -> Any:
    return np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), "uint8")


def run(tmp_path: Path, name: str, preprocessing: Preprocessing, pixels: Any) -> Any:
    content = (SOURCES / f"{name}.tflite").read_bytes()
    path = tmp_path / "folded.tflite"
    path.write_bytes(fold(content, read_graph(content), preprocessing, Ending()))
    return np.array(LiteRtModel(str(path), threads=1).run(pixels.tobytes()))


def test_pixels_go_in_as_they_are(tmp_path: Path, pixels: Any) -> None:
    values = run(tmp_path, "identity", choose_preprocessing("none"), pixels)
    assert (values == pixels.ravel()).all()


def test_grey_is_pillow_s_to_the_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    for _ in range(20):
        pixels = random.integers(0, 256, (HEIGHT, WIDTH, 3), "uint8")
        grey = np.asarray(Image.fromarray(pixels).convert("L"))
        values = run(tmp_path, "identity-grey", choose_preprocessing("none"), pixels)
        assert (values == grey.ravel()).all()


def run_whole(tmp_path: Path, name: str, kind: TensorType, pixels: Any) -> Any:
    """Run a model whose ends are made whole numbers without a scale."""
    tree = read_tree((SOURCES / f"{name}.tflite").read_bytes())
    graph = tree.subgraphs[0]
    for end in (graph.inputs[0], graph.outputs[0]):
        graph.tensors[end].type = kind
    content = write_tree(tree)
    read = read_graph(content)
    path = tmp_path / "folded.tflite"
    path.write_bytes(fold(content, read, straight(read.input), Ending()))
    return np.array(LiteRtModel(str(path), threads=1).run(pixels.tobytes()))


@pytest.mark.parametrize("kind", [TensorType.UINT8, TensorType.INT8])
def test_whole_numbers_that_stand_for_themselves_are_cast(
    tmp_path: Path, pixels: Any, kind: TensorType
) -> None:
    values = run_whole(tmp_path, "identity-grey", kind, pixels)
    lowest = 0 if kind is TensorType.UINT8 else -128
    grey = np.asarray(Image.fromarray(pixels).convert("L")).astype(int)
    assert (values == grey.ravel() + lowest).all()


def test_signed_whole_numbers_may_have_three_channels(tmp_path: Path, pixels: Any) -> None:
    values = run_whole(tmp_path, "identity", TensorType.INT8, pixels)
    assert (values == pixels.ravel().astype(int) - 128).all()


def test_mean_and_deviation_go_by_channel(tmp_path: Path, pixels: Any) -> None:
    mean, std = (103.9, 116.8, 123.7), (1.0, 2.0, 57.4)
    chosen = choose_preprocessing(None, mean=mean, std=std, channels=Channels.BGR)
    expected = (pixels[..., ::-1].astype("float64") - mean) / std
    assert run(tmp_path, "identity", chosen, pixels) == pytest.approx(expected.ravel(), abs=1e-4)


def test_channels_come_first_where_the_model_takes_them_so(tmp_path: Path, pixels: Any) -> None:
    values = run(tmp_path, "identity-channels-first", choose_preprocessing("0..1"), pixels)
    expected = (pixels / 255.0).transpose(2, 0, 1)
    assert values == pytest.approx(expected.ravel(), abs=1e-6)


def test_three_means_are_too_many_for_one_channel(tmp_path: Path, pixels: Any) -> None:
    with pytest.raises(UsageError, match="vgg16 is for three channels"):
        run(tmp_path, "identity-grey", choose_preprocessing("vgg16"), pixels)


def tensor(*shape: int, kind: TensorType = TensorType.FLOAT32, scale: float = 0.0) -> Tensor:
    quantization = Quantization(scale=scale, zero_point=0) if scale else None
    return Tensor(index=0, type=kind, shape=shape, quantization=quantization)


@pytest.mark.parametrize(
    ("shape", "size", "channels", "first"),
    [
        ((1, 20, 30, 3), (20, 30), 3, False),
        ((-1, 20, 30, 1), (20, 30), 1, False),
        ((1, 3, 20, 30), (20, 30), 3, True),
        ((1, 1, 20, 30), (20, 30), 1, True),
        ((1, 28, 28), (28, 28), 1, False),
    ],
)
def test_the_layout_is_seen_from_the_shape(
    shape: tuple[int, ...], size: tuple[int, int], channels: int, first: bool
) -> None:
    picture = picture_input(tensor(*shape))
    assert (picture.height, picture.width) == size
    assert (picture.channels, picture.channels_first) == (channels, first)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((1, -1, -1, 3), "pictures of any size"),
        ((8, 20, 30, 3), "takes 8 pictures at once"),
        ((1, 20, 30, 5), "not a picture"),
        ((1, 784), "not a picture"),
        ((), "not a picture"),
    ],
)
def test_refuses_what_no_picture_fits(shape: tuple[int, ...], text: str) -> None:
    with pytest.raises(UnsupportedModel, match=text) as refusal:
        picture_input(tensor(*shape))
    assert refusal.value.hint


def test_scores_may_have_axes_of_one() -> None:
    assert [score_count(tensor(*shape)) for shape in ((1, 5), (-1, 5), (5,), (1, 1, 1, 5))] == [
        5
    ] * 4
    for shape in ((1, 7, 7, 5), (2, 5), (), (1, -1)):
        with pytest.raises(UnsupportedModel, match="does not give one row of scores"):
            score_count(tensor(*shape))


def test_a_quantised_input_takes_pixels_as_they_are() -> None:
    for kind in (TensorType.UINT8, TensorType.INT8):
        quantised = tensor(1, 20, 30, 3, kind=kind, scale=1 / 128)
        assert is_straight(quantised, straight(quantised))
        assert not is_straight(quantised, choose_preprocessing("0..1", channels=Channels.BGR))
    centred = Tensor(
        index=0,
        type=TensorType.UINT8,
        shape=(1, 20, 30, 3),
        quantization=Quantization(scale=1 / 128, zero_point=128),
    )
    assert is_straight(centred, choose_preprocessing("-1..1"))
    assert not is_straight(centred, choose_preprocessing("0..1"))
