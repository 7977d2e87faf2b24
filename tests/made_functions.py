"""A small function to make images of."""

from __future__ import annotations

from pathlib import PurePosixPath

from tulle.bundle.bundle import Bundle, BundleFile, Layer, bundle_of, file_of
from tulle.target import find_target

MODEL = b"TFL3 model"


def make_function(
    *,
    code: bytes = b"def handler(event, context): ...\n",
    architecture: str = "x86_64",
    model: bytes = MODEL,
) -> Bundle:
    files = (
        entry("lib/libthing.so", b"\x7fELF", Layer.DEPENDENCIES, executable=True),
        entry("PIL/ü a.py", b"", Layer.DEPENDENCIES),
        entry("model.tflite", model, Layer.MODEL),
        entry("manifest.json", b"{}", Layer.MODEL),
        entry("app.py", code, Layer.CODE),
    )
    target = find_target("python3.13", architecture)
    return bundle_of(files, target=target, handler="app.handler")


def entry(path: str, content: bytes, layer: Layer, *, executable: bool = False) -> BundleFile:
    return file_of(PurePosixPath(path), content, origin="test", layer=layer, executable=executable)
