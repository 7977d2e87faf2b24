"""Owns what a `.tflite` file that others made says of itself: labels, and what its input was trained with."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import NotAModel
from tulle.model.labels import parse_labels
from tulle.model.metadata import associated_files, labels_file, normalization, yolo_names
from tulle.model.sources.preprocessing import find_preprocessing
from tulle.model.sources.tflite.graph import read_graph
from tulle.model.sources.tflite.guess import Guess, guess_preprocessing
from tulle.model.sources.tflite.pixels import picture_input, score_count

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.sources.tflite.graph import Graph

__all__ = ["TfliteSource", "read_tflite"]


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
    graph = read_graph(content, path.name)
    picture_input(graph.input)
    score_count(graph.output)
    try:
        files = associated_files(content)
        name = labels_file(content)
        stated = normalization(content)
    except (struct.error, ValueError, IndexError) as exc:
        raise NotAModel(
            f"the metadata in {path} cannot be read: {exc}", hint="copy or download it again"
        ) from exc
    if names := yolo_names(files):
        guess = Guess(
            preprocessing=find_preprocessing("0..1"),
            reason="Ultralytics wrote the file, whose models take 0..1",
        )
        return TfliteSource(graph=graph, labels=names, guess=guess)
    return TfliteSource(
        graph=graph,
        labels=parse_labels(files[name], name) if name is not None and name in files else (),
        guess=guess_preprocessing(graph, stated),
    )
