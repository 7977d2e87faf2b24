"""External extensions: programs in an image's `/opt/extensions`, which run beside the function."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.sandbox.conftest import MOUNTED, Place, ask, may_mount
from made_python import PYTHON_START, python_files
from tulle.bundle.runtime_files import runtime_folder
from tulle.emulator.extensions.external import program_names
from tulle.emulator.image import Image

if TYPE_CHECKING:
    from tulle.emulator.invocation import Invocation
    from tulle.emulator.server import LocalLambda

__all__ = ["may_mount"]

TASK = "var/task"
EXTENSIONS = "opt/extensions"
FUNCTIONS = Path(__file__).with_name("functions")
PATH = PYTHON_START["Env"][0].removeprefix("PATH=")
PYTHON = PATH.split(":")[1] + "/python3"
pytestmark = pytest.mark.usefixtures("may_mount")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a root with Python, tulle's client of Lambda, a handler, and no extension yet."""
    made = tmp_path_factory.mktemp("image") / "root"
    client = {path.name: path.read_bytes() for path in runtime_folder().glob("*.py")}
    files = {
        **python_files(),
        **{f"{TASK}/tulle_runtime/{name}": content for name, content in client.items()},
        f"{TASK}/app.py": (FUNCTIONS / "in_image.py").read_bytes(),
        f"{EXTENSIONS}/folder/not-one": b"",
        "etc/hosts": b"",
        "etc/resolv.conf": b"",
    }
    for path, content in files.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    for name in ("dev", "proc", "tmp"):
        (made / name).mkdir(exist_ok=True)
    (made / PYTHON.lstrip("/")).chmod(0o755)
    for file in made.rglob("ld-*.so*"):
        file.chmod(0o755)
    return made


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def place(root: Path, log: list[str]) -> Place:
    """Give the function of that root; its extensions are written into it by `with_extensions`."""
    for path in (root / EXTENSIONS).iterdir():
        if path.is_file():
            path.unlink()
    image = Image(
        name="oci:image",
        digest="sha256:0",
        root=root,
        entrypoint=("python3", "-m", "tulle_runtime.bootstrap"),
        command=("app.handler",),
        environment=(("PATH", PATH), ("PYTHONPATH", f"/{TASK}")),
        folder=f"/{TASK}",
    )
    return Place(folder=root, image=image, isolation=MOUNTED, timeout_s=5, log=log.append)


def with_extensions(place: Place, *names: str, plan: str = "") -> Place:
    for name in names:
        program = place.folder / EXTENSIONS / name
        program.write_text(f"#!{PYTHON}\n" + (FUNCTIONS / "outer.py").read_text())
        program.chmod(0o755)
    return replace(place, environment=(("PLAN", plan),))


def playing(place: Place, *doings: str) -> list[Invocation]:
    """Invoke once for each, and give what came."""

    async def scene(running: LocalLambda) -> list[Invocation]:
        return [await running.invoke(json.dumps({"do": do}).encode()) for do in doings]

    invocations: list[Invocation] = place.run(scene)
    return invocations


def said(log: list[str], name: str) -> list[str]:
    return [line for line in log if line.startswith(f"{name} ")]


def test_programs_run_beside_the_function_and_are_told_of_all(place: Place, log: list[str]) -> None:
    first, second = playing(with_extensions(place, "outer", "silent", "rude"), "a", "b")
    assert [json.loads(one.payload) for one in (first, second)] == ["a", "b"]
    assert said(log, "outer") == [
        "outer runs as 993 in / with False",
        "outer hears INVOKE ",
        "outer hears INVOKE ",
        "outer hears SHUTDOWN spindown",
        "outer has 2 s",
    ]
    assert len(said(log, "silent")) == 1
    assert [line for line in log if line.startswith("EXTENSION")] == [
        "EXTENSION\tName: outer\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        "EXTENSION\tName: rude\tState: Ready\tEvents: [INVOKE]",
        "EXTENSION\tName: silent\tState: Ready\tEvents: []",
    ]
    assert first.report.status == "success"


@pytest.mark.parametrize(("do", "reason"), [("sleep", "timeout"), ("leave", "failure")])
def test_what_ends_an_invocation_is_told_and_all_start_anew(
    place: Place, log: list[str], do: str, reason: str
) -> None:
    place = replace(with_extensions(place, "outer"), timeout_s=3)
    failed, after = playing(place, do, "after")
    assert (
        failed.error_type == {"timeout": "Sandbox.Timedout", "failure": "Runtime.ExitError"}[reason]
    )
    assert json.loads(after.payload) == "after"
    assert said(log, "outer")[2] == f"outer hears SHUTDOWN {reason}"
    assert len([line for line in log if line.startswith("EXTENSION")]) == 2


