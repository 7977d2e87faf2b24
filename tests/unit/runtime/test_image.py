"""From a picture's bytes to the model's pixels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageOps

from made_pictures import encode, noise, png_header, write_every_kind
from tulle_runtime.faults import PayloadTooLarge, UnprocessablePicture, UnsupportedMediaType
from tulle_runtime.image import INTERPOLATIONS, prepare

if TYPE_CHECKING:
    from pathlib import Path

NEAREST = ("nearest", "stretch")


@pytest.mark.filterwarnings(
    "ignore:Palette images with Transparency"
)  # Pillow's remark on the expected side
def test_reads_every_kind_of_picture(tmp_path: Path) -> None:
    for path in write_every_kind(tmp_path):
        with Image.open(path) as image:
            expected = image.convert("RGB").resize((32, 24), Image.Resampling.NEAREST).tobytes()
        assert prepare(path.read_bytes(), (32, 24), NEAREST, exif=False) == expected, path.name


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_resizes_by_the_filter_that_is_named(interpolation: str) -> None:
    image = noise()
    expected = image.resize((40, 40), Image.Resampling[interpolation.upper()]).tobytes()
    assert (
        prepare(encode(image, "PNG"), (40, 40), (interpolation, "stretch"), exif=True) == expected
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_turns_a_picture_upright(orientation: int, file_format: str) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    picture = encode(noise(), file_format, exif=exif)
    upright = ImageOps.exif_transpose(_decode(picture)).resize((30, 50), Image.Resampling.NEAREST)
    assert prepare(picture, (30, 50), NEAREST, exif=True) == upright.tobytes()
    lying = _decode(picture).resize((30, 50), Image.Resampling.NEAREST)
    assert prepare(picture, (30, 50), NEAREST, exif=False) == lying.tobytes()


def test_takes_an_unknown_orientation_as_it_lies() -> None:
    exif = Image.Exif()
    exif[274] = 77
    picture = encode(noise(), "PNG", exif=exif)
    assert prepare(picture, (97, 61), NEAREST, exif=True) == noise().tobytes()


@pytest.mark.parametrize("size", [(97, 61), (61, 97)])
def test_crops_the_centre(size: tuple[int, int]) -> None:
    image = noise(size=size)
    side = min(size)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    expected = image.crop((left, top, left + side, top + side))
    assert (
        prepare(encode(image, "PNG"), (side, side), ("nearest", "crop"), exif=True)
        == expected.tobytes()
    )


def test_crops_a_thread_of_a_picture() -> None:
    picture = encode(noise(size=(400, 1)), "PNG")
    assert len(prepare(picture, (10, 20), ("nearest", "crop"), exif=True)) == 10 * 20 * 3


def test_puts_a_wide_picture_between_black_bars() -> None:
    picture = encode(Image.new("RGB", (100, 50), "white"), "PNG")
    pixels = prepare(picture, (40, 40), ("nearest", "letterbox"), exif=True)
    rows = [pixels[row * 120 : row * 120 + 120] for row in range(40)]
    assert [row == b"\xff" * 120 for row in rows] == [False] * 10 + [True] * 20 + [False] * 10
    assert rows[0] == b"\0" * 120


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no bytes"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"  \n<svg xmlns='x'>", "SVG"),
        (b"%PDF-1.7", "no picture"),
        (b"{}", "no picture"),
        (b"RIFF\0\0\0\0WAVE", "no picture"),
    ],
)
def test_refuses_what_is_not_a_picture(content: bytes, says: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=says):
        prepare(content, (8, 8), NEAREST, exif=True)


def test_refuses_a_picture_that_is_cut_short(tmp_path: Path) -> None:
    for path in write_every_kind(tmp_path):
        if path.name == "animated.gif":
            continue  # its first frame, the one that counts, comes first
        content = path.read_bytes()
        for length in (12, len(content) // 3, len(content) * 2 // 3):
            with pytest.raises(UnprocessablePicture, match="Send the whole file"):
                prepare(content[:length], (8, 8), NEAREST, exif=True)


def test_fails_in_order_whatever_is_broken(tmp_path: Path) -> None:
    for path in write_every_kind(tmp_path):
        content = path.read_bytes()
        for position in range(0, len(content), max(1, len(content) // 60)):
            broken = bytearray(content)
            broken[position] ^= 0xFF
            try:
                pixels = prepare(bytes(broken), (8, 8), NEAREST, exif=True)
            except (UnprocessablePicture, UnsupportedMediaType, PayloadTooLarge):
                continue
            assert len(pixels) == 8 * 8 * 3


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (50_001, 1000), (1, 50_000_001)])
def test_refuses_a_picture_of_too_many_pixels_before_decoding_it(width: int, height: int) -> None:
    picture = png_header(width, height)
    with pytest.raises(PayloadTooLarge, match=f"{width} × {height} pixels"):
        prepare(picture, (8, 8), NEAREST, exif=True)


def _decode(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))
