"""Functions that are images: each in a root of its own, by its own program."""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import is_alive
from integration.emulator.sandbox.conftest import FOLDER, MOUNTED, Place, ask
from made_images import OCI, MadeImage, write_image
from made_python import PYTHON_START, python_files
from tulle.bundle.image.root import unpack_image
from tulle.bundle.image.start import read_layout
from tulle.bundle.runtime_files import runtime_folder
from tulle.emulator.image import Image
from tulle.errors import ImageNotRunnable
from tulle.registry.reference import LayoutReference

if TYPE_CHECKING:
    from tulle.emulator.invocation import Invocation
    from tulle.emulator.server import LocalLambda

TASK = "var/task"
FUNCTIONS = Path(__file__).with_name("functions")
# A program for a processor that nobody has.
FOREIGN = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 0xBAD, 1) + bytes(40)
pytestmark = pytest.mark.usefixtures("may_mount")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Give an image, unpacked, with this machine's Python and tulle's client of Lambda."""
    folder = tmp_path_factory.mktemp("image")
    client = {path.name: path.read_bytes() for path in runtime_folder().glob("*.py")}
    files = {
        **python_files(),
        **{f"{TASK}/tulle_runtime/{name}": content for name, content in client.items()},
        f"{TASK}/app.py": (FUNCTIONS / "in_image.py").read_bytes(),
        "foreign": FOREIGN,
        "script": b"#!/nowhere/sh\n",
        "text": b"of the image",
    }
    made = MadeImage(files=files, config=PYTHON_START, layer_type=f"{OCI}.layer.v1.tar")
    write_image(folder / "layout", made)
    found = read_layout(LayoutReference(path=folder / "layout"))
    root = folder / "root"
    root.mkdir()
    unpack_image(found, root)
    return Image(
        name="oci:image",
        digest=found.digest,
        root=root,
        entrypoint=("python3", "-m", "tulle_runtime.bootstrap"),
        command=("app.handler",),
        environment=(
            ("PATH", PYTHON_START["Env"][0].removeprefix("PATH=")),
            ("PYTHONPATH", f"/{TASK}"),
            ("AWS_LAMBDA_FUNCTION_NAME", "not for images to say"),
            ("GREETING", "from the image"),
            ("NAME", "the image"),
        ),
        folder=f"/{TASK}",
    )


@pytest.fixture
def place(image: Image) -> Place:
    return Place(folder=image.root, image=image, isolation=MOUNTED, timeout_s=10)


def asking(place: Place, *events: dict[str, Any]) -> list[Any]:
    """Ask one question after the other in the same local Lambda."""

    async def scene(running: LocalLambda) -> list[Any]:
        return [await ask(running, **event) for event in events]

    answers: list[Any] = place.run(scene)
    return answers


def invoking(place: Place) -> tuple[Invocation, list[str]]:
    """Invoke once, and give what came with the log."""

    async def scene(running: LocalLambda) -> Invocation:
        return await running.invoke(b'{"do": "describe"}')

    log: list[str] = []
    return replace(place, log=log.append).run(scene), log


def test_a_function_sees_its_image_and_what_lambda_adds(place: Place) -> None:
    (seen,) = asking(place, {"do": "describe"})
    ours = {Path(name).parts[0] for name in python_files()}
    assert set(seen.pop("root")) == ours | {
        *("var", "foreign", "script", "text"),
        *("dev", "etc", "proc", "tmp"),
    }
    assert seen == {
        "folder": "/var/task",
        "devices": [
            *("fd", "full", "null", "random", "stderr", "stdin", "stdout"),
            *("tty", "urandom", "zero"),
        ],
        "fds": ["/dev/null", "pipe", "pipe"],
        "ids": [993, 990],
        "capabilities": "0" * 16,
        "open_files": 1024,
        "arguments": ["app.handler"],
    }


def test_variables_are_lambdas_the_functions_and_the_images(place: Place) -> None:
    place = replace(place, environment=(("NAME", "the function"), ("MORE", "1")))
    (seen,) = asking(place, {"do": "variables"})
    expected = {
        "AWS_LAMBDA_FUNCTION_NAME": "fn",
        "GREETING": "from the image",
        "NAME": "the function",
        "MORE": "1",
        "LAMBDA_TASK_ROOT": "/var/task",
        "PYTHONPATH": "/var/task",
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert not {"_HANDLER", "AWS_EXECUTION_ENV", "HOME", "LD_LIBRARY_PATH", "TMPDIR"} & set(seen)


def test_only_tmp_can_be_written_to_and_it_is_bounded(place: Place) -> None:
    paths = ("/new", "/var/task/app.py", "/dev/new", "/etc/hosts", "/tmp/new")  # noqa: S108
    *refused, written = asking(place, *({"do": "write", "path": path} for path in paths))
    assert set(refused) <= {"Read-only file system", "Permission denied"}
    assert written is None
    full = {"do": "write", "path": "/tmp/x", "mb": 9}  # noqa: S108
    problem, seen = asking(place, full, {"do": "here"})
    assert problem == "No space left on device"
    assert seen == ["x"]


def test_devices_work_and_the_log_has_every_way(place: Place) -> None:
    log: list[str] = []
    zeros, nothing, _ = asking(
        replace(place, log=log.append),
        {"do": "read", "path": "/dev/zero"},
        {"do": "write", "path": "/dev/null", "mb": 1},
        {"do": "say"},
    )
    assert (zeros, nothing) == ("\0" * 100, None)
    assert [line for line in log if line.startswith("by ")] == [
        "by print",
        "by /dev/stdout",
        "by /dev/stderr",
        "by /proc/self/fd/1",
    ]


def test_names_of_hosts_are_resolved_as_on_this_machine(place: Place) -> None:
    address, own, hosts, there = asking(
        place,
        {"do": "resolve", "host": "localhost"},
        {"do": "resolve", "host": "sandbox.localdomain"},
        {"do": "read", "path": "/etc/hosts"},
        {"do": "here"},
    )
    assert address in {"127.0.0.1", "::1"}
    assert own == "127.0.0.1"  # Lambda's name for it
    assert (
        hosts == f"{Path('/etc/hosts').read_text()}\n127.0.0.1 sandbox.localdomain sandbox\n"[:100]
    )
    assert there == []


@pytest.mark.parametrize("ending", ["leave", "sleep"], ids=["crash", "timeout"])
def test_tmp_outlives_a_child_and_nothing_else_does(place: Place, ending: str) -> None:
    async def scene(running: LocalLambda) -> Any:
        pids = await ask(running, do="start_a_daemon")
        await ask(running, do="write", path="/tmp/kept")  # noqa: S108
        assert all(map(is_alive, pids))
        error = await ask(running, do=ending)
        assert not any(map(is_alive, pids))
        return error["errorType"], await ask(running, do="here")

    error, there = replace(place, timeout_s=2).run(scene)
    assert error == {"leave": "Runtime.ExitError", "sleep": "Sandbox.Timedout"}[ending]
    assert there == ["kept"]


def test_nothing_is_left_at_the_end(place: Place, image: Image) -> None:
    async def scene(running: LocalLambda) -> Any:
        await ask(running, do="write", path="/tmp/left")  # noqa: S108
        return await ask(running, do="start_a_daemon")

    assert not any(map(is_alive, place.run(scene)))
    assert str(image.root) not in Path("/proc/self/mountinfo").read_text()
    assert list((image.root / "tmp").iterdir()) == list((image.root / "dev").iterdir()) == []


def test_environments_do_not_share_their_tmp(place: Place) -> None:
    async def scene(running: LocalLambda) -> Any:
        written = ask(running, do="write", path="/tmp/mine")  # noqa: S108
        await asyncio.gather(ask(running, do="sleep", s=0.3), written)
        return await asyncio.gather(ask(running, do="here"), ask(running, do="here"))

    assert sorted(place.run(scene)) == [[], ["mine"]]


def test_too_much_memory_ends_it(place: Place) -> None:
    place = replace(place, memory_mb=128)
    error, after = asking(place, {"do": "allocate", "mb": 300}, {"do": "allocate", "mb": 1})
    assert (error["errorType"], after) == ("Runtime.OutOfMemory", 1 << 20)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("/nowhere", "fork/exec /nowhere: no such file or directory"),
        ("nowhere", "Couldn't find valid bootstrap(s): [nowhere]"),
        ("/foreign", "fork/exec /foreign: exec format error"),
        ("/script", "fork/exec /script: no such file or directory"),
        ("/var/task", "fork/exec /var/task: permission denied"),
    ],
)
def test_a_program_that_does_not_start_is_answered_as_by_lambda(
    place: Place, image: Image, program: str, reason: str
) -> None:
    changed = replace(image, entrypoint=(program, "-v"))
    invocation, log = invoking(replace(place, image=changed))
    assert json.loads(invocation.payload) == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {invocation.request_id} Error: {reason}",
    }
    assert log[0] == (
        f"IMAGE\tLaunch error: {reason}\tEntrypoint: [{program},-v]"
        "\tCmd: [app.handler]\tWorkingDir: [/var/task]"
    )
    assert invocation.report.error_type == "Runtime.InvalidEntrypoint"


def test_a_working_folder_that_is_not_there_is_said(place: Place, image: Image) -> None:
    invocation, _ = invoking(replace(place, image=replace(image, folder="/nowhere")))
    assert json.loads(invocation.payload) == {
        "errorType": "Runtime.InvalidWorkingDir",
        "errorMessage": f"RequestId: {invocation.request_id} "
        "Error: the working directory doesn't exist: /nowhere",
    }


def test_where_nobody_may_mount_an_image_is_refused_at_the_start(place: Place) -> None:
    with pytest.raises(ImageNotRunnable, match="needs a root of its own") as caught:
        asking(replace(place, isolation=FOLDER), {"do": "describe"})
    assert "tulle build --type zip" in caught.value.hint


def test_aws_clients_are_told_that_it_is_an_image(place: Place, image: Image) -> None:
    async def scene(running: LocalLambda) -> dict[str, Any]:
        from aiohttp import ClientSession  # noqa: PLC0415 (as a client of the server)

        async with (
            ClientSession() as session,
            session.get(f"{running.url}/2015-03-31/functions/fn") as response,
        ):
            answer: dict[str, Any] = await response.json()
            return answer

    answer = place.run(scene)
    configuration = answer["Configuration"]
    assert configuration["PackageType"] == "Image"
    assert f"sha256:{configuration['CodeSha256']}" == image.digest
    assert not {"Handler", "Runtime", "RuntimeVersionConfig"} & set(configuration)
    assert answer["Code"] == {
        "RepositoryType": "ECR",
        "ImageUri": "oci:image",
        "ResolvedImageUri": f"oci:image@{image.digest}",
    }
