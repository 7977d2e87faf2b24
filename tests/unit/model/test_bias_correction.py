from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tulle.model.flatbuffer.tree import read_tree, values, write_tree
from tulle.model.sources.keras.bias_correction import correct_biases

INPUTS = [np.array([[1, 2]], np.float32), np.array([[3, 4]], np.float32)]  # on average 2 and 3


def dense_layer(weights: Any, bias: Any, *scales: float) -> bytes:
    """Make a model of one fully connected layer; with scales of its tensors, in 8 bits."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    ends = [("x", (1, 2), None), ("w", weights.shape, weights), ("b", bias.shape, bias)]
    model.version, model.buffers, graph.tensors = 3, [schema.BufferT()], []
    for place, (name, shape, content) in enumerate([*ends, ("y", (1, 1), None)]):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, list(shape), place + 1
        small = schema.TensorType.INT32 if name == "b" else schema.TensorType.INT8
        tensor.type = small if scales else schema.TensorType.FLOAT32
        if scales:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [scales[place]]
            tensor.quantization.zeroPoint = [0]
        buffer = schema.BufferT()
        buffer.data = None if content is None else content.reshape(-1).view("u1")
        model.buffers.append(buffer)
        graph.tensors.append(tensor)
    code, layer = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.FULLY_CONNECTED
    layer.inputs, layer.outputs = [0, 1, 2], [3]
    layer.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
    layer.builtinOptions = schema.FullyConnectedOptionsT()
    graph.inputs, graph.outputs, graph.operators = [0], [3], [layer]
    model.operatorCodes, model.subgraphs = [code], [graph]
    return write_tree(model)


def test_a_bias_takes_back_what_rounding_moved() -> None:
    original = dense_layer(np.array([[0.3, -0.8]], np.float32), np.zeros(1, np.float32))
    # 0.5 and -1.0: the output moves by 0.2 x 2 - 0.2 x 3 = -0.2, which is -4 steps of 0.1 x 0.5.
    rounded = np.array([[1, -2]], np.int8), np.array([7], np.int32)
    quantised = dense_layer(*rounded, 0.1, 0.5, 0.05, 0.1)
    tree = read_tree(correct_biases(original, quantised, INPUTS))
    assert values(tree, tree.subgraphs[0].tensors[2], "<i4").tolist() == [11]
    assert values(tree, tree.subgraphs[0].tensors[1], "i1").tolist() == [1, -2]


def test_a_layer_that_stayed_in_floats_stays_as_it_is() -> None:
    model = dense_layer(np.array([[0.3, -0.8]], np.float32), np.ones(1, np.float32))
    tree = read_tree(correct_biases(model, model, INPUTS))
    assert values(tree, tree.subgraphs[0].tensors[2], "<f4").tolist() == [1]
