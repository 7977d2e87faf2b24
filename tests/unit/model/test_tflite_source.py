from __future__ import annotations

from dataclasses import replace

import pytest

from tulle.model.sources.tflite.graph import Graph, Operation, Quantization, Tensor, TensorType
from tulle.model.sources.tflite.source import guess_preprocessing


def tensor(
    kind: TensorType = TensorType.FLOAT32, scale: float = 0.0, zero_point: int = 0
) -> Tensor:
    quantization = Quantization(scale=scale, zero_point=zero_point) if scale else None
    return Tensor(index=0, type=kind, shape=(1, 20, 30, 3), quantization=quantization)


GRAPH = Graph(
    tensors=2,
    few_bits=False,
    input=tensor(),
    output=tensor(),
    first=Operation.CONV_2D,
    first_constants=(0.1, 0.2),
    first_output=None,
    reshapes_last=False,
    last=Operation.SOFTMAX,
)


@pytest.mark.parametrize(
    ("operation", "constants", "name"),
    [
        (Operation.MUL, (1 / 255,), "none"),
        (Operation.MUL, (1 / 127.5,), "none"),
        (Operation.MUL, (2.0,), "0..1"),
        (Operation.DIV, (255.0,), "none"),
        (Operation.SUB, (123.68, 116.78, 103.94), "none"),
        (Operation.SUB, (0.485, 0.456, 0.406), "0..1"),
        (Operation.ADD, (-127.5,), "none"),
    ],
)
def test_arithmetic_inside_tells_what_goes_in(
    operation: Operation, constants: tuple[float, ...], name: str
) -> None:
    graph = replace(GRAPH, first=operation, first_constants=constants)
    guess = guess_preprocessing(graph, None)
    assert guess.preprocessing.name == name
    assert guess.certain


@pytest.mark.parametrize(
    ("quantised", "name"),
    [
        (tensor(TensorType.INT8, 1 / 127.5, -1), "-1..1"),
        (tensor(TensorType.UINT8, 1 / 128, 128), "-1..1"),
        (tensor(TensorType.INT8, 1 / 255, -128), "0..1"),
        (tensor(TensorType.INT8, 1.0, -128), "none"),
        (tensor(TensorType.INT8, 4.758 / 255, -14), "-2.13..2.63"),
    ],
)
def test_a_quantised_range_tells_what_goes_in(quantised: Tensor, name: str) -> None:
    graph = replace(GRAPH, first=Operation.QUANTIZE, first_output=quantised)
    assert guess_preprocessing(graph, None).preprocessing.name == name


def test_metadata_goes_before_what_can_be_seen() -> None:
    guess = guess_preprocessing(GRAPH, ((127.5,), (127.5,)))
    assert guess.preprocessing.mean == guess.preprocessing.std == (127.5, 127.5, 127.5)
    assert guess.certain
    torch = guess_preprocessing(GRAPH, ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    assert torch.preprocessing.mean[0] == pytest.approx(0.485 * 255)


def test_without_a_sign_it_is_a_guess() -> None:
    guess = guess_preprocessing(GRAPH, None)
    assert guess.preprocessing.name == "-1..1"
    assert not guess.certain
