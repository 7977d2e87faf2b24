"""Owns the way from a picture's bytes to RGB pixels of the model's size, as Keras's `load_img` goes it.

Source of the rules: keras.utils.load_img (mode conversion, `interpolation`, `keep_aspect_ratio`).
"""

import io
import warnings

from tulle_runtime.faults import PayloadTooLarge, UnprocessablePicture, UnsupportedMediaType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["FITS", "INTERPOLATIONS", "load_pillow", "prepare"]

# Keras's names for Pillow's filters, with the values of PIL.Image.Resampling.
INTERPOLATIONS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
FITS = ("stretch", "crop", "letterbox")

# A picture of this many pixels decodes and converts within a 512 MB function (4 bytes a pixel, twice).
_MAX_PIXELS = 50_000_000

_FIRST_BYTES = {
    b"\xff\xd8\xff": "Jpeg",
    b"\x89PNG\r\n\x1a\n": "Png",
    b"GIF87a": "Gif",
    b"GIF89a": "Gif",
    b"BM": "Bmp",
}

# EXIF orientation (tag 274): the PIL.Image.Transpose that undoes it.
_UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}


def load_pillow() -> None:
    """Import what decoding a JPEG needs, so that the first picture does not wait for it."""
    from PIL import JpegImagePlugin  # noqa: F401, PLC0415 (loaded in INIT, not at import)


def prepare(picture: bytes, size: tuple[int, int], resize: tuple[str, str], *, exif: bool) -> bytes:
    """Decode a picture and bring it to the model's size.

    Args:
        picture: a JPEG, PNG, WebP, GIF (its first frame is taken) or BMP file.
        size: width and height in pixels.
        resize: one of `INTERPOLATIONS` and one of `FITS`.
        exif: whether to turn the picture upright as its EXIF orientation says.

    Returns:
        RGB pixels, row by row, `width * height * 3` bytes.

    Raises:
        UnsupportedMediaType: the bytes are no picture of these kinds.
        PayloadTooLarge: the picture has more than 50 million pixels.
        UnprocessablePicture: the picture is broken.
    """
    interpolation, fit = resize
    image = _open(picture)
    if image.width * image.height > _MAX_PIXELS:
        raise PayloadTooLarge(
            f"The picture has {image.width} × {image.height} pixels; "
            f"at most {_MAX_PIXELS // 1_000_000} million are taken. Send a smaller one."
        )
    try:
        with warnings.catch_warnings():
            # Pillow remarks on odd files; Keras takes them as they come.
            warnings.simplefilter("ignore")
            rgb = _upright_rgb(image, exif=exif)
            return _FITTERS[fit](rgb, size, INTERPOLATIONS[interpolation]).tobytes()
    except Exception as exc:
        # Decoders raise whatever they met: OSError, SyntaxError, struct.error, …
        raise UnprocessablePicture(
            f"The {image.format} picture is broken or cut short ({exc}). Send the whole file."
        ) from exc


def _open(picture: bytes) -> "Image":
    """Read a picture's header with the one decoder that its first bytes name."""
    kind = _kind(picture)
    # One decoder, not all of Pillow's.
    plugin = __import__(f"PIL.{kind}ImagePlugin", fromlist=["_"])
    try:
        image: Image = getattr(plugin, f"{kind}ImageFile")(io.BytesIO(picture))
    except Exception as exc:
        raise UnprocessablePicture(
            f"The picture's header is broken ({kind} file). Send the whole file."
        ) from exc
    return image


def _kind(picture: bytes) -> str:
    """Name a picture's format as Pillow names its plugin for it."""
    if picture.startswith(b"RIFF") and picture[8:12] == b"WEBP":
        return "WebP"
    for first_bytes, kind in _FIRST_BYTES.items():
        if picture.startswith(first_bytes):
            return kind
    raise UnsupportedMediaType(_describe_other(picture))


def _describe_other(picture: bytes) -> str:
    wanted = "Send a JPEG, PNG, WebP, GIF or BMP file."
    if not picture:
        return f"There are no bytes where the picture should be. {wanted}"
    if picture.lstrip()[:1] == b"<":
        return f"That is a web page or an SVG drawing, not a photograph. {wanted} Give the picture's own address."
    return f"The bytes are no picture of a kind that is read here. {wanted}"


def _upright_rgb(image: "Image", *, exif: bool) -> "Image":
    if exif and "exif" in image.info:
        turn = _UPRIGHT.get(image.getexif().get(274, 1))
        if turn is not None:
            image = image.transpose(turn)  # type: ignore[arg-type]  # Pillow takes the enum's value
    return image if image.mode == "RGB" else image.convert("RGB")


def _stretch(image: "Image", size: tuple[int, int], resample: int) -> "Image":
    return image if image.size == size else image.resize(size, resample)


def _crop(image: "Image", size: tuple[int, int], resample: int) -> "Image":
    """Take the largest centred part of the target's shape, as `keep_aspect_ratio=True` does."""
    width, height = image.size
    crop_width = max(1, min(width, height * size[0] // size[1]))
    crop_height = max(1, min(height, width * size[1] // size[0]))
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    box = (left, top, left + crop_width, top + crop_height)
    return image.resize(size, resample, box)


def _letterbox(image: "Image", size: tuple[int, int], resample: int) -> "Image":
    """Fit the whole picture in and leave the rest black, as `tf.image.resize_with_pad` does."""
    from PIL.Image import new  # noqa: PLC0415

    scale = min(size[0] / image.width, size[1] / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    canvas = new("RGB", size)
    canvas.paste(
        image.resize(inner, resample), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2)
    )
    return canvas


_FITTERS = {"stretch": _stretch, "crop": _crop, "letterbox": _letterbox}
