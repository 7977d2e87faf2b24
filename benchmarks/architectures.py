"""Convert the architectures of `keras.applications` with every recipe.

    python benchmarks/architectures.py {fresh,spread} [NAME…]

Weights are random, from one seed; ten categories; pictures are the drawn samples. `fresh` is what `weights=None` gives.
In `spread`, batch normalisation has the statistics of the pictures, so that their scores differ, and 8 bits are left
out: what they keep is to be judged on trained weights. One process with TensorFlow runs at a time. What was seen:
docs/development/conversions.md.
"""

from __future__ import annotations

import argparse
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

RECIPES = {"fresh": tuple(Recipe), "spread": (Recipe.NONE, Recipe.FLOAT16)}

# Makes a model. A spread one says how sensitive it is: by how much Keras's own scores change when its pixels do by a
# millionth, and when its kernels, but for those of depthwise convolutions, are rounded to 16 bits.
_MAKE = """
import sys, keras, numpy as np
keras.utils.set_random_seed(1)
weights, name, module, side, path, *pictures = sys.argv[1:]
size = (int(side), int(side))
model = getattr(keras.applications, name)(weights=None, input_shape=(*size, 3), classes=10)
pixels = np.stack([keras.utils.img_to_array(keras.utils.load_img(p, target_size=size)) for p in pictures])
pixels = getattr(keras.applications, module).preprocess_input(pixels)
if weights == "spread":
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(pixels, training=True)
model.save(path)
if weights == "fresh":
    sys.exit()

scores = model.predict(pixels, verbose=0)
noise = np.random.default_rng(1).uniform(-1e-6, 1e-6, pixels.shape)
moved = model.predict((pixels * (1 + noise)).astype("float32"), verbose=0)
for layer in model.layers:
    for variable in layer.trainable_variables:
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        if variable.name in ("kernel", "pointwise_kernel") and not depthwise:
            variable.assign(variable.numpy().astype("float16").astype("float32"))
halved = model.predict(pixels, verbose=0)
print(f"{abs(moved - scores).max():.1e} {abs(halved - scores).max():.1e}")
"""


def main() -> None:
    """Convert what is named, or all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", choices=["fresh", "spread"])
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args()
    print(
        f"{'architecture':<20}{'recipe':<9}{'file':>10}{'differs by':>12}{'same':>9}  refused",
        flush=True,
    )
    for name, preprocessing, side in ARCHITECTURES:
        if not asked.names or name in asked.names:
            with tempfile.TemporaryDirectory() as folder:
                source = Path(folder) / f"{name}.keras"
                _make(source, (asked.weights, name, preprocessing, str(side)))
                _convert(source, preprocessing, RECIPES[asked.weights])


def _make(source: Path, what: tuple[str, ...]) -> None:
    made = subprocess.run(
        [sys.executable, "-c", _MAKE, *what, source, *sample_pictures()],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    changes = "pixels changed by 1e-6", "weights halved"
    for change, difference in zip(changes, made.stdout.split(), strict=False):
        print(f"{source.stem:<20}Keras, {change:<23}{difference}", flush=True)


def _convert(source: Path, preprocessing: str, recipes: tuple[Recipe, ...]) -> None:
    for recipe in recipes:
        request = ConversionRequest(
            source=source,
            output=source.with_name("out.tflite"),
            labels=tuple("abcdefghij"),
            preprocessing=preprocessing,
            recipe=recipe,
            pictures=sample_pictures()[0].parent,
        )
        print(f"{source.stem:<20}{recipe:<9}{_row(request)}", flush=True)


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
