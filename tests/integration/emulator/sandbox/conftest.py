"""A local Lambda that keeps its environments apart in each way that there is."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tulle.emulator.function import Client, Function
from tulle.emulator.sandbox.isolation import Isolation
from tulle.emulator.sandbox.warden import Warden
from tulle.emulator.server import LocalLambda, ServerOptions
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tulle.emulator.image import Image

FUNCTIONS = Path(__file__).with_name("functions")

MOUNTED = Isolation(tmp_mb=8)
FOLDER = Isolation(mounts=False)


def _description() -> str:
    async def describe() -> str:
        warden = Warden(Isolation())
        try:
            return await warden.start()
        finally:
            await warden.stop()

    return asyncio.run(describe())


@pytest.fixture(scope="session")
def may_mount() -> None:
    """Skip a test where this system lets nobody mount."""
    description = _description()
    if "cannot be mounted" in description:
        pytest.skip(description)


@pytest.fixture(params=["mounted", "folder"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    """Give each way to have a `/tmp`."""
    if request.param == "folder":
        return FOLDER
    request.getfixturevalue("may_mount")
    return MOUNTED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a function's folder with the handlers."""
    return shutil.copytree(FUNCTIONS, tmp_path / "function")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A function, and how its environments are kept apart."""

    folder: Path
    isolation: Isolation = field(default_factory=Isolation)
    memory_mb: int = 1024
    timeout_s: int = 20
    client: Client = Client.AWSLAMBDARIC
    environment: tuple[tuple[str, str], ...] = ()
    image: Image | None = None
    log: Callable[[str], None] = lambda _: None

    def run(self, scene: Callable[[LocalLambda], Awaitable[Any]]) -> Any:
        """Play a scene in a local Lambda, and give what it gives."""

        async def play() -> Any:
            function = Function(
                name="fn",
                handler="app.handler",
                folder=self.folder,
                memory_mb=self.memory_mb,
                timeout_s=self.timeout_s,
                client=self.client,
                environment=self.environment,
                image=self.image,
            )
            surroundings = Surroundings(
                reporter=SilentReporter(),
                now_s=time.time,
                environ=os.environ,
                log=self.log,
                isolation=self.isolation,
            )
            options = ServerOptions(port=0, reload=False)
            async with LocalLambda(function, options, surroundings) as running:
                return await scene(running)

        return asyncio.run(play())


async def ask(running: LocalLambda, **event: Any) -> Any:
    """Invoke the function, and read its answer."""
    return json.loads((await running.invoke(json.dumps(event).encode())).payload)


async def all_are_cold(running: LocalLambda) -> None:
    """Wait until the emulator has heard of the ends of all children that were idle; until then, a call may meet one."""
    while any(worker.warm for worker in running._dispatcher._idle):  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0.01)