@pytest.mark.parametrize(
    ("plan", "error_type", "reason", "state"),
    [
        ("dies early", "Extension.Crash", "exit status 7", "Started\tEvents: []"),
        (
            "init error",
            "Extension.InitError",
            "exit status 1",
            "InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: Outer.Broken",
        ),
    ],
)
def test_an_extension_that_fails_in_init_fails_the_invocation(
    place: Place, log: list[str], plan: str, error_type: str, reason: str, state: str
) -> None:
    (failed,) = playing(with_extensions(place, "outer", plan=plan), "a")
    assert failed.error_type == error_type
    assert json.loads(failed.payload) == {
        "errorType": error_type,
        "errorMessage": f"RequestId: {failed.request_id} Error: {reason}",
    }
    assert f"EXTENSION\tName: outer\tState: {state}" in log
    (first, again) = [line for line in log if line.startswith("INIT_REPORT")]
    assert first.endswith(f"Phase: init\tStatus: error\tError Type: {error_type}")
    assert "Phase: invoke" in again
    assert not [line for line in log if line.startswith("handler")]


def test_an_extension_that_dies_in_an_invocation_fails_it(place: Place) -> None:
    failed, _ = playing(with_extensions(place, "outer", plan="dies in an invocation"), "wait", "x")
    assert failed.error_type == "Extension.Crash"
    assert json.loads(failed.payload)["errorMessage"].endswith("Error: signal: killed")


def test_an_answer_stands_though_an_extension_dies_after_it(place: Place, log: list[str]) -> None:
    place = with_extensions(place, "outer", plan="dies after an invocation")
    answers = [json.loads(one.payload) for one in playing(place, "a", "b")]
    assert answers == ["a", "b"]
    assert len([line for line in log if line.startswith("EXTENSION")]) == 2


def test_an_extension_that_stays_is_ended_after_its_window(place: Place, log: list[str]) -> None:
    playing(with_extensions(place, "outer", plan="stays"), "a")
    assert said(log, "outer")[-1] == "outer has 2 s"


@pytest.mark.parametrize(
    ("break_it", "error_type", "reason"),
    [
        ("mode", "PermissionDenied", "fork/exec /opt/extensions/outer: permission denied"),
        ("shebang", "UnknownError", "fork/exec /opt/extensions/outer: no such file or directory"),
    ],
)
def test_a_program_that_cannot_run(
    place: Place, log: list[str], break_it: str, error_type: str, reason: str
) -> None:
    place = with_extensions(place, "outer")
    program = place.folder / EXTENSIONS / "outer"
    if break_it == "mode":
        program.chmod(0o644)
    else:
        program.write_text("#!/nowhere\n")
    (failed,) = playing(place, "a")
    assert failed.error_type == "Extension.LaunchError"
    assert json.loads(failed.payload)["errorMessage"].endswith(f"Error: {reason}")
    line = f"EXTENSION\tName: outer\tState: LaunchError\tEvents: []\tError Type: {error_type}"
    assert log.count(line) == 2  # in the init phase, and within the invocation


def test_more_than_ten_are_too_many(place: Place, log: list[str]) -> None:
    names = [f"outer-{number:02}" for number in range(11)]
    (failed,) = playing(with_extensions(place, *names), "a")
    assert failed.error_type == "Extension.LaunchError"
    assert json.loads(failed.payload)["errorMessage"].endswith("Error: ErrTooManyExtensions")
    line = (
        "EXTENSION\tName: outer-10\tState: LaunchError\tEvents: []\tError Type: TooManyExtensions"
    )
    assert line in log


def test_an_idle_extension_that_is_ended_costs_the_environment_not_the_next_invocation(
    place: Place, log: list[str]
) -> None:
    place = with_extensions(place, "outer", plan="dies when told")

    async def scene(running: LocalLambda) -> list[Any]:
        first = await ask(running, do="a")
        for pid in programs():
            os.kill(pid, signal.SIGKILL)
        while any(worker.warm for worker in running._dispatcher._idle):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.01)
        return [first, await ask(running, do="b")]

    def programs() -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile
                words = (process / "cmdline").read_bytes().split(b"\0")
                if b"/opt/extensions/outer" in words and is_ours(process):
                    found.append(int(process.name))
        assert found
        return found

    def is_ours(process: Path) -> bool:
        return (process / "root").readlink() == place.folder

    assert place.run(scene) == ["a", "b"]
    assert len([line for line in log if line.startswith("EXTENSION")]) == 2


def test_nothing_outside_the_root_is_an_extension(place: Place, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "program").touch()
    (tmp_path / "root" / "opt").mkdir(parents=True)
    (tmp_path / "root" / EXTENSIONS).symlink_to("../../outside")
    assert place.image is not None
    assert program_names(replace(place.image, root=tmp_path / "root")) == ()


def test_a_program_hears_telemetry_by_the_name_that_lambda_has_for_it(
    place: Place, log: list[str]
) -> None:
    playing(with_extensions(place, "outer", plan="listens"), "a")
    assert said(log, "outer")[1:] == [
        "outer (200, 'OK')",
        "outer hears INVOKE ",
        "outer is told ['handler a\\n']",
        "outer hears SHUTDOWN spindown",
        "outer has 2 s",
    ]
