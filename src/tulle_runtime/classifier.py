"""Owns `Classifier`: one model with its labels, from a picture's bytes to its category and scores."""

import time

from tulle_runtime.faults import ModelFault
from tulle_runtime.image import FITS, INTERPOLATIONS, prepare
from tulle_runtime.litert import LiteRtModel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tulle_runtime.manifest import Manifest

__all__ = ["Classifier", "Prediction"]


class Prediction:
    """A picture's category, the score of every label, and how long the parts took.

    Attributes:
        category: the label with the highest score.
        scores: label to score, in the model's order.
        timings: `decode` and `infer`, in milliseconds.
    """

    __slots__ = ("category", "scores", "timings")

    def __init__(self, scores: dict[str, float], timings: dict[str, float]) -> None:
        self.category = max(scores, key=scores.__getitem__)
        self.scores = scores
        self.timings = timings


class Classifier:
    """An image classifier ready to work; not for several threads at once.

    Args:
        model: path of a `.tflite` file that takes `uint8[1, height, width, 3]`, as `tulle convert` makes it.
        labels: one a class, in the model's order.
        interpolation: how the picture is resized: nearest, bilinear, bicubic, hamming, box or lanczos.
        fit: how it takes the model's shape: stretch, crop (centred) or letterbox.
        exif: whether a picture is turned upright first, as its EXIF orientation says.
        threads: how many threads work on one picture; 0 means one for each processor.

    Raises:
        ModelFault: the model cannot be used, or does not have as many classes as there are labels.
    """

    def __init__(
        self,
        model: str,
        labels: tuple[str, ...],
        *,
        interpolation: str = "nearest",
        fit: str = "stretch",
        exif: bool = True,
        threads: int = 0,
    ) -> None:
        if interpolation not in INTERPOLATIONS or fit not in FITS:
            raise ModelFault(f"there is no resizing by {interpolation!r} and {fit!r}")
        self._model = LiteRtModel(model, threads=threads)
        if len(labels) != self._model.classes:
            raise ModelFault(
                f"{len(labels)} labels are given and the model has {self._model.classes} classes"
            )
        self.labels = labels
        self.width = self._model.width
        self.height = self._model.height
        self._resize = (interpolation, fit)
        self._exif = exif

    @classmethod
    def from_manifest(cls, manifest: "Manifest") -> "Classifier":
        """Open the model that a function's manifest names."""
        return cls(
            manifest.model,
            manifest.labels,
            interpolation=manifest.interpolation,
            fit=manifest.fit,
            exif=manifest.exif,
        )

    def predict(self, picture: bytes) -> Prediction:
        """Classify a picture, given as the bytes of a JPEG, PNG, WebP, GIF or BMP file.

        Raises:
            UnsupportedMediaType, PayloadTooLarge, UnprocessablePicture: see `tulle_runtime.image`.
            ModelFault: the model's answer is not a number.
        """
        start = time.perf_counter()
        pixels = self.pixels(picture)
        decoded = time.perf_counter()
        scores = self.score(pixels)
        timings = {
            "decode": (decoded - start) * 1e3,
            "infer": (time.perf_counter() - decoded) * 1e3,
        }
        return Prediction(dict(zip(self.labels, scores, strict=True)), timings)

    def pixels(self, picture: bytes) -> bytes:
        """Decode and resize a picture to `height * width * 3` bytes of RGB."""
        return prepare(picture, (self.width, self.height), self._resize, exif=self._exif)

    def score(self, pixels: bytes) -> list[float]:
        """Run the model on pixels that are ready for it."""
        scores = self._model.run(pixels)
        if any(score != score for score in scores):  # noqa: PLR0124 (only NaN differs from itself)
            raise ModelFault("the model's scores are not numbers (NaN): train or convert it again")
        return scores
