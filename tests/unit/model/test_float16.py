from __future__ import annotations

from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tulle.model.flatbuffer.reading import root
from tulle.model.float16 import store_as_float16

FLOAT = Path(__file__).parents[2] / "data/models/float.tflite"


def test_halves_the_weights_and_says_so_in_the_graph() -> None:
    model = FLOAT.read_bytes()
    before = schema.ModelT.InitFromPackedBuf(model, 0)
    after = schema.ModelT.InitFromPackedBuf(store_as_float16(model), 0)
    graph = after.subgraphs[0]
    first = graph.operators[0]
    assert after.operatorCodes[first.opcodeIndex].builtinCode == schema.BuiltinOperator.DEQUANTIZE
    stored = graph.tensors[first.inputs[0]]
    assert stored.type == schema.TensorType.FLOAT16
    halved = np.frombuffer(after.buffers[stored.buffer].data.tobytes(), "<f2")
    weights = before.subgraphs[0].tensors[first.outputs[0]]
    whole = np.frombuffer(before.buffers[weights.buffer].data.tobytes(), "<f4")
    assert np.array_equal(halved, whole.astype("<f2"))
    assert len(graph.operators) == len(before.subgraphs[0].operators) + 1


def test_every_buffer_lies_where_the_runtime_wants_it() -> None:
    buffers = root(store_as_float16(FLOAT.read_bytes()), b"TFL3").tables(4)
    places = [buffer.extent(0) for buffer in buffers]
    assert any(place.stop > place.start for place in places)
    assert all(place.start % 16 == 0 for place in places if place.stop > place.start)


def test_weights_too_large_for_16_bits_stay() -> None:
    tree = schema.ModelT.InitFromPackedBuf(FLOAT.read_bytes(), 0)
    graph = tree.subgraphs[0]
    dense = next(operator for operator in graph.operators if len(operator.inputs) == 3)
    weights = tree.buffers[graph.tensors[dense.inputs[1]].buffer]
    weights.data = (np.frombuffer(weights.data.tobytes(), "<f4") * np.float32(1e9)).view("u1")
    builder = flatbuffers.Builder()
    builder.Finish(tree.Pack(builder), b"TFL3")
    after = schema.ModelT.InitFromPackedBuf(store_as_float16(bytes(builder.Output())), 0)
    assert len(after.subgraphs[0].operators) == len(graph.operators)
