"""A function's image, from a base to a place: what the tests of registries do again and again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from made_functions import make_function
from tulle.bundle.image.base import load_base
from tulle.bundle.image.image import Image, ImageSettings, assemble_image, deliver_image
from tulle.progress import SilentReporter
from tulle.registry.access import Access
from tulle.registry.places import open_destination, open_source
from tulle.registry.reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.bundle.bundle import Bundle
    from tulle.registry.destination import Delivery


BASE_BYTES = 300_000
"""What the fixture `base` holds, which nothing compresses."""


def make_access(home: Path, *, environ: Mapping[str, str] | None = None) -> Access:
    """Give access that never really waits."""
    return Access(environ=environ or {}, home=home, reporter=SilentReporter(), sleep=lambda _: None)


def build_image(
    base: str, access: Access, *, bundle: Bundle | None = None, kept: Path | None = None
) -> Image:
    bundle = bundle or make_function()
    source = open_source(parse_reference(base), access, kept=kept)
    layers = access.home / "layers"
    return assemble_image(
        bundle, load_base(source, bundle.target), ImageSettings(), layers_folder=layers
    )


def ship(image: Image, place: str, access: Access) -> Delivery:
    with open_destination(parse_reference(place), access) as destination:
        return deliver_image(image, destination, reporter=SilentReporter())


def in_chunks(access: Access, chunk_bytes: int) -> Access:
    return replace(access, chunk_bytes=chunk_bytes)
