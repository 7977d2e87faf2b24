"""Write what Keras's own `load_img` makes of pictures: run as a child, because it loads TensorFlow."""

import json
import sys
from pathlib import Path

import keras

pictures, size, output = (json.loads(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3]))
for picture in pictures:
    for interpolation in ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"):
        for fit in ("stretch", "crop"):
            image = keras.utils.load_img(
                picture,
                target_size=(size[1], size[0]),
                interpolation=interpolation,
                keep_aspect_ratio=fit == "crop",
            )
            pixels = keras.utils.img_to_array(image, dtype="uint8").tobytes()
            (output / f"{Path(picture).name}.{interpolation}.{fit}").write_bytes(pixels)
