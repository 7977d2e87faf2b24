"""What a child starts with, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import is_alive, running_dev, wait_until
from integration.emulator.sandbox.conftest import Place, all_are_cold, ask
from tulle.emulator.function import Client

if TYPE_CHECKING:
    from tulle.emulator.sandbox.isolation import Isolation
    from tulle.emulator.server import LocalLambda

KILLED_SCENE = """
import asyncio, os, signal, sys
from pathlib import Path
from integration.emulator.sandbox.conftest import FOLDER, MOUNTED, Place, ask

async def scene(running):
    print(*await ask(running, do="start_a_daemon", file=str(folder / "daemon")))
    print((await ask(running, do="here"))[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
Place(folder=folder, isolation=eval(sys.argv[2])).run(scene)
"""


def test_a_child_starts_with_what_lambda_gives(folder: Path, isolation: Isolation) -> None:
    async def scene(running: LocalLambda) -> Any:
        return await ask(running, do="describe")

    # Of the two clients, the one that opens nothing but its connection to the Runtime API.
    seen = Place(folder=folder, isolation=isolation, client=Client.BOOTSTRAP).run(scene)
    assert [fd.partition(":")[0] for fd in seen.pop("fds")] == [
        "/dev/null",
        "pipe",
        "pipe",
        "socket",
    ]
    assert seen == {
        "open_files": [1024, 1024],
        "core": 0,
        "ids": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "session": True,
        "ignored": ["SIGPIPE", "SIGXFSZ"],  # by Python itself
        "children_end": True,
    }


@pytest.mark.parametrize("ending", ["leave", "sleep", "stop"])
def test_a_daemon_ends_with_the_child(folder: Path, isolation: Isolation, ending: str) -> None:
    async def scene(running: LocalLambda) -> list[int]:
        pids: list[int] = await ask(running, do="start_a_daemon", file=str(folder / "daemon"))
        assert all(map(is_alive, pids))
        if ending != "stop":
            await ask(running, do=ending)
            assert not any(map(is_alive, pids))
        return pids

    pids = Place(folder=folder, isolation=isolation, timeout_s=2).run(scene)
    assert not any(map(is_alive, pids))


def test_nothing_is_left_when_the_emulator_is_killed(folder: Path, isolation: Isolation) -> None:
    way = "MOUNTED" if isolation.mounts else "FOLDER"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED_SCENE, str(folder), way],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    pids, place = done.stdout.splitlines()
    assert done.returncode == -9
    wait_until(lambda: not any(is_alive(int(pid)) for pid in pids.split()), "the end of all")
    if way == "FOLDER":
        wait_until(lambda: not Path(place).exists(), "the end of the folder")


def test_no_model_is_left_when_the_command_is_killed(tmp_path: Path) -> None:
    folder, place = tmp_path / "work", tmp_path / "tmp"
    folder.mkdir()
    place.mkdir()
    with running_dev(folder, environ={**os.environ, "TMPDIR": str(place)}) as dev:
        dev.invoke({})
        assert list(place.iterdir())
        assert dev.stop(signal.SIGKILL) == -signal.SIGKILL
        wait_until(lambda: not list(place.iterdir()), "the end of the function's folder")


def test_what_keeps_environments_is_replaced_when_it_is_ended(
    folder: Path, isolation: Isolation
) -> None:
    async def scene(running: LocalLambda) -> Any:
        child, keeper, warden = await ask(running, do="tell_processes")
        place, _ = await ask(running, do="here")
        os.kill(warden, signal.SIGKILL)
        os.kill(keeper, signal.SIGKILL)
        while is_alive(child):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.01)
        await all_are_cold(running)
        assert await ask(running, do="pong") == "PONG"
        return place

    place = Place(folder=folder, isolation=isolation).run(scene)
    assert isolation.mounts or not Path(place).exists()


def test_what_lost_its_keeper_ends_at_once(folder: Path, isolation: Isolation) -> None:
    async def scene(running: LocalLambda) -> Any:
        child, keeper, _ = await ask(running, do="tell_processes")
        _, daemon = await ask(running, do="start_a_daemon", file=str(folder / "daemon"))
        os.kill(keeper, signal.SIGKILL)
        while is_alive(child) or is_alive(daemon):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.01)
        await all_are_cold(running)
        return await ask(running, do="pong")

    assert Place(folder=folder, isolation=isolation).run(scene) == "PONG"


def test_a_keeper_that_ends_unheard_holds_nothing_up(folder: Path) -> None:
    """What it was told and never read makes its end look like a broken connection."""

    async def scene(running: LocalLambda) -> Any:
        _, keeper, _ = await ask(running, do="tell_processes")
        os.kill(keeper, signal.SIGSTOP)
        call = asyncio.create_task(ask(running, do="sleep"))
        await asyncio.wait({call}, timeout=3)  # the keeper is told to end the child meanwhile
        os.kill(keeper, signal.SIGKILL)
        return (await call)["errorType"], await ask(running, do="pong")

    assert Place(folder=folder, timeout_s=2).run(scene) == ("Sandbox.Timedout", "PONG")


def test_the_way_in_use_is_said(folder: Path) -> None:
    with running_dev(folder, "--handler", "app.handler") as dev:
        dev.wait_for_log("each execution environment has a ")
        assert "; its memory is watched" in dev.log
