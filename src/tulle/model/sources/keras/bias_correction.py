"""Owns the correction of what storing weights in 8 bits shifts: each layer's mean output.

Rounding changes a layer's weights, and so the mean of each of its outputs; a bias takes that back. The mean of
what goes into each layer comes from pictures. Source: Nagel et al. 2019, Data-Free Quantization Through Weight
Equalization and Bias Correction, https://arxiv.org/abs/1906.04721, section 4.2.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tulle.model.flatbuffer.tree import kind, read_tree, values, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["correct_biases"]


def correct_biases(original: bytes, quantised: bytes, inputs: Iterable[Any]) -> bytes:
    """Correct the biases of a model in 8 bits.

    Args:
        original: the same model in floats.
        quantised: what is corrected.
        inputs: arrays that go into the original, one after the other.
    """
    before, after = read_tree(original), read_tree(quantised)
    pairs = list(zip(_layers(before), _layers(after), strict=False))
    means = _mean_inputs(original, {int(layer.inputs[0]) for layer, _ in pairs}, inputs)
    tensors = after.subgraphs[0].tensors
    uses = Counter(tensors[layer.inputs[2]].buffer for _, layer in pairs if _has_bias(layer))
    for layer, rounded in pairs:
        if not _has_bias(rounded) or uses[tensors[rounded.inputs[2]].buffer] > 1:
            continue
        shift = _shift(before, after, layer, rounded, means[int(layer.inputs[0])])
        if shift is not None:
            _subtract(after, rounded, shift)
    return write_tree(after)


def _layers(tree: Any) -> list[Any]:
    """List the operators that have weights, in the order in which both models have them."""
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 (loads numpy)

    kinds = schema.BuiltinOperator
    weighted = {kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D, kinds.FULLY_CONNECTED}
    return [each for each in tree.subgraphs[0].operators if kind(tree, each) in weighted]


def _has_bias(layer: Any) -> bool:
    return len(layer.inputs) > 2 and layer.inputs[2] >= 0


def _mean_inputs(model: bytes, tensors: set[int], inputs: Iterable[Any]) -> dict[int, Any]:
    """Run a model, and average what goes into each layer, channel by channel."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType  # noqa: PLC0415

    interpreter = Interpreter(
        model_content=model,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    sums: dict[int, Any] = dict.fromkeys(tensors, 0.0)
    count = 0
    for picture in inputs:
        interpreter.set_tensor(entry, picture)
        interpreter.invoke()
        count += 1
        for index in tensors:
            tensor = interpreter.get_tensor(index)
            sums[index] = sums[index] + tensor.reshape(-1, tensor.shape[-1]).mean(axis=0)
    return {index: total / count for index, total in sums.items()}


def _shift(before: Any, after: Any, layer: Any, rounded: Any, mean: Any) -> Any:
    """Compute by how much rounding moved the mean of each output; None where the layers are not alike."""
    weights = before.subgraphs[0].tensors[layer.inputs[1]]
    stored = after.subgraphs[0].tensors[rounded.inputs[1]]
    whole, numbers = values(before, weights, "<f4"), values(after, stored, "i1")
    scales = stored.quantization.scale if stored.quantization else None
    if scales is None or whole is None or numbers is None or len(whole) != len(numbers):
        return None
    shape = [1] * len(stored.shape)
    axis = stored.quantization.quantizedDimension
    shape[axis] = -1
    moved = numbers.reshape(stored.shape) * scales.reshape(shape) - whole.reshape(stored.shape)
    if moved.shape[-1] != len(mean):  # grouped convolutions, and outputs of several a channel
        return None
    rest = tuple(each for each in range(moved.ndim) if each != axis)
    return (moved * mean).sum(axis=rest)


def _subtract(tree: Any, layer: Any, shift: Any) -> None:
    tensors = tree.subgraphs[0].tensors
    bias = tensors[layer.inputs[2]]
    entry, weights = tensors[layer.inputs[0]].quantization, tensors[layer.inputs[1]].quantization
    numbers = values(tree, bias, "<i4")
    if numbers is None or entry is None or entry.scale is None:
        return
    steps = (shift / (entry.scale[0] * weights.scale)).round().astype("<i4")
    tree.buffers[bias.buffer].data = (numbers - steps).view("u1")
