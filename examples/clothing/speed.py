"""Time the model beside the course's Xception on one core, in turns, both in LiteRT."""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compare"]

_MODEL = Path(__file__).parents[2] / "src" / "tulle" / "model" / "builtin" / "clothing.tflite"


def compare(model: bytes, *, runs: int) -> tuple[tuple[float, float], ...]:
    """Give the milliseconds of Xception (299 pixels, random weights) and of a model, run by run."""
    xception = keras.applications.Xception(weights=None, classes=10)
    networks = [
        _network(content)
        for content in (tf.lite.TFLiteConverter.from_keras_model(xception).convert(), model)
    ]
    return tuple((_time_ms(networks[0]), _time_ms(networks[1])) for _ in range(runs))


def _network(content: bytes) -> Callable[[], None]:
    interpreter = tf.lite.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    (given,) = interpreter.get_input_details()
    noise = np.random.default_rng(1).integers(0, 256, given["shape"])
    interpreter.set_tensor(given["index"], noise.astype(given["dtype"]))
    interpreter.invoke()
    run: Callable[[], None] = interpreter.invoke
    return run


def _time_ms(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Print the medians, and the median of the ratios run by run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=_MODEL, help="default: tulle's own")
    parser.add_argument("--runs", type=int, default=25, help="default: %(default)s")
    arguments = parser.parse_args()
    times = compare(arguments.model.read_bytes(), runs=arguments.runs)
    xception, own = (statistics.median(side) for side in zip(*times, strict=True))
    ratio = statistics.median(one / other for one, other in times)
    print(f"Xception {xception:.1f} ms, {arguments.model.name} {own:.1f} ms: {ratio:.1f} times")


if __name__ == "__main__":
    main()
