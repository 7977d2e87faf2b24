"""Convert the architectures of `keras.applications` with every recipe: `python benchmarks/architectures.py [NAME…]`.

Weights are random, from one seed; ten categories; pictures are the drawn samples. One process with TensorFlow runs at
a time. What was seen: docs/development/conversions.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tulle.api.convert import ConversionRequest, Recipe, convert
from tulle.errors import TulleError
from tulle.model.builtin import sample_pictures
from tulle.progress import SilentReporter

# Name in `keras.applications`, module that holds its preprocessing, pixels a side.
ARCHITECTURES = (
    ("MobileNet", "mobilenet", 128),
    ("MobileNetV2", "mobilenet_v2", 128),
    ("MobileNetV3Small", "mobilenet_v3", 128),
    ("MobileNetV3Large", "mobilenet_v3", 128),
    ("EfficientNetB0", "efficientnet", 128),
    ("EfficientNetV2B0", "efficientnet_v2", 128),
    ("ResNet50", "resnet", 96),
    ("ResNet50V2", "resnet_v2", 96),
    ("DenseNet121", "densenet", 96),
    ("Xception", "xception", 96),
    ("InceptionV3", "inception_v3", 96),
    ("NASNetMobile", "nasnet", 96),
    ("VGG16", "vgg16", 64),
    ("VGG19", "vgg19", 64),
    ("InceptionResNetV2", "inception_resnet_v2", 96),
    ("ConvNeXtTiny", "convnext", 64),
    ("EfficientNetV2S", "efficientnet_v2", 96),
    ("ResNet101V2", "resnet_v2", 64),
)

# Batch normalisation with the statistics of pictures: with those of a fresh model, all pictures score alike.
_MAKE = """
import sys, keras, numpy as np
keras.utils.set_random_seed(1)
name, module, side, path, *pictures = sys.argv[1:]
size = (int(side), int(side))
model = getattr(keras.applications, name)(weights=None, input_shape=(*size, 3), classes=10)
for layer in model.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.momentum = 0.0
pixels = np.stack([keras.utils.img_to_array(keras.utils.load_img(p, target_size=size)) for p in pictures])
model(getattr(keras.applications, module).preprocess_input(pixels), training=True)
model.save(path)
"""


def main() -> None:
    """Convert what is named, or all, and print a table."""
    print(
        f"{'architecture':<20}{'recipe':<9}{'file':>10}{'differs by':>12}{'same':>9}  refused",
        flush=True,
    )
    for name, preprocessing, side in ARCHITECTURES:
        if not sys.argv[1:] or name in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as folder:
                _convert(Path(folder), name, preprocessing, side)


def _convert(folder: Path, name: str, preprocessing: str, side: int) -> None:
    source = folder / f"{name}.keras"
    pictures = sample_pictures()
    make = [
        sys.executable,
        "-c",
        _MAKE,
        name,
        preprocessing,
        str(side),
        str(source),
        *map(str, pictures),
    ]
    subprocess.run(make, check=True, capture_output=True)
    for recipe in Recipe:
        request = ConversionRequest(
            source=source,
            output=folder / "out.tflite",
            labels=tuple("abcdefghij"),
            preprocessing=preprocessing,
            recipe=recipe,
            pictures=pictures[0].parent,
            # What 8 bits do to random weights is to be seen, not refused.
            tolerance=1.0 if recipe in {Recipe.DYNAMIC, Recipe.INT8} else None,
            agreement=0.0 if recipe in {Recipe.DYNAMIC, Recipe.INT8} else None,
        )
        print(f"{name:<20}{recipe:<9}{_row(request)}", flush=True)


def _row(request: ConversionRequest) -> str:
    try:
        conversion = convert(request, SilentReporter())
    except TulleError as refusal:
        return f"{'':<31}  {refusal.code}: {refusal.message}"
    parity = conversion.parity
    return (
        f"{conversion.model.size_bytes / 1e6:>7.1f} MB{parity.max_difference:>12.1e}"
        f"{parity.same_category:>6}/{parity.pictures}"
    )


if __name__ == "__main__":
    main()
