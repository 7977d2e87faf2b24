from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tulle.model.flatbuffer.reading import root
from tulle.model.flatbuffer.tree import read_tree, values, write_tree
from tulle.model.float16 import store_as_float16

FLOAT = Path(__file__).parents[2] / "data/models/float.tflite"
DENSE = (3, 18)  # a layer's outputs and inputs


def test_halves_the_weights_and_says_so_in_the_graph() -> None:
    model = FLOAT.read_bytes()
    before = read_tree(model)
    after = read_tree(store_as_float16(model))
    graph = after.subgraphs[0]
    first = graph.operators[0]
    assert after.operatorCodes[first.opcodeIndex].builtinCode == schema.BuiltinOperator.DEQUANTIZE
    stored = graph.tensors[first.inputs[0]]
    assert stored.type == schema.TensorType.FLOAT16
    halved = np.frombuffer(after.buffers[stored.buffer].data.tobytes(), "<f2")
    weights = before.subgraphs[0].tensors[first.outputs[0]]
    whole = np.frombuffer(before.buffers[weights.buffer].data.tobytes(), "<f4")
    assert np.allclose(halved, whole, rtol=2**-10, atol=1e-7)
    assert len(graph.operators) == len(before.subgraphs[0].operators) + 1


def test_the_roundings_of_an_outputs_weights_even_out() -> None:
    step = 2.0**-10  # between the 16-bit floats from 1 to 2
    weights = np.full(DENSE, 1 + step / 4, "<f4")
    (rounded,) = _halve_dense(weights)
    assert set(rounded.flat) == {1, 1 + step}
    assert np.abs((rounded - weights).sum(axis=1)).max() <= step / 2


def test_weights_that_are_16_bit_floats_already_stay_as_they_are() -> None:
    weights = np.random.default_rng(0).normal(size=DENSE).astype("<f2").astype("<f4")
    (stored,) = _halve_dense(weights)
    assert np.array_equal(stored, weights)


def test_the_weights_of_the_shortest_sums_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    short, long = rng.normal(size=(3, 18)).astype("<f4"), rng.normal(size=(200, 100)).astype("<f4")
    kept, halved = _halve_dense(short, long)
    assert np.array_equal(kept, short)
    assert not np.array_equal(halved, long)


def test_every_buffer_lies_where_the_runtime_wants_it() -> None:
    buffers = root(store_as_float16(FLOAT.read_bytes()), b"TFL3").tables(4)
    places = [buffer.extent(0) for buffer in buffers]
    assert any(place.stop > place.start for place in places)
    assert all(place.start % 16 == 0 for place in places if place.stop > place.start)


def test_weights_too_large_for_16_bits_stay() -> None:
    weights = np.full(DENSE, 1e9, "<f4")
    (stored,) = _halve_dense(weights)
    assert np.array_equal(stored, weights)


def _halve_dense(*weights: Any) -> list[Any]:
    """Give a model fully connected layers with these weights, and read them in what is made of it."""
    tree = read_tree(FLOAT.read_bytes())
    graph = tree.subgraphs[0]
    dense = next(each for each in graph.operators if len(each.inputs) == 3)
    graph.operators.remove(dense)
    places = range(len(graph.tensors), len(graph.tensors) + len(weights))
    for place, content in zip(places, weights, strict=True):
        layer, tensor, buffer = deepcopy(dense), schema.TensorT(), schema.BufferT()
        tensor.name, tensor.shape, tensor.buffer = b"weights", content.shape, len(tree.buffers)
        buffer.data = content.reshape(-1).view("u1")
        layer.inputs[1] = place
        tree.buffers.append(buffer)
        graph.tensors.append(tensor)
        graph.operators.append(layer)
    after = read_tree(store_as_float16(write_tree(tree)))
    return [
        _weights(after, place).reshape(content.shape)
        for place, content in zip(places, weights, strict=True)
    ]


def _weights(tree: Any, place: int) -> Any:
    graph = tree.subgraphs[0]
    whole = values(tree, graph.tensors[place], "<f4")
    if whole is not None:
        return whole
    dequantize = next(each for each in graph.operators if each.outputs[0] == place)
    return values(tree, graph.tensors[dequantize.inputs[0]], "<f2").astype("<f4")
