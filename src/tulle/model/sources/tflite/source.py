"""Owns what a `.tflite` file that others made says of itself: labels, and what its input was trained with."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.errors import NotAModel
from tulle.model.labels import parse_labels
from tulle.model.metadata import associated_files, labels_file, normalization
from tulle.model.sources.preprocessing import (
    Preprocessing,
    choose_preprocessing,
    find_preprocessing,
)
from tulle.model.sources.tflite.graph import Operation, TensorType, read_graph
from tulle.model.sources.tflite.pixels import straight

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.sources.tflite.graph import Graph, Tensor

__all__ = ["Guess", "TfliteSource", "guess_preprocessing", "read_tflite"]

_LEAST_OF_PIXELS = (
    20  # a number this large, taken from an input or dividing it, is meant for 0 to 255
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TfliteSource:
    """What a file says of itself.

    Attributes:
        graph: what it takes, gives and computes.
        labels: from its metadata; empty where it has none.
        guess: what its input was trained with.
    """

    graph: Graph
    labels: tuple[str, ...]
    guess: Guess


def read_tflite(path: Path) -> TfliteSource:
    """Read a file, and refuse what is no classifier of pictures."""
    content = path.read_bytes()
    graph = read_graph(content)
    try:
        files = associated_files(content)
        name = labels_file(content)
        stated = normalization(content)
    except (struct.error, ValueError, IndexError) as exc:
        raise NotAModel(
            f"the metadata in {path} cannot be read: {exc}", hint="copy or download it again"
        ) from exc
    return TfliteSource(
        graph=graph,
        labels=parse_labels(files[name], name) if name is not None and name in files else (),
        guess=guess_preprocessing(graph, stated),
    )


def guess_preprocessing(
    graph: Graph, stated: tuple[tuple[float, ...], tuple[float, ...]] | None
) -> Guess:
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
    return Guess(
        preprocessing=find_preprocessing("-1..1"),
        reason="the file does not say, and -1..1 is what most of its kind take",
        certain=False,
    )


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
