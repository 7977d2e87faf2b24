"""Owns what runs other people's `.tflite` files: a child, so that a broken one breaks nothing else.

Run as `python -m tulle.model.sources.tflite.worker`; `tulle.model.sources.child` talks to it. The
files run in TF-Lite's own interpreter, fed by the arithmetic of their preprocessing in numpy.
"""

from __future__ import annotations

import math
import re
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tulle.errors import NotAModel, TulleError, UnreadablePicture, UnsupportedModel
from tulle.model.flatbuffer.tree import read_tree, write_tree
from tulle.model.labels import check_source_count
from tulle.model.metadata import without_files
from tulle.model.recipe import Recipe
from tulle.model.serving import Fault, read_pixels
from tulle.model.signature import Fit, Interpolation, Resize
from tulle.model.sources.preprocessing import Preprocessing, find_preprocessing
from tulle.model.sources.softmax import Ending, Softmax, decide_ending, decide_softmax
from tulle.model.sources.tflite.graph import Operation, TensorType, read_graph
from tulle.model.sources.tflite.pixels import fold, is_straight, picture_input, score_count
from tulle.model.sources.tflite.quantisation import quantise, require_quantizer
from tulle.model.sources.worker import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tulle.model.signature import PictureInput
    from tulle.model.sources.tflite.graph import Graph, Tensor

__all__ = ["TfliteWorker", "main"]

_TRIAL_PICTURES = 4
_LONGEST_S = 300
# How far a score may differ between pictures in a range far below a model's own, and how far it must in its own.
_ALIKE, _APART = 0.05, 0.5
_ACTIVATIONS = {Operation.SOFTMAX: "softmax", Operation.LOGISTIC: "sigmoid"}
_MISSING = re.compile(r"Didn't find op for builtin opcode '(\w+)' version '(\d+)'")
_UNRESOLVED = re.compile(r"unresolved custom op: ?(\S+)")


def main() -> None:
    """Answer requests until stdin ends."""
    serve(TfliteWorker)


