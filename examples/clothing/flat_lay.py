"""Owns how a garment is painted: flat pieces of cloth and seams on a plain table, softly lit.

Everything random comes from a seeded generator and everything else from Pillow, so the same
garment gives the same picture every time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

__all__ = ["Cloth", "Colour", "Garment", "Points", "Seam", "paint"]

Points: TypeAlias = tuple[tuple[float, float], ...]
"""Places on the picture; (0, 0) is its top left corner and (100, 100) its bottom right one."""

Colour: TypeAlias = tuple[int, int, int]

_SIDE_PX = 400
_SUPERSAMPLING = 4
_TABLE: Colour = (226, 220, 211)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloth:
    """One piece of fabric; `checks` weaves bands of a second colour into it."""

    outline: Points
    colour: Colour
    checks: Colour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """A line on the fabric: stitches, a fold, the edge of a pocket."""

    points: Points
    colour: Colour
    width: float = 0.5


Garment: TypeAlias = tuple[Cloth | Seam, ...]
"""What lies on the table, from the lowest piece to the topmost."""


def paint(garment: Garment, *, seed: int) -> Image.Image:
    """Paint a garment on the table."""
    rng = random.Random(seed)  # noqa: S311 - folds, not secrets
    silhouette = _silhouette(garment)
    table = _lit(Image.new("RGB", (_SIDE_PX, _SIDE_PX), _TABLE), rng, depth=12)
    picture = _shaded(table, silhouette)
    for part in garment:
        if isinstance(part, Seam):
            mask = ImageChops.darker(_line_mask(part), silhouette)
            picture.paste(part.colour, mask=mask)
        else:
            picture.paste(_fabric(part, rng), mask=_mask(part.outline))
    return picture


def _fabric(cloth: Cloth, rng: random.Random) -> Image.Image:
    """Weave a square of the cloth, with folds, and darker where its edge turns away."""
    fabric = Image.new("RGB", (_SIDE_PX, _SIDE_PX), cloth.colour)
    if cloth.checks:
        _weave_checks(fabric, cloth.checks)
    inner = _mask(cloth.outline).filter(ImageFilter.GaussianBlur(7))
    turned = inner.point([min(255, 120 + value * 135 // 215) for value in range(256)])
    return ImageChops.multiply(_lit(fabric, rng, depth=70), turned.convert("RGB"))


def _weave_checks(fabric: Image.Image, colour: Colour) -> None:
    draw = ImageDraw.Draw(fabric, "RGBA")
    for start in range(0, _SIDE_PX, 20):
        for width, opacity in ((9, 110), (2, 170)):
            band = (start, start + width)
            draw.rectangle((band[0], 0, band[1], _SIDE_PX), fill=(*colour, opacity))
            draw.rectangle((0, band[0], _SIDE_PX, band[1]), fill=(*colour, opacity))


def _lit(surface: Image.Image, rng: random.Random, *, depth: int) -> Image.Image:
    """Darken the surface by up to `depth` where soft folds lie, and roughen it with a fine grain."""
    folds = _noise(rng, 13, 5).resize(surface.size, Image.Resampling.BICUBIC)
    grain = _noise(rng, *surface.size)
    light = folds.point([255 - depth * value // 255 for value in range(256)])
    light = Image.blend(light, ImageChops.multiply(light, grain), 0.025)
    return ImageChops.multiply(surface, light.convert("RGB"))


def _noise(rng: random.Random, width: int, height: int) -> Image.Image:
    return Image.frombytes("L", (width, height), rng.randbytes(width * height))


def _shaded(picture: Image.Image, silhouette: Image.Image) -> Image.Image:
    """Lay the shadow of the silhouette on the picture, a little below and to the right."""
    shadow = ImageChops.offset(silhouette, 4, 6).filter(ImageFilter.GaussianBlur(7))
    dimmed = picture.point([value * 6 // 10 for value in range(256)] * 3)
    return Image.composite(dimmed, picture, shadow)


def _silhouette(garment: Garment) -> Image.Image:
    whole = Image.new("L", (_SIDE_PX, _SIDE_PX))
    for part in garment:
        if isinstance(part, Cloth):
            whole = ImageChops.lighter(whole, _mask(part.outline))
    return whole


def _mask(outline: Points) -> Image.Image:
    """Fill a rounded outline; white inside."""
    large = Image.new("L", (_SIDE_PX * _SUPERSAMPLING,) * 2)
    ImageDraw.Draw(large).polygon(_scaled(_rounded(outline)), fill=255)
    return large.reduce(_SUPERSAMPLING)


def _line_mask(seam: Seam) -> Image.Image:
    large = Image.new("L", (_SIDE_PX * _SUPERSAMPLING,) * 2)
    width = round(seam.width * _SIDE_PX * _SUPERSAMPLING / 100)
    ImageDraw.Draw(large).line(_scaled(seam.points), fill=200, width=width, joint="curve")
    return large.reduce(_SUPERSAMPLING)


def _rounded(outline: Points) -> Points:
    """Cut every corner three times (Chaikin); a point given twice keeps a sharper corner."""
    for _ in range(3):
        following = (*outline[1:], outline[0])
        outline = tuple(
            corner
            for (ax, ay), (bx, by) in zip(outline, following, strict=True)
            for corner in (
                (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
            )
        )
    return outline


def _scaled(points: Points) -> list[tuple[float, float]]:
    scale = _SIDE_PX * _SUPERSAMPLING / 100
    return [(x * scale, y * scale) for x, y in points]
