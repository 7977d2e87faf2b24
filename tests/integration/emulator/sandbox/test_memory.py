"""The memory size is a limit, on the child and on all that it starts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.sandbox.conftest import Place
from tulle.emulator.sandbox.isolation import Isolation

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.emulator.invocation import Invocation
    from tulle.emulator.server import LocalLambda

SMALL = Isolation(tmp_mb=64)


@pytest.mark.parametrize(
    "event",
    [
        {"do": "allocate", "mb": 300, "s": 60},
        {"do": "allocate", "mb": 300},
        {"do": "allocate_in_a_child", "mb": 300},
    ],
    ids=["in the handler", "for a moment", "in a grandchild"],
)
def test_more_than_the_memory_size_ends_the_environment_as_on_lambda(
    folder: Path, event: dict[str, Any]
) -> None:
    async def scene(running: LocalLambda) -> tuple[Invocation, Invocation]:
        await running.invoke(b'{"do": "pong"}')
        return (
            await running.invoke(json.dumps(event).encode()),
            await running.invoke(b'{"do": "pong"}'),
        )

    failed, after = Place(folder=folder, isolation=SMALL, memory_mb=128).run(scene)
    assert failed.payload.decode() == (
        '{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: '
        f'{failed.request_id} Error: Runtime exited with error: signal: killed"}}'
    )
    assert re.search(
        r"\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.OutOfMemory$",
        failed.report.line(),
    )
    assert after.payload == b'"PONG"'
    assert after.report.init_duration_ms is None  # a fresh process in the same environment
    assert after.report.max_memory_used_mb < 100


def test_too_much_while_loading_is_out_of_memory_too(folder: Path) -> None:
    (folder / "app.py").write_text(
        "import time\nkept = bytearray(300 << 20)\ntime.sleep(60)\ndef handler(event, context): pass\n"
    )

    async def scene(running: LocalLambda) -> Invocation:
        return await running.invoke(b"{}")

    failed = Place(folder=folder, isolation=SMALL, memory_mb=128).run(scene)
    assert failed.error_type == "Runtime.OutOfMemory"
    assert "Phase: init\tStatus: error\tError Type: Runtime.OutOfMemory" in failed.log_tail.decode()


def test_an_error_that_python_raises_for_memory_stays_what_it_is(folder: Path) -> None:
    async def scene(running: LocalLambda) -> Invocation:
        return await running.invoke(b'{"do": "ask_for_too_much"}')

    failed = Place(folder=folder, isolation=SMALL, memory_mb=128).run(scene)
    assert failed.error_type == "MemoryError"
    assert "Status" not in failed.report.line()


def test_what_fills_tmp_is_no_memory_of_the_functions(folder: Path) -> None:
    async def scene(running: LocalLambda) -> tuple[Invocation, Invocation]:
        return (
            await running.invoke(b'{"do": "write", "name": "x", "mb": 120}'),
            await running.invoke(b'{"do": "pong"}'),
        )

    written, after = Place(folder=folder, isolation=Isolation(tmp_mb=128), memory_mb=256).run(scene)
    assert written.payload == b"null"
    assert after.report.init_duration_ms is None
    assert after.report.max_memory_used_mb < 256
