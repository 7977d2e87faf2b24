"""Pictures of every format and mode that the function reads, made on the spot."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["encode", "noise", "png_header", "write_every_kind"]

# name of the file: mode of the picture. Together: every format, and each way to be other than 8-bit RGB.
_KINDS = {
    "rgb.jpg": "RGB",
    "grey.jpg": "L",
    "cmyk.jpg": "CMYK",
    "rgb.png": "RGB",
    "rgba.png": "RGBA",
    "grey.png": "L",
    "grey-alpha.png": "LA",
    "palette.png": "P",
    "bits.png": "1",
    "grey16.png": "I;16",
    "rgb.webp": "RGB",
    "rgba.webp": "RGBA",
    "palette.gif": "P",
    "rgb.bmp": "RGB",
    "palette.bmp": "P",
    "grey.bmp": "L",
}


def noise(mode: str = "RGB", size: tuple[int, int] = (97, 61), seed: int = 1) -> Image.Image:
    """Draw smooth coloured noise: no resizing filter gives the same as another on it."""
    randomness = random.Random(seed)
    if mode == "I;16":
        pixels = b"".join(
            randomness.randrange(65_536).to_bytes(2, "little") for _ in range(size[0] * size[1])
        )
        return Image.frombytes("I;16", size, pixels)
    coarse = Image.frombytes("RGBA", (24, 16), randomness.randbytes(24 * 16 * 4))
    smooth = coarse.resize(size, Image.Resampling.BICUBIC)
    return smooth if mode == "RGBA" else smooth.convert("RGB").convert(mode)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    """Put a picture into a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def write_every_kind(folder: Path) -> tuple[Path, ...]:
    """Write one picture of every kind, palettes with transparency and an animation too."""
    for name, mode in _KINDS.items():
        noise(mode).save(folder / name)
    noise("P").save(folder / "palette-transparent.png", transparency=3)
    noise("P").save(folder / "palette-alphas.png", transparency=bytes(range(256)))
    noise("RGB").save(folder / "rgb-transparent.png", transparency=(1, 2, 3))
    frames = [noise("P", seed=seed) for seed in (2, 3)]
    noise("P").save(folder / "animated.gif", save_all=True, append_images=frames)
    noise("RGB").save(folder / "progressive.jpg", progressive=True)
    turned = Image.Exif()
    turned[274] = 6
    noise("RGB").save(folder / "turned.jpg", exif=turned)
    noise("RGB", size=(61, 97)).save(folder / "tall.jpg")
    noise("RGB", size=(20, 20)).save(folder / "small.png")
    return tuple(sorted(folder.iterdir()))


def png_header(width: int, height: int) -> bytes:
    """Write a PNG that claims a size and holds no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", b""), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
