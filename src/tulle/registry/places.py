"""Owns the doors to images by their names: registry or layout, the rest of tulle need not care."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tulle.errors import InvalidReference
from tulle.registry.kept import KeptSource
from tulle.registry.layout import LayoutSource, new_layout
from tulle.registry.reference import LayoutReference, RegistryReference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tulle.registry.access import Access
    from tulle.registry.destination import ImageDestination
    from tulle.registry.source import ImageSource

__all__ = ["open_destination", "open_source"]


def open_source(
    reference: RegistryReference | LayoutReference, access: Access, *, kept: Path | None = None
) -> ImageSource:
    """Give where an image is read from.

    Args:
        reference: the image.
        access: what registries are reached with.
        kept: a folder for what is fetched from registries, so that it is fetched once.
    """
    if isinstance(reference, LayoutReference):
        return LayoutSource(reference)
    from tulle.registry.pull import RegistrySource  # noqa: PLC0415 (loads an HTTP client)

    source = RegistrySource(reference, access)
    return KeptSource(source, kept) if kept else source


@contextmanager
def open_destination(
    reference: RegistryReference | LayoutReference, access: Access
) -> Iterator[ImageDestination]:
    """Give where an image is brought to; a layout stands in its place when all went well.

    Raises:
        InvalidReference: a digest cannot be pushed to.
        OutputUnavailable: the layout's folder cannot be written, or holds something else.
    """
    if isinstance(reference, LayoutReference):
        with new_layout(reference) as layout:
            yield layout
    elif reference.digest:
        raise InvalidReference(
            f"`{reference}` is one image for ever, and cannot be pushed to",
            hint=f"push to a tag: `{reference.repository}:TAG`",
        )
    else:
        from tulle.registry.push import RegistryDestination  # noqa: PLC0415 (as above)

        yield RegistryDestination(reference, access)
