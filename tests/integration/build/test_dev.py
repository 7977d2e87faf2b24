"""`tulle dev` upon a zip or an image: what was built is run, from its own files alone."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.build.build_process import built
from integration.build.lambda_emulator import picture_event
from integration.emulator.dev_process import TULLE, running_dev
from made_images import OCI, MadeImage, write_image
from made_python import PYTHON_START, python_files
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from integration.build.lambda_emulator import Interpreter

ARCHITECTURE = "arm64" if platform.machine() == "aarch64" else "x86_64"
OWN = {"x86_64": "amd64", "arm64": "arm64"}[ARCHITECTURE]
IN_EVERY_ROOT = {"dev", "etc", "proc", "tmp", "var"}
PACKAGES = """
import importlib.util
import os
import sys

def handler(event, context):
    return {
        "version": "{}.{}".format(*sys.version_info),
        "client": type(context).__module__,
        "aiohttp": importlib.util.find_spec("aiohttp") is not None,
        "arguments": sys.argv[1:],
        "folder": os.getcwd() == os.path.dirname(__file__) == os.environ["LAMBDA_TASK_ROOT"],
    }
"""
BOOTSTRAP = """#!/bin/sh
echo "started by its own bootstrap with $1"
exit 9
"""


def zip_of(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100755 if name == "bootstrap" else 0o100644) << 16
            archive.writestr(entry, content)
    return path


@pytest.fixture(scope="module")
def python_base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a base with this machine's Python and nothing else."""
    layout = tmp_path_factory.mktemp("python-base")
    config = {"Env": PYTHON_START["Env"]}
    image = MadeImage(
        files=python_files(), config=config, layer_type=f"{OCI}.layer.v1.tar", architecture=OWN
    )
    write_image(layout, image)
    return f"oci:{layout}"


