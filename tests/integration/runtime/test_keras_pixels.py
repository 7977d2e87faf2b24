"""The function's pixels are Keras's, byte for byte, for every kind of picture, filter and fit that Keras has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from made_pictures import write_every_kind
from tulle_runtime.image import INTERPOLATIONS, prepare

SIZE = (48, 32)


def test_pixels_equal_those_of_load_img(tmp_path: Path, photographs: tuple[Path, ...]) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "keras").mkdir()
    pictures = write_every_kind(tmp_path / "pictures") + photographs[:5]
    subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name("keras_pixels.py"),
            json.dumps([str(path) for path in pictures]),
            json.dumps(SIZE),
            tmp_path / "keras",
        ],
        check=True,
        capture_output=True,
    )
    for path in pictures:
        content = path.read_bytes()
        for interpolation in INTERPOLATIONS:
            for fit in ("stretch", "crop"):
                expected = (tmp_path / "keras" / f"{path.name}.{interpolation}.{fit}").read_bytes()
                ours = prepare(content, SIZE, (interpolation, fit), exif=False)
                assert ours == expected, f"{path.name}, {interpolation}, {fit}"
