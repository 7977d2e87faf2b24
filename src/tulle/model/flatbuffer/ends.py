"""Owns which parts of a graph 8 bits are too few for: what comes before its first layer, and its last layer."""

from __future__ import annotations

from typing import Any

from tulle.model.flatbuffer.tree import kind, values

__all__ = ["ends"]

_SMALL_LAYER = 0.02  # of all weights


def ends(tree: Any) -> list[str]:
    """Name what the operators give that come before the first layer with weights, and from the last such layer on.

    Preprocessing, the last scores and their softmax are little work, and 8 bits are coarse for them. A last layer
    that holds much of the model is not among them.
    """
    graph = tree.subgraphs[0]
    sizes = [_weights_size(tree, operator) for operator in graph.operators]
    weighted = [place for place, size in enumerate(sizes) if size]
    if not weighted:
        return []
    first, last = weighted[0], weighted[-1]
    behind = last if sizes[last] <= _SMALL_LAYER * sum(sizes) else last + 1
    left = [*graph.operators[:first], *graph.operators[behind:]]
    return [graph.tensors[operator.outputs[0]].name.decode() for operator in left]


def _weights_size(tree: Any, operator: Any) -> int:
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    kinds = schema.BuiltinOperator
    if kind(tree, operator) not in {kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D, kinds.FULLY_CONNECTED}:
        return 0
    weights = values(tree, tree.subgraphs[0].tensors[operator.inputs[1]], "u1")
    return 0 if weights is None else len(weights)
