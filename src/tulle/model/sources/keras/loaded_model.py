"""Owns `LoadedModel`: a model of TensorFlow's inside the worker, whatever kind of file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tulle.errors import UnsupportedModel
from tulle.model.signature import PictureInput

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LoadedModel", "Shape", "picture_of", "scores_of"]

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model that can be called.

    Attributes:
        call: from a batch of what it takes to a batch of what it gives, as tensors.
        input_shape: of what it takes, with the batch.
        output_shape: of what it gives, with the batch.
        layer: the name of what it ends in.
        activation: the activation that it ends in, where that can be seen.
        keeps: what must live as long as the model does: its weights, or the whole object.
        takes_bytes: whether it takes whole numbers from 0 to 255, and none between.
    """

    call: Callable[[Any], Any]
    input_shape: Shape
    output_shape: Shape
    layer: str
    activation: str | None
    keeps: Any
    takes_bytes: bool = False


def picture_of(shape: Shape) -> PictureInput:
    """Find how a model takes pictures."""
    match shape:
        case (int(batch), *_) if batch > 1:
            raise UnsupportedModel(
                f"the model takes {batch} pictures at once",
                hint="build it for any number of them (a batch of None), and save that",
            )
        case (_, int(height), int(width), 1 | 3 as channels):
            return PictureInput(height=height, width=width, channels=channels, channels_first=False)
        case (_, 1 | 3 as channels, int(height), int(width)):
            return PictureInput(height=height, width=width, channels=channels, channels_first=True)
        case (_, int(height), int(width)) if height > 3 and width > 3:
            return PictureInput(height=height, width=width, channels=1, channels_first=False)
        case (_, None, _, 1 | 3) | (_, _, None, 1 | 3) | (_, 1 | 3, None, _) | (_, 1 | 3, _, None):
            raise UnsupportedModel(
                f"the model takes pictures of any size: its input is {_text(shape)}",
                hint="build it again with input_shape=(height, width, 3) as it was trained, "
                "take over its weights (new.set_weights(old.get_weights())), and save that",
            )
    raise UnsupportedModel(
        f"the model does not take pictures: its input is {_text(shape)}",
        hint="pictures are (height, width, channels), with three channels or one, or (height, width); "
        "put a layer in front that makes of one what the model needs",
    )


def scores_of(shape: Shape) -> int:
    """Find how many scores a model gives."""
    match shape:
        case (_, int(count)):
            return count
    raise UnsupportedModel(
        f"the model does not give one row of scores: its output is {_text(shape)}",
        hint="end it with a Dense layer of one unit a category (after GlobalAveragePooling2D or Flatten)",
    )


def _text(shape: Shape) -> str:
    sizes = ("any" if size is None else str(size) for size in shape[1:])
    return f"({', '.join(sizes)})"
