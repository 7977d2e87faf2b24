"""Owns the ten garments as data: the outlines, colours and seams that `draw_samples` paints.

Points are written as in SVG, "x,y x,y"; a "!" after one makes it a sharp corner. Most outlines are
their right half only, from the top to the bottom, and mirrored at x = 50.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flat_lay import Cloth, Colour, Garment, Points, Seam

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GARMENTS"]


def _points(text: str) -> Points:
    """Read points; a sharp corner is a point given twice."""
    points: list[tuple[float, float]] = []
    for word in text.split():
        x, y = word.rstrip("!").split(",")
        points += [(float(x), float(y))] * (2 if word.endswith("!") else 1)
    return tuple(points)


def _flip(points: Points) -> Points:
    return tuple((100 - x, y) for x, y in points)


def _cloth(colour: Colour, text: str, checks: Colour | None = None) -> Cloth:
    """Cut a piece of cloth by its whole outline."""
    return Cloth(outline=_points(text), colour=colour, checks=checks)


def _mirrored(colour: Colour, right: str, checks: Colour | None = None) -> Cloth:
    """Cut a piece that is the same on both sides of x = 50 by its right half."""
    half = _points(right)
    return Cloth(outline=(*half, *reversed(_flip(half))), colour=colour, checks=checks)


def _two_cloths(colour: Colour, right: str) -> Garment:
    """Cut a piece for the right side, and its mirror image for the left."""
    outline = _points(right)
    return (Cloth(outline=outline, colour=colour), Cloth(outline=_flip(outline), colour=colour))


def _seam(colour: Colour, text: str, width: float = 0.5) -> Seam:
    return Seam(points=_points(text), colour=colour, width=width)


def _two_seams(colour: Colour, right: str, width: float = 0.5) -> Garment:
    """Sew a seam on the right, and its mirror image on the left."""
    seam = _seam(colour, right, width)
    return (seam, Seam(points=_flip(seam.points), colour=colour, width=width))


def _buttons(colour: Colour, *ys: float) -> Garment:
    return tuple(_seam(colour, f"50,{y - 0.8} 50,{y + 0.8}", 1.6) for y in ys)


_DENIM = (66, 92, 132)
_DENIM_DARK = (34, 50, 78)
_DENIM_LIGHT = (176, 186, 204)

_PANTS: Garment = (
    _mirrored(_DENIM, "58,6 66,5! 68,14 70,26 71,50 70,94! 56,95! 54,60 51,33!"),
    _mirrored((58, 82, 120), "58,5 66,4.5! 66.6,10! 50,11"),
    *_two_seams(_DENIM_DARK, "58,10.5 60,16 67.5,18"),
    *_two_seams(_DENIM_LIGHT, "57,11 59.3,16.8 67.5,19", 0.3),
    *_two_seams(_DENIM_DARK, "60,5.5 60,10.5", 1.2),
    *_two_seams(_DENIM_DARK, "56.3,92 70,91", 0.4),
    *_two_seams((50, 72, 108), "63,30 64,55 63,88", 0.6),
    _seam(_DENIM_DARK, "50,10 50,26 50,34", 0.6),
    _seam(_DENIM_LIGHT, "53.5,11 53.5,22 50.5,27", 0.3),
    *_buttons((190, 160, 100), 7.8),
)

_SHORTS: Garment = (
    _mirrored(_DENIM, "60,24 76,22! 80,36 84,66! 58,73! 54,62 50.8,54!"),
    _mirrored((58, 82, 120), "60,23 76,21.5! 77.6,28.5! 50,31"),
    *_two_seams(_DENIM_DARK, "60,30 64,38 80,39", 0.7),
    *_two_seams(_DENIM_LIGHT, "60,30 63.4,39 80,39", 0.3),
    *_two_seams(_DENIM_LIGHT, "57.4,69.6 83.6,62.8"),
    *_two_seams(_DENIM_DARK, "65,23 65,30", 1.3),
    _seam(_DENIM_DARK, "50,30 50,55", 0.9),
    _seam(_DENIM_LIGHT, "54,30 54,44 50.5,50", 0.4),
    *_buttons((190, 160, 100), 26.4),
)

_SKIRT: Garment = (
    _mirrored((48, 128, 118), "60,20 67,19! 70,30 84,78! 70,83 60,84"),
    _mirrored((40, 112, 104), "60,19 67,18.5! 68.5,26! 50,27"),
    *_two_seams((30, 92, 86), "54,28 58,50 61,84", 0.7),
    *_two_seams((30, 92, 86), "61,27 68,50 74,81", 0.7),
)

_DRESS: Garment = (
    _mirrored((132, 34, 54), "56,11 61,6.5! 62,14 50,22"),
    _mirrored(
        (186, 56, 76),
        "54,20 58.5,14 60,6! 64,6! 64,18 69,26! 64,42! 70,58 81,90! 66,94 56,95",
    ),
    _mirrored((140, 36, 56), "60,42 64,41! 64.6,45! 56,46"),
    *_two_seams((138, 36, 54), "53,46 57,65 60,94", 0.6),
    *_two_seams((138, 36, 54), "60,46 67,68 72,92", 0.6),
)

_T_SHIRT: Garment = (
    _mirrored((88, 94, 104), "55,11.5 61,9.6! 62,22 50,26"),
    _mirrored(
        (132, 140, 152),
        "53,21 58,17 60.5,9.5! 72,14 78,18 92,36! 80,45! 73,37! 73,60 74,89! 60,91",
    ),
    *_two_seams((98, 104, 116), "78.8,43 90,34", 0.4),
    *_two_seams((98, 104, 116), "73,37 71,26 73,15"),
    _seam((98, 104, 116), "62,10.5 60,17 55,21.4 50,22.4 45,21.4 40,17 38,10.5", 0.7),
    _seam((98, 104, 116), "26.5,87 50,89 73.5,87", 0.4),
)

_LONGSLEEVE: Garment = (
    _mirrored((52, 36, 70), "55,10.5 59.5,9! 61,20 50,23"),
    _mirrored(
        (92, 68, 118),
        "53,18 57.5,15 59,8.8! 69,12 76,18 84,48 90,80! 81,83! 75,56 71,40! 71,62 72,90! 60,91.5",
    ),
    *_two_cloths((74, 52, 98), "89,76! 90.5,83! 82.5,85.5! 80.4,79!"),
    _mirrored((74, 52, 98), "60,87 72,86! 72,92! 60,93.5"),
    *_two_seams((58, 40, 80), "71,42 69,28 70,13", 0.6),
    _seam((58, 40, 80), "60.4,10 59,15.5 54,18.6 50,19.3 46,18.6 41,15.5 39.6,10", 1),
)

_SHIRT: Garment = (
    _mirrored(
        (214, 210, 206),
        "56,12 62,11 71,14 77,20 84,48 89,78! 80,81! 75,56 71,40! 71,62 72,86! 66,91 57,92",
        checks=(150, 40, 46),
    ),
    *_two_cloths((190, 130, 130), "88,73! 89.5,80! 80.5,83! 79,76!"),
    _mirrored((150, 96, 98), "53,8 58,7 59,12 50,16"),
    *_two_cloths((206, 150, 150), "50,15! 58,7! 63,12 58,22!"),
    _cloth((206, 160, 160), "48,15! 52,15! 52,92! 48,92!"),
    *_two_seams((120, 40, 46), "71,42 69,28 71,14", 0.6),
    _cloth((200, 140, 140), "57,32! 66,32! 66,42 61.5,45 57,42"),
    *_buttons((245, 245, 240), 18, 30, 42, 54, 66, 78),
)

_QUILTING = (36, 42, 36)

_OUTWEAR: Garment = (
    _mirrored(
        (66, 76, 66),
        "56,12 66,13 77,17 84,26 91,52 94,78! 80,83! 79,64 77,50! 77,68 77,90! 60,92",
    ),
    _mirrored((52, 60, 52), "56,3 64,6 67,16 60,24 50,28"),
    _mirrored((29, 34, 29), "55,8 60,11 61,18 56,23 50,25"),
    *(
        seam
        for y in (30, 42, 54, 66, 78, 88)
        for seam in _two_seams(_QUILTING, f"50,{y} 62,{y} 77,{y - 1}", 0.8)
    ),
    *(seam for y in (36, 48, 60, 72) for seam in _two_seams(_QUILTING, f"77,{y} 96,{y - 3}", 0.8)),
    *_two_seams((34, 38, 34), "77,50 74,30 75,16", 0.9),
    *_two_cloths((52, 60, 52), "57,62! 69,58! 70,62! 58,66!"),
    _seam(_QUILTING, "50,26 50,93", 2.4),
    _seam((196, 190, 170), "50,26 50,93", 1),
)

_HAT: Garment = (
    _mirrored((196, 170, 124), "62,56 84,58 94,64 88,72 70,78 50,79"),
    _mirrored((208, 184, 138), "58,22 70,26 74,42 76,64! 64,69 50,70"),
    _mirrored((60, 46, 38), "60,60 75,56! 76,64! 62,69.5 50,70"),
    _seam((170, 144, 100), "42,26 46,34 50,36 54,34 58,26", 1.2),
)

_LACE = (236, 234, 228)

_SHOES: Garment = (
    _cloth((30, 40, 66), "12,44 14,34 24,31 36,37 40,30 46,30 52,42 50,52 20,56"),
    _cloth(
        (52, 68, 104),
        "7,70 9,52 10,36! 15,33 19,41 28,45 36,42 40,37! 50,45 62,53 78,57 91,62 94,72! 92,75 8,75",
    ),
    _cloth((210, 208, 204), "72,75! 71,64 76,57! 88,60 94,67 94,75!"),
    _cloth((36, 48, 78), "7,72! 9,54 20,56 25,64 24,75!"),
    _cloth((232, 230, 224), "6,71! 30,72 60,72 95,70! 95,77 91,80 10,80 6,78"),
    _seam((150, 150, 150), "7,76.5 94,76.5", 0.5),
    _seam((36, 48, 78), "36,43 44,56 66,60", 0.6),
    *(_seam(_LACE, f"{x},{y} {x - 6},{y + 9}", 1.3) for x, y in ((44, 42), (50, 46), (56, 50))),
    *(_seam(_LACE, f"{x},{y} {x - 1},{y + 8}", 1.1) for x, y in ((42, 42), (48, 46), (54, 50))),
)

GARMENTS: Mapping[str, Garment] = MappingProxyType(
    {
        "dress": _DRESS,
        "hat": _HAT,
        "longsleeve": _LONGSLEEVE,
        "outwear": _OUTWEAR,
        "pants": _PANTS,
        "shirt": _SHIRT,
        "shoes": _SHOES,
        "shorts": _SHORTS,
        "skirt": _SKIRT,
        "t-shirt": _T_SHIRT,
    }
)
