"""What `tulle build` leaves of a small function: an image layout and a zip, made on the spot in milliseconds."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from made_functions import MODEL, make_function
from made_images import MadeImage, write_image
from tulle.bundle.image.base import load_base
from tulle.bundle.image.image import ImageSettings, assemble_image, deliver_image
from tulle.bundle.zip_archive import write_zip
from tulle.progress import SilentReporter
from tulle.registry.layout import LayoutSource, new_layout
from tulle.registry.reference import LayoutReference

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.image.image import Image

BASE_BYTES = 300_000
"""What the base holds, which nothing compresses."""


def make_layout(
    folder: Path, *, model: bytes = MODEL, code: bytes = b"def handler(): ...\n"
) -> Image:
    """Write a function's image into a layout; its handler is `app.handler`.

    Args:
        folder: the layout's; what it takes to make it is put beside it.
        model: the model's bytes, which have a layer of their own.
        code: the code's, which have another.
    """
    base_folder = folder.with_name(f"{folder.name}-base")
    write_image(base_folder, MadeImage(files={"noise": random.Random(1).randbytes(BASE_BYTES)}))
    bundle = make_function(model=model, code=code)
    base = load_base(LayoutSource(LayoutReference(path=base_folder)), bundle.target)
    layers = folder.with_name(f"{folder.name}-layers")
    image = assemble_image(bundle, base, ImageSettings(), layers_folder=layers)
    with new_layout(LayoutReference(path=folder)) as layout:
        deliver_image(image, layout, reporter=SilentReporter())
    return image


def make_zip(path: Path, *, model: bytes = MODEL, code: bytes = b"def handler(): ...\n") -> str:
    """Write a function's zip; give its digest, with `sha256:` before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_zip(make_function(model=model, code=code), file)
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
