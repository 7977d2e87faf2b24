"""Each execution environment's own `/tmp`: bounded, kept while the environment lasts, then gone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.sandbox.conftest import MOUNTED, Place, ask

if TYPE_CHECKING:
    from tulle.emulator.sandbox.isolation import Isolation
    from tulle.emulator.server import LocalLambda


@pytest.mark.usefixtures("may_mount")
def test_a_full_tmp_is_full_and_can_be_emptied_by_writing_less(folder: Path) -> None:
    async def scene(running: LocalLambda) -> list[Any]:
        return [await ask(running, do="write", name="x", mb=mb) for mb in (7, 9, 7)]

    problems = Place(folder=folder, isolation=MOUNTED).run(scene)
    assert problems == [None, "No space left on device", None]


@pytest.mark.usefixtures("may_mount")
def test_an_own_tmp_is_at_its_usual_place(folder: Path) -> None:
    async def scene(running: LocalLambda) -> Any:
        return await ask(running, do="here")

    with NamedTemporaryFile(dir="/tmp") as file:
        place, there = Place(folder=folder, isolation=MOUNTED).run(scene)
    assert place == "/tmp"  # noqa: S108 (the function's)
    assert Path(file.name).name not in there


@pytest.mark.parametrize("ending", [{"do": "leave"}, {"do": "sleep"}], ids=["crash", "timeout"])
def test_files_outlive_a_child(folder: Path, isolation: Isolation, ending: dict[str, str]) -> None:
    async def scene(running: LocalLambda) -> Any:
        await ask(running, do="write", name="kept")
        error = await ask(running, **ending)
        assert error["errorType"] in {"Runtime.ExitError", "Sandbox.Timedout"}
        return await ask(running, do="here")

    _, there = Place(folder=folder, isolation=isolation, timeout_s=2).run(scene)
    assert "kept" in there


def test_environments_do_not_share(folder: Path, isolation: Isolation) -> None:
    place = folder / "place"
    place.mkdir()

    async def scene(running: LocalLambda) -> list[list[str]]:
        names = ("one", "two")
        meetings = (
            ask(running, do="write_and_meet", name=name, place=str(place)) for name in names
        )
        return list(await asyncio.gather(*meetings))

    one, two = Place(folder=folder, isolation=isolation).run(scene)
    assert ("one" in one, "two" in one) == (True, False)
    assert ("one" in two, "two" in two) == (False, True)


def test_files_are_gone_with_their_environment(folder: Path, isolation: Isolation) -> None:
    async def scene(running: LocalLambda) -> Any:
        await ask(running, do="write", name="of-an-environment")
        return await ask(running, do="here")

    place, there = Place(folder=folder, isolation=isolation).run(scene)
    assert "of-an-environment" in there
    assert not (Path(place) / "of-an-environment").exists()
    assert (Path(place) == Path("/tmp")) == Path(place).exists()  # noqa: S108 (the real one)
