"""Owns the report's worst mistakes, as pictures."""

from __future__ import annotations

import base64
import io
import warnings
from html import escape
from typing import TYPE_CHECKING

from tulle.evaluation.report.tables import count

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.evaluation.answers import Answer
    from tulle.evaluation.result import ModelEvaluation

__all__ = ["mistakes"]

_MOST = 60
_SIDE = 264  # pixels: twice what the page shows, for dense screens


def mistakes(model: ModelEvaluation, folder: Path) -> str:
    """Show the surest wrong answers, grouped by what the pictures show, the most missed category first."""
    if not model.mistakes:
        return '<p class="note">There are none.</p>'
    shown = model.mistakes[:_MOST]
    groups: dict[str, list[Answer]] = {}
    for answer in shown:
        groups.setdefault(answer.category, []).append(answer)
    pictures = {entry.category: entry for entry in model.figures.categories}
    ordered = sorted(groups, key=lambda name: pictures[name].right - pictures[name].pictures)
    which = "All" if len(shown) == len(model.mistakes) else f"The surest {len(shown)} of"
    note = f"{which} {count(len(model.mistakes), 'mistake')}, by what the pictures show; the surest first."
    return f'<p class="note">{note}</p>' + "".join(
        f'<section class="group"><h4>{escape(name)} <span>'
        f"{pictures[name].pictures - pictures[name].right} of {pictures[name].pictures} missed</span></h4>"
        f'<div class="gallery">{"".join(_figure(answer, folder) for answer in groups[name])}</div></section>'
        for name in ordered
    )


def _figure(answer: Answer, folder: Path) -> str:
    alternative = f"{answer.category} that the model took for {answer.said}"
    try:
        shown = f'<img src="{_thumbnail(folder / answer.picture)}" alt="{escape(alternative)}">'
    except OSError:
        shown = '<p class="gone">gone since it was judged</p>'
    return (
        f"<figure>{shown}"
        f'<figcaption><span class="said"><b>{escape(answer.said)}</b> {answer.score:.2f}</span>'
        f'<span class="was">{escape(answer.category)} {answer.category_score:.2f}</span>'
        f'<span class="file" title="{escape(answer.picture)}">{escape(answer.picture.rpartition("/")[2])}</span>'
        "</figcaption></figure>"
    )


def _thumbnail(path: Path) -> str:
    """Make a small JPEG of a picture, as a `data:` address."""
    from PIL import Image, ImageOps  # noqa: PLC0415 (only a report needs Pillow here)

    with warnings.catch_warnings(), Image.open(path) as picture:
        warnings.simplefilter(
            "ignore"
        )  # Pillow's remarks on odd files, which the runtime reads too
        picture.draft("RGB", (_SIDE, _SIDE))
        small = ImageOps.exif_transpose(picture).convert("RGB")
    small.thumbnail((_SIDE, _SIDE))
    content = io.BytesIO()
    small.save(content, "JPEG", quality=72, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
