"""Owns the storing of a TF-Lite model's large weights as 16-bit floats.

TensorFlow's converter can do this too, to every constant, each rounded to the nearest. Here two things are done to
change the scores less.

Weights of sums with few terms stay as they are, for little evens out over these: the kernels of depthwise
convolutions (9 or 25 terms), and of the rest those with the fewest, up to a fiftieth of all weights. The first
convolution of an EfficientNetB0, 864 of 4 million weights, made half of the change.

What the roundings of one output's weights sum to shifts that output, wherever its inputs have a common mean; so some
are rounded the other way, until they sum to about nothing. Source: Guo et al. 2022, SQuant,
https://arxiv.org/abs/2202.07471, which does so for integers.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

from tulle.model.flatbuffer.tree import kind, read_tree, values, write_tree

__all__ = ["store_as_float16"]

_FLOAT16_VERSION = 3  # of DEQUANTIZE, the first that takes 16-bit floats
_WHOLE = 0.02  # of the weights that are not a depthwise convolution's
_LARGEST = 65472  # of the 16-bit floats, but for one: both neighbours of a weight are numbers


def store_as_float16(model: bytes) -> bytes:
    """Halve the weights of a model's convolutions and fully connected layers.

    Before each goes a DEQUANTIZE, which runs once, when the model is opened.
    """
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    tree = read_tree(model)
    for graph in tree.subgraphs:
        _halve(schema, tree, graph)
    return write_tree(tree)


def _halve(schema: Any, tree: Any, graph: Any) -> None:
    weights = _weights(schema, tree, graph)
    whole = _short_sums(graph, weights)
    first = []
    for index in weights:
        tensor = graph.tensors[index]
        halved = _halved(tree, tensor, exactly=index in whole)
        if halved is not None:
            tree.buffers[tensor.buffer].data = halved
            graph.tensors.append(_stored(schema, tensor))
            tensor.buffer = 0
            first.append(_dequantize(schema, tree, len(graph.tensors) - 1, index))
    graph.operators[:0] = first


def _weights(schema: Any, tree: Any, graph: Any) -> list[int]:
    """List the tensors that may be halved, in the order in which they are used."""
    users = Counter(tensor.buffer for each in tree.subgraphs for tensor in each.tensors)
    kinds = schema.BuiltinOperator
    used = (
        int(operator.inputs[1])
        for operator in graph.operators
        if kind(tree, operator) in {kinds.CONV_2D, kinds.FULLY_CONNECTED}
    )
    return [
        index
        for index in dict.fromkeys(used)
        if graph.tensors[index].type == schema.TensorType.FLOAT32
        and users[graph.tensors[index].buffer] == 1
    ]


def _short_sums(graph: Any, weights: list[int]) -> set[int]:
    """Choose the weights whose sums have the fewest terms, up to a share of all."""
    shapes = {index: [int(size) for size in graph.tensors[index].shape] for index in weights}
    room = _WHOLE * sum(map(prod, shapes.values()))
    chosen = set()
    for index in sorted(weights, key=lambda index: prod(shapes[index][1:])):
        room -= prod(shapes[index])
        if room < 0:
            break
        chosen.add(index)
    return chosen


def _halved(tree: Any, tensor: Any, *, exactly: bool) -> Any:
    """Round a constant to 16-bit floats; None where there is none, a value is too large, or changes but may not."""
    import numpy as np  # noqa: PLC0415

    whole = values(tree, tensor, "<f4")
    if whole is None or np.abs(whole).max() > _LARGEST:
        return None
    by_output = whole.reshape(tensor.shape[0], -1)
    halved = np.concatenate([_rounded(weights) for weights in by_output])
    return None if exactly and (halved != whole).any() else halved.view("u1")


def _rounded(weights: Any) -> Any:
    """Round the weights of one output, so that their errors sum to about nothing."""
    import numpy as np  # noqa: PLC0415

    nearest = weights.astype("<f2")
    errors = nearest.astype("f8") - weights
    shift = errors.sum()
    candidates = np.flatnonzero(errors * shift > 0)
    others = np.nextafter(nearest[candidates], np.float16(-np.copysign(np.inf, shift)))
    steps = np.abs(others.astype("f8") - nearest[candidates])
    order = np.argsort(-np.abs(errors[candidates]) / steps)  # first what lies halfway between both
    shares = steps[order]
    count = np.searchsorted(np.cumsum(shares) - shares / 2, abs(shift))
    nearest[candidates[order[:count]]] = others[order[:count]]
    return nearest


def _stored(schema: Any, tensor: Any) -> Any:
    stored = schema.TensorT()
    stored.name = tensor.name + b"/float16"
    stored.shape, stored.hasRank, stored.buffer = tensor.shape, tensor.hasRank, tensor.buffer
    stored.type = schema.TensorType.FLOAT16
    return stored


def _dequantize(schema: Any, tree: Any, source: int, target: int) -> Any:
    kind = schema.BuiltinOperator.DEQUANTIZE
    codes = [(code.builtinCode, code.version) for code in tree.operatorCodes]
    if (kind, _FLOAT16_VERSION) not in codes:
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = kind
        code.version = _FLOAT16_VERSION
        tree.operatorCodes.append(code)
        codes.append((kind, _FLOAT16_VERSION))
    operator = schema.OperatorT()
    operator.opcodeIndex = codes.index((kind, _FLOAT16_VERSION))
    operator.inputs, operator.outputs = [source], [target]
    return operator
