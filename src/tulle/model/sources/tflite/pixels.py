"""Owns which operators turn pixels into what a `.tflite` model takes, and what it gives into scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.errors import UnsupportedModel
from tulle.model.signature import PictureInput
from tulle.model.sources.preprocessing import LUMA, Preprocessing
from tulle.model.sources.tflite.graft import Graft, cast, with_graft
from tulle.model.sources.tflite.graph import Operation, Quantization, TensorType

if TYPE_CHECKING:
    from tulle.model.sources.softmax import Ending
    from tulle.model.sources.tflite.graph import Graph, Tensor

__all__ = ["fold", "is_straight", "picture_input", "score_count", "straight"]

_LOWEST = {TensorType.UINT8: 0, TensorType.INT8: -128}


def picture_input(tensor: Tensor) -> PictureInput:
    """Find the size and the layout of the pictures that a model takes."""
    if tensor.type not in (TensorType.FLOAT32, TensorType.UINT8, TensorType.INT8):
        raise UnsupportedModel(
            f"the model takes {tensor}, not a picture", hint="export it with float or 8-bit input"
        )
    match tensor.shape:
        case (1 | -1, height, width, 1 | 3 as channels) if height > 0 and width > 0:
            return PictureInput(height=height, width=width, channels=channels, channels_first=False)
        case (1 | -1, 1 | 3 as channels, height, width) if height > 0 and width > 0:
            return PictureInput(height=height, width=width, channels=channels, channels_first=True)
        case (1 | -1, height, width) if height > 3 and width > 3:
            return PictureInput(height=height, width=width, channels=1, channels_first=False)
        case (_, -1, _, 1 | 3) | (_, _, -1, 1 | 3) | (_, 1 | 3, -1, _) | (_, 1 | 3, _, -1):
            raise UnsupportedModel(
                f"the model takes pictures of any size: its input is {tensor}",
                hint="export it with the size that it was trained on",
            )
        case (batch, _, _, 1 | 3) if batch > 1:
            raise UnsupportedModel(
                f"the model takes {batch} pictures at once: its input is {tensor}",
                hint="export it for one picture (a batch of 1)",
            )
    raise UnsupportedModel(
        f"the model takes {tensor}, not a picture",
        hint="pictures are [1, height, width, channels] or [1, channels, height, width], "
        "with three channels or one, or [1, height, width]",
    )


def score_count(tensor: Tensor) -> int:
    """Find how many scores a model gives."""
    *ones, count = tensor.shape or (0,)
    if set(ones) <= {1, -1} and count > 0:
        return count
    raise UnsupportedModel(
        f"the model does not give one row of scores: its output is {tensor}",
        hint="only classifiers are served: float32[1, categories], or uint8 or int8",
    )


def straight(tensor: Tensor) -> Preprocessing:
    """Say what a quantised input makes of pixels that go in as they are: 0 to 255, or -128 to 127."""
    # Without a scale, numbers stand for themselves.
    quantization = tensor.quantization or Quantization(scale=1.0, zero_point=0)
    mean = float(quantization.zero_point - _LOWEST[tensor.type])
    return Preprocessing(name="quantised", mean=(mean,) * 3, std=(1 / quantization.scale,) * 3)


def fold(content: bytes, graph: Graph, preprocessing: Preprocessing, ending: Ending) -> bytes:
    """Give a model pixels to take (`uint8[1, height, width, 3]`) and scores to give (`float32[1, categories]`)."""
    graft = Graft(tensors=graph.tensors, input=graph.input.index, output=graph.output.index)
    _put_input(graft, graph.input, preprocessing)
    _put_output(graft, graph, ending)
    return with_graft(content, graft)


def _put_input(graft: Graft, old: Tensor, preprocessing: Preprocessing) -> None:
    picture = picture_input(old)
    shape = (1, picture.height, picture.width, 3)
    plain = picture.channels == 3 and not picture.channels_first
    as_they_are = plain and is_straight(old, preprocessing)
    if as_they_are and old.type is TensorType.UINT8:
        return
    if as_they_are and old.quantization:
        scale, zero_point = _scale(old)
        moved = Quantization(scale=scale, zero_point=zero_point + 128)
        graft.input = graft.tensor(TensorType.UINT8, shape, name="pixels", quantization=moved)
        graft.before(Operation.QUANTIZE, [graft.input], old.index)
        return
    graft.input = graft.tensor(TensorType.UINT8, shape, name="pixels")
    _Floats(graft, old, picture).make(preprocessing)


class _Floats:
    """The operators from pixels to what a float model takes, each with a tensor of its own but the last."""

    def __init__(self, graft: Graft, old: Tensor, picture: PictureInput) -> None:
        self._graft, self._old, self._picture = graft, old, picture
        self._steps: list[tuple[Operation, tuple[int, ...], TensorType, tuple[int, ...]]] = []
        self._shape: tuple[int, ...] = (1, picture.height, picture.width, 3)

    def make(self, preprocessing: Preprocessing) -> None:
        """Add them all, and let the last one write what the model takes."""
        if preprocessing.bgr and self._picture.channels == 3:
            turned = self._graft.integers([2, 1, 0])
            self._add(Operation.GATHER, turned, kind=TensorType.UINT8)
        self._add(Operation.CAST)
        if self._picture.channels == 1:
            self._luma()
        self._normalise(preprocessing)
        if self._picture.channels_first:
            _, height, width, channels = self._shape
            self._shape = (1, channels, height, width)
            self._add(Operation.TRANSPOSE, self._graft.integers([0, 3, 1, 2]))
        if len(self._old.shape) == 3:  # grey, without an axis for the channel
            self._shape = (1, *self._old.shape[1:])
            self._add(Operation.RESHAPE, self._graft.integers(self._shape))
        if self._old.type is not TensorType.FLOAT32:
            self._add(Operation.QUANTIZE if self._old.quantization else Operation.CAST)
        self._write()

    def _luma(self) -> None:
        # As Pillow's "L": whole numbers of 65536ths, which 32-bit floats hold exactly, rounded to the nearest.
        weights = self._graft.floats([part / 65536 for part in LUMA], (1, 1, 1, 3))
        self._shape = (*self._shape[:3], 1)
        self._add(Operation.CONV_2D, weights, self._graft.floats([0.5]))
        self._add(Operation.FLOOR)

    def _normalise(self, preprocessing: Preprocessing) -> None:
        mean, std = preprocessing.of(self._picture.channels)
        if any(value != 1 for value in std):
            self._add(Operation.MUL, self._graft.floats([1 / value for value in std]))
        if any(mean):
            offsets = [-value / by for value, by in zip(mean, std, strict=True)]
            self._add(Operation.ADD, self._graft.floats(offsets))

    def _add(
        self, operation: Operation, *constants: int, kind: TensorType = TensorType.FLOAT32
    ) -> None:
        self._steps.append((operation, constants, kind, self._shape))

    def _write(self) -> None:
        current = self._graft.input
        for operation, constants, kind, shape in self._steps[:-1]:
            made = self._graft.tensor(kind, shape)
            current = self._graft.before(operation, [current, *constants], made)
        operation, constants, _, _ = self._steps[-1]
        back = operation is Operation.CAST and self._old.type is not TensorType.FLOAT32
        options = cast(TensorType.FLOAT32, self._old.type) if back else None
        self._graft.before(operation, [current, *constants], self._old.index, options)


def _put_output(graft: Graft, graph: Graph, ending: Ending) -> None:
    old = graph.output
    rows = (1, score_count(old))

    def add(operation: Operation, *constants: int) -> None:
        made = graft.tensor(TensorType.FLOAT32, rows)
        graft.output = graft.behind(operation, [graft.output, *constants], made)

    if old.type is not TensorType.FLOAT32:
        made = graft.tensor(TensorType.FLOAT32, tuple(abs(size) for size in old.shape))
        operation = Operation.DEQUANTIZE if old.quantization else Operation.CAST
        options = None if old.quantization else cast(old.type, TensorType.FLOAT32)
        graft.output = graft.behind(operation, [graft.output], made, options)
    # LiteRT's compiled model leaves an output empty that is reshaped to a size known only as it runs.
    if len(old.shape) != 2 or graph.reshapes_last:
        add(Operation.RESHAPE, graft.integers(rows))
    if ending.softmax:
        add(Operation.SOFTMAX)
    if ending.sigmoid:
        add(Operation.LOGISTIC)
    if ending.both:
        score = graft.output
        others = graft.tensor(TensorType.FLOAT32, rows)
        graft.behind(Operation.SUB, [graft.floats([1.0], (1, 1)), score], others)
        graft.output = graft.tensor(TensorType.FLOAT32, (1, 2))
        graft.behind(Operation.CONCATENATION, [others, score], graft.output)


def is_straight(tensor: Tensor, preprocessing: Preprocessing) -> bool:
    """Say whether each pixel's quantised value is the pixel itself, but for rounding."""
    if tensor.type is TensorType.FLOAT32 or preprocessing.bgr:
        return False
    scale, zero_point = _scale(tensor)
    return all(
        abs((pixel - mean) / std / scale + zero_point - (pixel + _LOWEST[tensor.type])) <= 1.01
        for pixel in (0, 255)  # the difference is a straight line
        for mean, std in zip(preprocessing.mean, preprocessing.std, strict=True)
    )


def _scale(tensor: Tensor) -> tuple[float, int]:
    quantization = tensor.quantization or Quantization(scale=1.0, zero_point=0)
    return quantization.scale, quantization.zero_point
