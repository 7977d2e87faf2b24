"""Owns what a live function is asked to see that it works: a picture and the answer to expect, or an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.deploy.live.smoke_test import expected_scores
from tulle.errors import PictureNotFound, UnreadablePicture, UsageError
from tulle.model.builtin import sample_pictures
from tulle.model.serving import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.file import Model
    from tulle.project.project import Project

__all__ = ["PreparedTest", "SmokeRequest", "prepare_smoke_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeRequest:
    """What the user says of the test.

    Attributes:
        picture: a picture's file; None takes one of tulle's own.
        event: a file of JSON that a handler of the user's own is invoked with.
    """

    picture: Path | None = None
    event: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTest:
    """What the function is asked.

    Attributes:
        expected: what this machine says of the picture; None for a handler of the user's own.
    """

    picture: bytes
    expected: dict[str, float] | None
    event: bytes | None


def prepare_smoke_test(
    request: SmokeRequest | None, project: Project, model: Model | None
) -> PreparedTest | None:
    """Read what the live function will be asked, and classify the picture on this machine.

    Args:
        request: what the user says; None leaves the test out.
        project: what is deployed.
        model: its model, as it is served.

    Raises:
        PictureNotFound, UnreadablePicture: the picture cannot be taken.
        UsageError: an event is given for tulle's own handler, which takes pictures.
    """
    if request is None:
        return None
    picture = request.picture or sample_pictures()[0]
    content = _read(picture)
    if project.function.handler is not None or model is None:
        event = _read(request.event) if request.event else None
        return PreparedTest(picture=content, expected=None, event=event)
    if request.event:
        raise UsageError(
            "tulle's own handler is tested with a picture, not with an event",
            hint="name a picture: --smoke-picture FILE",
        )
    try:
        expected = expected_scores(model, content)
    except Fault as fault:
        raise UnreadablePicture(
            f"{picture}: {fault.title.lower()}", hint="name another one: --smoke-picture FILE"
        ) from fault
    return PreparedTest(picture=content, expected=expected, event=None)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise PictureNotFound(
            f"{path} cannot be read ({(exc.strerror or str(exc)).lower()})",
            hint="name a file that is there",
        ) from exc
