"""What an image in a layout says of its start, and which image of several is taken."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest

from made_images import MadeImage, write_image
from tulle.bundle.image.start import ImageStart, is_for_this_machine, read_layout, read_start
from tulle.errors import ArtifactUnusable, ImageNotFound
from tulle.registry.reference import LayoutReference
from tulle.target import Architecture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWN = next((each.oci for each in Architecture if each.machine == platform.machine()), "amd64")
OTHER = "arm64" if OWN == "amd64" else "amd64"


def start_of(
    tmp_path: Path, config: Mapping[str, object], command: str | None = None
) -> ImageStart:
    write_image(tmp_path, MadeImage(config=config))
    return read_start(read_layout(LayoutReference(path=tmp_path)), command)


def test_reads_how_an_image_starts(tmp_path: Path) -> None:
    config = {
        "Entrypoint": ["/lambda-entrypoint.sh"],
        "Cmd": ["app.handler"],
        "Env": ["A=1=2", "EMPTY=", "=nameless"],
        "WorkingDir": "/var/task",
        "User": "nobody",  # Lambda does not heed it
    }
    assert start_of(tmp_path, config) == ImageStart(
        entrypoint=("/lambda-entrypoint.sh",),
        command=("app.handler",),
        environment=(("A", "1=2"), ("EMPTY", "")),
        folder="/var/task",
    )


def test_what_an_image_does_not_say_has_defaults(tmp_path: Path) -> None:
    start = start_of(tmp_path, {"Cmd": ["/main"], "Entrypoint": None, "Env": None})
    assert start == ImageStart(entrypoint=(), command=("/main",), environment=(), folder="/")


def test_a_command_goes_before_the_images_own(tmp_path: Path) -> None:
    start = start_of(tmp_path, {"Entrypoint": ["/e"], "Cmd": ["a.b", "c"]}, "other.handler")
    assert start.command == ("other.handler",)


def test_an_image_without_a_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactUnusable, match="does not say which program starts it"):
        start_of(tmp_path, {"Env": []})


def test_takes_the_image_for_this_machine(tmp_path: Path) -> None:
    write_image(tmp_path, MadeImage(architecture=OTHER), MadeImage(architecture=OWN))
    image = read_layout(LayoutReference(path=tmp_path))
    assert image.config["architecture"] == OWN
    assert is_for_this_machine(image)


def test_takes_one_for_another_processor_where_there_is_no_other(tmp_path: Path) -> None:
    write_image(tmp_path, MadeImage(architecture=OTHER))
    image = read_layout(LayoutReference(path=tmp_path))
    assert image.config["architecture"] == OTHER
    assert not is_for_this_machine(image)


def test_one_for_another_system_is_refused(tmp_path: Path) -> None:
    write_image(tmp_path, MadeImage(system="windows"))
    with pytest.raises(ArtifactUnusable, match="is for windows/amd64") as caught:
        read_layout(LayoutReference(path=tmp_path))
    assert "--type image" in caught.value.hint


def test_takes_the_tag_that_is_named(tmp_path: Path) -> None:
    digest = write_image(tmp_path, MadeImage(), tag="one")
    assert read_layout(LayoutReference(path=tmp_path, tag="one")).digest == digest
    with pytest.raises(ImageNotFound, match="has no image `two`"):
        read_layout(LayoutReference(path=tmp_path, tag="two"))
