"""Images, written into layouts and unpacked by another tool."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from debian_programs import needs
from fakes.docker_registry import docker_registry
from integration.build.build_process import built, run_build
from integration.build.lambda_emulator import invoking, picture_event
from tulle.model.builtin import sample_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from integration.build.lambda_emulator import Interpreter

HANDLER = "def handler(event, context):\n    return 'one'\n"


def layers(layout: Path) -> list[str]:
    def blob(digest: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(
            (layout / "blobs" / digest.replace(":", "/")).read_bytes()
        )
        return content

    index = json.loads((layout / "index.json").read_bytes())
    (entry,) = index["manifests"]
    return [layer["digest"] for layer in blob(entry["digest"])["layers"]]


@pytest.fixture
def project(tmp_path: Path, base: str) -> Path:
    folder = tmp_path / "ein projekt für kunden"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    (folder / "tulle.toml").write_text(
        'name = "app"\n[model]\npath = "clothing"\n[function]\nhandler = "app.handler"\n'
        f'[package]\nbase = "{base}"\n'
    )
    return folder


def test_one_changed_line_makes_one_new_layer(project: Path) -> None:
    first = built(folder=project)
    before = layers(project / "dist/app-image")
    again = built(folder=project)
    (project / "app.py").write_text(HANDLER.replace("one", "two"))
    changed = built(folder=project)
    after = layers(project / "dist/app-image")
    assert (first["unchanged"], again["unchanged"], changed["unchanged"]) == (False, True, False)
    assert [old == new for old, new in zip(before, after, strict=True)] == [True] * 3 + [False]


def test_takes_the_targets_platform_from_an_index(project: Path) -> None:
    result = built("--architecture", "arm64", "-o", "arm", folder=project)
    assert result["architecture"] == "arm64"
    assert layers(project / "arm")[1:3] != []


def test_a_damaged_layout_is_mended(project: Path) -> None:
    built(folder=project)
    layout = project / "dist/app-image"
    digest = layers(layout)[-1]
    (layout / "blobs" / digest.replace(":", "/")).unlink()
    assert built(folder=project)["unchanged"] is False
    assert layers(layout)[-1] == digest


@needs("docker-registry", "skopeo")
def test_pushes_what_is_missing_alone(project: Path, tmp_path: Path) -> None:
    with docker_registry(tmp_path / "registry") as address:
        name = f"{address}/app:1"
        first = built("--push", name, folder=project)
        (project / "app.py").write_text(HANDLER.replace("one", "two"))
        second = built("--push", name, folder=project)
        inspect = ["skopeo", "inspect", "--tls-verify=false", f"docker://{name}"]
        inspected = subprocess.run(inspect, check=True, capture_output=True)
    assert first["path"] is None
    assert first["pushed"]["sent_bytes"] > first["size_bytes"]
    assert 0 < second["pushed"]["sent_bytes"] < 5_000
    assert json.loads(inspected.stdout)["Digest"] == second["digest"]


@needs("umoci")
def test_what_another_tool_unpacks_answers(
    tmp_path: Path, base: str, client: Path, interpreter: Interpreter
) -> None:
    runtime = ("--runtime", interpreter.runtime)
    result = built("clothing", "--base", base, *runtime, "-o", "image", folder=tmp_path)
    unpacked = tmp_path / "unpacked"
    image = f"{tmp_path / 'image'}:latest"
    umoci = ["umoci", "unpack", "--rootless", "--image", image, str(unpacked)]
    subprocess.run(umoci, check=True, capture_output=True)
    task = unpacked / "rootfs/var/task"
    command = [str(interpreter.path), "-S", "-m", "awslambdaric", result["handler"]]
    environment = {"LAMBDA_TASK_ROOT": str(task), "PYTHONPATH": str(client)}
    pants = next(path for path in sample_pictures() if path.stem == "pants")
    with invoking(command, folder=task, environment=environment) as invoke:
        assert invoke(picture_event(pants))["category"] == "pants"


def test_refuses_a_base_that_is_not_there(project: Path) -> None:
    ran = run_build("--base", "oci:nothing-here", folder=project)
    assert ran.returncode == 5
    assert "error[image-not-found]" in ran.stderr
    assert not (project / "dist").exists()