class TfliteWorker:
    """TF-Lite's interpreter, one model, and what was decided about it."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        import numpy as np  # noqa: PLC0415 (the child alone loads it)
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415
        from PIL import Image  # noqa: PLC0415

        self._tell, self._np, self._image, self._load = tell, np, Image, Interpreter
        self._interpreter: Any = None
        self._graph: Graph
        self._preprocessing = Preprocessing()
        self._ending = Ending()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for."""
        if request["do"] == "look":
            return {"takes_pixels": self._takes_pixels(request)}
        if request["do"] == "convert":
            return self._convert(request)
        self._tell("step", "Run the original on the same pictures")
        return {"scores": [self._score(pixels).tolist() for pixels in self._pixels(request)]}

    def _takes_pixels(self, request: dict[str, Any]) -> bool:
        """Say whether a model tells pictures apart from 0 to 255 only, and no smaller range.

        A converter merges a `Rescaling` layer into the convolution behind it, where nothing shows it any more.
        """
        content = Path(request["source"]).read_bytes()
        self._graph = read_graph(content)
        picture = picture_input(self._graph.input)
        self._interpreter = self._open(content)
        pictures = [self._read(path, picture, Resize()) for path in request["pictures"]]
        small = all(
            self._spread(pictures, name, until=_ALIKE) <= _ALIKE for name in ("-1..1", "0..1")
        )
        return small and self._spread(pictures, "none", until=_APART) > _APART

    def _read(self, path: str, size: PictureInput, resize: Resize) -> Any:
        try:
            pixels = read_pixels(
                Path(path).read_bytes(), (size.width, size.height), resize, exif=False
            )
        except Fault as exc:
            raise UnreadablePicture(
                f"{path} cannot be read: {exc}", hint="take it out of the folder"
            ) from exc
        return self._np.frombuffer(pixels, "uint8").reshape(size.height, size.width, 3)

    def _spread(self, pictures: list[Any], range_: str, *, until: float) -> float:
        """Give by how much a score differs at most between pictures, as far as one look after the other must go."""
        np = self._np
        self._preprocessing, seen, spread = find_preprocessing(range_), [], 0.0
        for pixels in pictures:
            seen.append(self._as_probabilities(self._score(pixels)))
            spread = float(np.ptp(seen, axis=0).max())
            if spread > until:
                break
        return spread

    def _as_probabilities(self, scores: Any) -> Any:
        if scores.min() >= 0 and scores.max() <= 1:
            return scores
        return 1 / (1 + self._np.exp(-scores)) if len(scores) == 1 else _softmax(self._np, scores)

    def _convert(self, request: dict[str, Any]) -> dict[str, Any]:
        source, recipe = Path(request["source"]), Recipe(request["recipe"])
        if recipe.is_in_8_bits:
            require_quantizer()
        self._tell("step", f"Load {source.name}")
        content = source.read_bytes()
        self._graph = graph = read_graph(content)
        picture, outputs = picture_input(graph.input), score_count(graph.output)
        check_source_count(tuple(request["labels"]), outputs)
        self._interpreter = self._open(content)
        self._preprocessing = Preprocessing(**request["preprocessing"])
        self._ending = Ending()
        trial = [self._score(pixels).tolist() for pixels in self._trial_pixels()]
        if not all(math.isfinite(score) for row in trial for score in row):
            raise UnsupportedModel(
                "the model's outputs are not numbers (NaN or infinite)",
                hint="its training went astray: look at its loss, and train it again",
            )
        softmax = self._decide(request, trial)
        self._tell("step", "Fold the preprocessing in")
        bare = write_tree(read_tree(content)) if graph.has_weights_behind else content
        folded = fold(without_files(bare), graph, self._preprocessing, self._ending)
        if recipe.is_in_8_bits:
            folded = self._in_8_bits(folded, recipe, request)
        Path(request["output"]).write_bytes(folded)
        return {
            "width": picture.width,
            "height": picture.height,
            "rounds": self._rounds(),
            "softmax": {"added": softmax.added, "reason": softmax.reason},
        }

    def _in_8_bits(self, model: bytes, recipe: Recipe, request: dict[str, Any]) -> bytes:
        self._tell("step", f"Make {recipe} of it")
        paths = request["pictures"] if recipe is Recipe.INT8 else []
        size = picture_input(self._graph.input)
        resize = Resize(
            interpolation=Interpolation(request["interpolation"]), fit=Fit(request["fit"])
        )
        return quantise(model, recipe, [self._read(path, size, resize)[None] for path in paths])

    def _rounds(self) -> bool:
        """Say whether something is rounded to 8 bits on its way: then halves may go either way."""
        graph = self._graph
        return graph.few_bits and not is_straight(graph.input, self._preprocessing)

    def _decide(self, request: dict[str, Any], trial: list[list[float]]) -> Softmax:
        last = self._graph.last
        activation = _ACTIVATIONS.get(Operation(last)) if last in list(Operation) else None
        layer = "output" if last is None or last not in list(Operation) else Operation(last).name
        softmax = decide_softmax(
            request["softmax"], layer=layer, activation=activation, outputs=trial
        )
        self._ending = decide_ending(
            softmax, labels=len(request["labels"]), activation=activation, outputs=trial
        )
        self._tell("note", f"softmax {'' if softmax.added else 'not '}added: {softmax.reason}")
        return softmax

    def _open(self, content: bytes) -> Any:
        try:
            with _at_most(_LONGEST_S):
                interpreter = self._load(model_content=content)
                interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as exc:
            raise _refusal(str(exc)) from exc
        return interpreter

    def _trial_pixels(self) -> list[Any]:
        """Make pictures out of nothing: grey, a slope, and noise."""
        np, picture = self._np, picture_input(self._graph.input)
        shape = (picture.height, picture.width, 3)
        noise = np.random.default_rng(0).integers(0, 256, shape, "uint8")
        slope = np.broadcast_to(np.linspace(0, 255, shape[1]).astype("uint8")[None, :, None], shape)
        return [np.full(shape, 128, "uint8"), slope, np.flip(slope, 1), noise][:_TRIAL_PICTURES]

    def _pixels(self, request: dict[str, Any]) -> list[Any]:
        picture = picture_input(self._graph.input)
        stored = self._np.frombuffer(Path(request["pixels"]).read_bytes(), "uint8")
        return list(stored.reshape(-1, picture.height, picture.width, 3))

    def _score(self, pixels: Any) -> Any:
        """Answer for one picture as the original does."""
        graph, interpreter = self._graph, self._interpreter
        interpreter.set_tensor(graph.input.index, self._prepare(pixels))
        try:
            with _at_most(_LONGEST_S):
                interpreter.invoke()
        except (ValueError, RuntimeError) as exc:
            raise _refusal(str(exc)) from exc
        numbers = interpreter.get_tensor(graph.output.index).reshape(-1)
        if graph.output.type is not TensorType.FLOAT32:
            numbers = self._stand_for(numbers)
        return self._end(numbers.astype("float64"))

    def _prepare(self, pixels: Any) -> Any:
        np, graph, how = self._np, self._graph, self._preprocessing
        picture = picture_input(graph.input)
        if picture.channels == 1:
            pixels = np.asarray(self._image.fromarray(pixels).convert("L"))[..., None]
        elif how.bgr:
            pixels = pixels[..., ::-1]
        mean, std = how.of(picture.channels)
        values = (pixels.astype("float64") - mean) / std
        if picture.channels_first:
            values = values.transpose(2, 0, 1)
        shape = [abs(size) for size in graph.input.shape]
        return self._quantise(values.reshape(shape), graph.input)

    def _quantise(self, values: Any, tensor: Tensor) -> Any:
        if tensor.type is TensorType.FLOAT32:
            return values.astype("float32")
        limits = self._np.iinfo(tensor.type.name.lower())
        if tensor.quantization is None:
            return values.astype(limits.dtype)
        numbers = self._np.floor(
            values / tensor.quantization.scale + tensor.quantization.zero_point + 0.5
        )
        return numbers.clip(limits.min, limits.max).astype(limits.dtype)

    def _stand_for(self, numbers: Any) -> Any:
        quantization = self._graph.output.quantization
        if quantization is None:
            return numbers
        return (numbers.astype("float64") - quantization.zero_point) * quantization.scale

    def _end(self, scores: Any) -> Any:
        np = self._np
        if self._ending.softmax:
            scores = _softmax(np, scores)
        if self._ending.sigmoid:
            scores = 1 / (1 + np.exp(-scores))
        if self._ending.both:
            scores = np.concatenate([1 - scores, scores])
        return scores


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """End this process where work takes longer: what a damaged model starts may never come to an end."""
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _softmax(np: Any, scores: Any) -> Any:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _refusal(text: str) -> TulleError:
    missing = _MISSING.search(text)
    if missing:
        return UnsupportedModel(
            f"the model computes with {missing[1]} in version {missing[2]}, which LiteRT has not",
            hint="install a newer ai-edge-litert, or export the model again for an older TF-Lite",
        )
    custom = _UNRESOLVED.search(text)
    if custom:
        return UnsupportedModel(
            f"the model computes with what LiteRT has not: {custom[1]}",
            hint="export the model again without it",
        )
    return NotAModel(
        "TF-Lite cannot run the model",
        hint="copy or download it again; if it is whole, TF-Lite's own words above say what it lacks",
        detail=text.strip()[:1000],
    )


if __name__ == "__main__":
    main()
