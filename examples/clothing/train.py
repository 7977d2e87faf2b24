"""Train the clothing classifier: a frozen EfficientNet-Lite0 with a fitted head.

Nothing in it is random but the folds of the cross-validation: the fit is convex and starts at zero.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np

from efficientnet_lite import build_backbone, load_torch_weights, read_imagenet_weights
from features import read_features
from head import Head, fit_head, soft_targets
from pictures import Part, read_labels, read_part, read_pixels
from report import report
from saving import round_weights, save_small

__all__ = ["add_head", "fit_views"]

_L2 = 0.03
_SMOOTHING = 0.05


def fit_views(views: tuple[np.ndarray, ...], categories: np.ndarray, count: int) -> Head:
    """Fit one head to several views of the same pictures."""
    targets = soft_targets(categories, count, smoothing=_SMOOTHING)
    return fit_head(np.vstack(views), np.vstack([targets] * len(views)), l2=_L2)


def add_head(backbone: keras.Model, head: Head) -> keras.Model:
    """Build the whole classifier: a picture in, the probability of each category out."""
    dense = keras.layers.Dense(head.bias.size, activation="softmax", name="scores")
    model = keras.Model(backbone.input, dense(backbone.output), name="clothing")
    dense.set_weights([head.weights, head.bias])
    return model


def _cross_validate(
    views: tuple[np.ndarray, ...], categories: np.ndarray, count: int, *, seed: int, folds: int = 5
) -> float:
    """Measure accuracy on training pictures that the head was not fitted to."""
    fold = np.random.default_rng(seed).permutation(len(categories)) % folds
    right = 0
    for held_out in range(folds):
        kept = fold != held_out
        head = fit_views(tuple(view[kept] for view in views), categories[kept], count)
        right += np.sum(head.best(views[0][~kept]) == categories[~kept])
    return right / len(categories)


def _answers(model: keras.Model, part: Part) -> np.ndarray:
    pixels = read_pixels(part.paths, size=model.input_shape[1])
    best: np.ndarray = np.argmax(model.predict(pixels, verbose=0), axis=1)
    return best


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="holds train/ and validation/, a folder a category")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="default: here")
    parser.add_argument("--cache", type=Path, default=Path(".cache/clothing"), help="for features")
    parser.add_argument("--seed", type=int, default=1, help="deals the folds; default: %(default)s")
    return parser.parse_args()


def main() -> None:
    """Train on `train/`, write the model and its labels, and measure the file on `validation/`."""
    arguments = _arguments()
    labels = read_labels(arguments.data)
    train, validation = (
        read_part(arguments.data, name, labels) for name in ("train", "validation")
    )
    backbone = build_backbone()
    load_torch_weights(backbone, read_imagenet_weights())
    views = tuple(
        read_features(backbone, train, arguments.cache, flipped=flipped)
        for flipped in (False, True)
    )
    accuracy = _cross_validate(views, train.categories, len(labels), seed=arguments.seed)
    print(f"five-fold accuracy on train {accuracy:.4f}")
    head = fit_views(views, train.categories, len(labels))
    print(f"accuracy on train {np.mean(head.best(views[0]) == train.categories):.4f}")
    model = add_head(backbone, head)
    right = _answers(model, validation) == validation.categories
    print(f"accuracy on validation, before rounding {np.mean(right):.4f}")
    round_weights(model)
    path = arguments.output / "clothing.keras"
    save_small(model, path)
    (arguments.output / "labels.txt").write_text("\n".join(labels) + "\n")
    saved = keras.models.load_model(path)
    print(f"\n{path}, {path.stat().st_size / 1e6:.2f} MB, on validation:")
    print(report(labels, validation.categories, _answers(saved, validation)))


if __name__ == "__main__":
    main()
