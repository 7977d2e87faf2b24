"""Owns the guess what a `.tflite` file's input was trained with, from all that its graph shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.model.sources.preprocessing import (
    Preprocessing,
    choose_preprocessing,
    find_preprocessing,
)
from tulle.model.sources.tflite.graph import Operation, TensorType
from tulle.model.sources.tflite.pixels import straight

if TYPE_CHECKING:
    from tulle.model.sources.tflite.graph import Graph, Tensor

__all__ = ["Guess", "Normalization", "guess_preprocessing"]

Normalization = tuple[tuple[float, ...], tuple[float, ...]]

# A number this large, taken from an input or dividing it, is meant for 0 to 255.
_LEAST_OF_PIXELS = 20

# A Rescaling layer, which the converter may have merged into the convolution behind it: its name stays.
_RESCALING = re.compile(r"(?:^|[/;:]|serving_default_)rescaling(?:_\d+)?(?:_input)?(?:$|[/;:])")
_ONNX = re.compile(r"(?:^|[/;:])tf\.nn\.(?:convolution|depthwise_conv2d)")  # onnx2tf's names
_HUB = re.compile(r"(?:^|[/;:])keras_layer(?:_\d+)?/")

# Names of models and layers in `keras.applications`, of which the first that is found counts: some share layers.
_APPLICATIONS = {
    name: re.compile(rf"(?:^|[/;:])(?:{pattern})")
    for name, pattern in {
        "mobilenet_v3": r"mobilenet_?v3",
        "mobilenet_v2": r"mobilenetv2|block_\d+_depthwise|expanded_conv_depthwise",
        "mobilenet": r"mobilenetv1|mobilenet_\d|conv_dw_\d",
        "efficientnet_v2": r"efficientnetv2",
        "efficientnet": r"efficientnetb\d",
        "convnext": r"convnext",
        "xception": r"xception|block\d+_sepconv\d",
        "nasnet": r"nasnet|normal_conv_\d",
        "inception_resnet_v2": r"inception_resnet|block35_\d",
        "inception_v3": r"inception_?v3|mixed\d",
        "densenet": r"densenet|conv\d_block\d+_concat",
        "resnet_v2": r"resnet\d+v2|conv\d_block\d+_preact",
        "resnet": r"resnet\d|conv\d_block\d+_\d_|res\d[a-z]_branch",
        "vgg19": r"vgg19|block5_conv4",
        "vgg16": r"vgg16|block5_conv3",
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A preprocessing that nobody asked for, and what speaks for it.

    Attributes:
        preprocessing: the arithmetic.
        reason: how it was found.
        certain: whether the file itself says so.
    """

    preprocessing: Preprocessing
    reason: str
    certain: bool = True


def guess_preprocessing(graph: Graph, stated: Normalization | None) -> Guess:
    """Find what the input was trained with: what is written down goes before what can be seen."""
    if graph.input.type is not TensorType.FLOAT32:
        return Guess(
            preprocessing=straight(graph.input),
            reason=f"the input is {graph.input.type.name.lower()}: pixels go in as they are",
        )
    if stated is not None and stated[0] and stated[1]:
        scale = "0..1" if max(stated[1]) < 1 else None  # some write it for pixels from 0 to 1
        chosen = choose_preprocessing(scale, mean=stated[0], std=stated[1])
        return Guess(preprocessing=chosen, reason=f"the file's metadata says {chosen.name}")
    if graph.first == Operation.QUANTIZE and graph.first_output is not None:
        return _guess_by_range(graph.first_output)
    if seen := _seen_inside(graph):
        return Guess(
            preprocessing=find_preprocessing(seen),
            reason=f"the graph itself scales pixels, from {'0..255' if seen == 'none' else seen}",
        )
    names = [name.lower() for name in graph.names]
    if any(map(_RESCALING.search, names)):
        return Guess(
            preprocessing=find_preprocessing("none"),
            reason="a layer inside is named rescaling, which takes 0..255",
        )
    return _guess_by_kind(graph, names)


def _guess_by_range(quantised: Tensor) -> Guess:
    """See from where to where the inputs went that the model was quantised on."""
    pixels = straight(quantised)
    low, high = ((end - pixels.mean[0]) / pixels.std[0] for end in (0, 255))
    names = {"none": (0, 255), "0..1": (0, 1), "-1..1": (-1, 1)}
    for name, ends in names.items():
        room = 0.05 * (ends[1] - ends[0])
        if abs(low - ends[0]) <= room and abs(high - ends[1]) <= room:
            found = find_preprocessing(name)
            break
    else:
        found = replace(find_preprocessing(f"{low:.4f}..{high:.4f}"), name=f"{low:.2f}..{high:.2f}")
    return Guess(
        preprocessing=found, reason=f"the graph quantises its input from {low:.2f} to {high:.2f}"
    )


def _seen_inside(graph: Graph) -> str | None:
    """Tell from a graph that begins with arithmetic what it makes its numbers of."""
    if not graph.first_constants:
        return None
    largest = max(map(abs, graph.first_constants))
    match graph.first:
        case Operation.MUL:
            return "none" if largest <= 1 / _LEAST_OF_PIXELS else "0..1"
        case Operation.DIV | Operation.ADD | Operation.SUB:
            return "none" if largest >= _LEAST_OF_PIXELS else "0..1"
    return None


def _guess_by_kind(graph: Graph, names: list[str]) -> Guess:
    """Take what most models of a kind were trained with, by the names or the operations that give the kind away."""
    for application, pattern in _APPLICATIONS.items():
        if any(map(pattern.search, names)):
            return _uncertain(
                application, f"its layers are named as in keras.applications.{application}"
            )
    if any(map(_HUB.search, names)):
        return _uncertain("0..1", "it is made of a TensorFlow Hub layer, and they take 0..1")
    colour = graph.input.shape[-1:] == (3,)
    if graph.input.shape[1:2] == (3,):
        return _torch("its channels come first, as in PyTorch, whose models are trained with that")
    if colour and any(map(_ONNX.search, names)):
        return _torch("onnx2tf made it, mostly of PyTorch's models, which are trained with that")
    # One channel does not count: there the converter writes any convolution as a depthwise one.
    if colour and Operation.DEPTHWISE_CONV_2D in graph.operations:
        return _uncertain(
            "-1..1", "the file does not say, and most with depthwise convolutions take that"
        )
    return _uncertain("0..1", "the file does not say, and most networks of one's own take that")


def _torch(reason: str) -> Guess:
    imagenet = choose_preprocessing("0..1", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    return Guess(preprocessing=imagenet, reason=reason, certain=False)


def _uncertain(name: str, reason: str) -> Guess:
    return Guess(preprocessing=find_preprocessing(name), reason=reason, certain=False)