def run_dev(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TULLE, "dev", "--port", "0", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "empty"
    made.mkdir()
    return made


def test_the_zip_of_a_model_answers_under_its_own_client(
    folder: Path, interpreter: Interpreter
) -> None:
    zip_path = built("clothing", "--type", "zip", "--runtime", interpreter.runtime, folder=folder)[
        "path"
    ]
    picture = sample_pictures()[0]
    with running_dev(folder, zip_path) as dev:
        answer: Any = dev.invoke(picture_event(picture)).json
    assert max(answer["scores"], key=answer["scores"].get) == answer["category"]


def test_an_own_handler_sees_no_package_of_this_machine(folder: Path) -> None:
    zip_path = zip_of(folder / "own.zip", {"app.py": PACKAGES})
    with running_dev(folder, str(zip_path), "--handler", "app.handler") as dev:
        assert dev.invoke({}).json == {
            "version": "{}.{}".format(*sys.version_info),
            "client": "awslambdaric.lambda_context",
            "aiohttp": False,
            "arguments": ["app.handler"],
            "folder": True,
        }


def test_a_bootstrap_of_its_own_is_what_starts(folder: Path) -> None:
    zip_path = zip_of(folder / "own.zip", {"bootstrap": BOOTSTRAP})
    with running_dev(folder, str(zip_path), "--handler", "any.thing") as dev:
        error = dev.invoke({}).json["errorMessage"]
        dev.wait_for_log("started by its own bootstrap with any.thing")
    assert error.endswith("Error: Runtime exited with error: exit status 9")


@pytest.mark.parametrize(
    ("files", "options", "code", "text"),
    [
        ({"app.py": ""}, (), 2, "hint: add --handler, such as"),
        ({"app.py": "", "tulle_runtime/bootstrap.py": ""}, (), 2, "hint: add --handler, such as"),
        ({"app.py": ""}, ("--client", "bootstrap"), 2, "a zip brings its client or takes AWS's"),
        ({"x.cpython-399-x86_64-linux-gnu.so": ""}, ("--handler", "a.b"), 5, "is built for Python 3.99"),
        ({"x.cpython-313-riscv64-linux-gnu.so": ""}, ("--handler", "a.b"), 5, "is built for riscv64"),
    ],
)  # fmt: skip
def test_what_cannot_run_here_is_said(
    folder: Path, files: dict[str, str], options: tuple[str, ...], code: int, text: str
) -> None:
    zip_path = zip_of(folder / "own.zip", files)
    done = run_dev(str(zip_path), *options, folder=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_zip_is_said(folder: Path) -> None:
    (folder / "broken.zip").write_bytes(b"PK no zip")
    for name, text in (
        ("broken.zip", "broken.zip cannot be unpacked"),
        ("nowhere.zip", "there is no nowhere.zip"),
    ):
        done = run_dev(name, folder=folder)
        assert (done.returncode, done.stdout) == (5, "")
        assert f"error[artifact-unusable]: {text}" in done.stderr


IN_IMAGE = """
import os

def handler(event, context):
    if event.get("exit"):
        os._exit(event["exit"])
    names = ("LAMBDA_TASK_ROOT", "FROM", "GREETING")
    return {"root": sorted(os.listdir("/")), **{name: os.environ.get(name) for name in names}}

def other(event, context):
    return "the other"
"""


def test_an_image_of_a_project_runs_by_its_own_start(folder: Path, python_base: str) -> None:
    (folder / "app.py").write_text(IN_IMAGE)
    (folder / "tulle.toml").write_text(
        'name = "mine"\n[function]\nhandler = "app.handler"\n'
        f'[package]\ntype = "image"\nbase = "{python_base}"\n'
    )
    layout = built("--architecture", ARCHITECTURE, folder=folder)["path"]
    with running_dev(folder, layout, "--env", "GREETING=hello") as dev, dev.client() as client:
        answer = json.load(client.invoke(FunctionName="mine", Payload=b"{}")["Payload"])
        error = dev.invoke({"exit": 3}).json
        again = dev.request("POST", "/predict", b"{}")
        seen = client.get_function_configuration(FunctionName="mine")
    assert answer == {
        "root": sorted({name.split("/")[0] for name in python_files()} | IN_EVERY_ROOT),
        "LAMBDA_TASK_ROOT": "/var/task",
        "FROM": "image",
        "GREETING": "hello",
    }
    assert error["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert (again.status, again.json["FROM"]) == (200, "image")
    assert (seen["PackageType"], seen["MemorySize"]) == ("Image", 1024)
    with running_dev(folder, f"oci:{layout}:latest", "--handler", "app.other") as dev:
        assert dev.invoke({}).json == "the other"


def test_an_image_that_cannot_start_says_so_with_each_call(tmp_path: Path) -> None:
    layout = tmp_path / "foreign"
    other = "arm64" if OWN == "amd64" else "amd64"
    write_image(layout, MadeImage(files={"var/task/app.py": b""}, architecture=other))
    with running_dev(tmp_path, str(layout)) as dev:
        error = dev.invoke({}).json
        dev.wait_for_log("! oci:")
    assert error["errorType"] == "Runtime.InvalidEntrypoint"
    assert error["errorMessage"].endswith(
        "fork/exec /lambda-entrypoint.sh: no such file or directory"
    )


def test_what_is_no_image_that_can_run_is_said(folder: Path, tmp_path: Path) -> None:
    (folder / "context").mkdir()
    (folder / "context" / "Dockerfile").write_text("FROM scratch\n")
    (folder / "broken").mkdir()
    (folder / "broken" / "oci-layout").touch()
    write_image(tmp_path / "nothing", MadeImage(config={}, architecture=OWN))
    for name, code, text in (
        ("context", 5, "error[artifact-unusable]: context is a Dockerfile with its files"),
        ("context", 5, "tulle build --type image"),
        ("broken", 5, "error[image-not-found]: oci:broken is no OCI image layout"),
        ("oci:nowhere", 5, "error[image-not-found]: oci:nowhere is no OCI image layout"),
        ("dist/x-image", 5, "error[image-not-found]: oci:dist/x-image is no OCI image layout"),
        (str(tmp_path / "nothing"), 5, "does not say which program starts it"),
    ):
        done = run_dev(name, folder=folder)
        assert (done.returncode, done.stdout) == (code, "")
        assert text in done.stderr
        assert "Traceback" not in done.stderr


def test_an_image_takes_no_client_of_ours(folder: Path) -> None:
    write_image(folder / "image", MadeImage(architecture=OWN))
    done = run_dev("image", "--client", "bootstrap", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "an image brings its client: leave out --client" in done.stderr


@pytest.mark.skipif(not Path("/usr/bin/unshare").exists(), reason="needs unshare")
def test_where_nobody_may_mount_an_image_is_refused_at_once(folder: Path) -> None:
    write_image(folder / "image", MadeImage(architecture=OWN))
    forbid = "for kind in user mnt; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done"
    command = ("/bin/sh", "-c", f'{forbid} && exec "$@"', "sh")
    done = subprocess.run(
        ["/usr/bin/unshare", "--user", "--map-root-user", *command, *TULLE, "dev", "image"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr:
        pytest.skip("namespaces are forbidden here anyway")
    assert (done.returncode, done.stdout) == (6, "")
    assert "error[image-not-runnable]: an image needs a root of its own" in done.stderr
    assert "hint: start tulle dev where user namespaces are allowed, or as root" in done.stderr
