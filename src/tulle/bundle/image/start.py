"""Owns what an image says of how it starts."""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import ArtifactUnusable, InvalidBase
from tulle.registry.layout import LayoutSource
from tulle.registry.source import pull_image
from tulle.target import Architecture

if TYPE_CHECKING:
    from tulle.registry.reference import LayoutReference
    from tulle.registry.source import PulledImage

__all__ = ["ImageStart", "is_for_this_machine", "read_layout", "read_start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStart:
    """What an image says of how it starts.

    Args:
        entrypoint: the program, with some arguments; may be empty where `command` is not.
        command: its arguments, which Lambda's settings may replace.
        environment: the variables that it sets.
        folder: where it works.
    """

    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    folder: str


def read_layout(reference: LayoutReference) -> PulledImage:
    """Find an image in a layout: the one for this machine, or the only one that there is.

    Raises:
        ArtifactUnusable: it is damaged, or there is none of them.
        ImageNotFound: there is no layout, or no such image in it.
    """
    source = LayoutSource(reference)
    own = platform.machine()
    # One for another processor is run too, as Lambda would: some machines can.
    architectures = sorted(Architecture, key=lambda each: each.machine != own)
    for architecture in architectures[:-1]:
        with suppress(InvalidBase):
            return pull_image(source, architecture.oci)
    try:
        return pull_image(source, architectures[-1].oci)
    except InvalidBase as exc:
        raise ArtifactUnusable(
            exc.message,
            hint="name a container image for this machine, such as `tulle build --type image` writes",
            detail=exc.detail,
        ) from exc


def is_for_this_machine(image: PulledImage) -> bool:
    """Tell whether an image is for this machine's processor."""
    machines = {each.oci: each.machine for each in Architecture}
    return machines.get(str(image.config.get("architecture"))) == platform.machine()


def read_start(image: PulledImage, command: str | None = None) -> ImageStart:
    """Read how an image starts.

    Args:
        image: the image.
        command: goes before what the image says of `Cmd`, as Lambda's settings do.

    Raises:
        ArtifactUnusable: it says of no program.
    """
    settings = image.config.get("config")
    if not isinstance(settings, dict):
        settings = {}
    start = ImageStart(
        entrypoint=_words(settings.get("Entrypoint")),
        command=_words(settings.get("Cmd")) if command is None else (command,),
        environment=tuple(
            (name, value)
            for line in _words(settings.get("Env"))
            for name, _, value in [line.partition("=")]
            if name
        ),
        folder=str(settings.get("WorkingDir") or "/"),
    )
    if not start.entrypoint and not start.command:
        raise ArtifactUnusable(
            f"{image.name} does not say which program starts it",
            hint="give it an ENTRYPOINT, such as the client of Lambda's Runtime API",
        )
    return start


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
