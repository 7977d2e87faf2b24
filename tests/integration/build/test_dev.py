"""`tulle dev` upon a zip: what was built is run, from its own files alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from integration.build.build_process import built
from integration.build.lambda_emulator import picture_event
from integration.emulator.dev_process import TULLE, running_dev
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from integration.build.lambda_emulator import Interpreter

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


def run_dev(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TULLE, "dev", "--port", "0", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=20,
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
