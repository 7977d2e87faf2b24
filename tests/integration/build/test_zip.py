"""Zips, run by AWS's own emulator and client with nothing on the path but themselves."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.build.build_process import built, run_build
from integration.build.lambda_emulator import invoking, picture_event
from integration.emulator.dev_process import TULLE
from tulle.model.builtin import builtin_model, sample_pictures

if TYPE_CHECKING:
    from integration.build.lambda_emulator import Interpreter

SOURCES = Path(__file__).parents[2] / "data/models/sources"
MIB = 1024 * 1024
OWN_HANDLER = """
import base64
import os

from tulle_runtime.classifier import Classifier
from tulle_runtime.manifest import read_manifest

from parts.naming import shout

classifier = Classifier.from_manifest(read_manifest(os.environ["LAMBDA_TASK_ROOT"]))


def handler(event, context):
    prediction = classifier.predict(base64.b64decode(event["image"]))
    return {"said": shout(prediction.category)}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder whose name is no shell's friend."""
    folder = tmp_path_factory.mktemp("projects") / "päckchen mit leerzeichen"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def built_zip(project: Path, interpreter: Interpreter) -> dict[str, Any]:
    return built("clothing", "--type", "zip", "--runtime", interpreter.runtime, folder=project)


def predicted(pictures: tuple[Path, ...]) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [*TULLE, "predict", "--json", *map(str, pictures)],
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(ran.stdout)["predictions"]
    return [{"category": one["category"], "scores": one["scores"]} for one in answers]


def lambda_command(
    archive: Path, handler: str, folder: Path, client: Path, interpreter: Interpreter
) -> tuple[list[str], dict[str, str]]:
    """Unpack a zip as Lambda does, and give the command and the variables that run it."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    environment = {
        "LAMBDA_TASK_ROOT": str(folder),
        "LD_LIBRARY_PATH": f"{folder}:{folder}/lib",
        "PYTHONPATH": str(client),
    }
    return [str(interpreter.path), "-S", "-m", "awslambdaric", handler], environment


def test_answers_as_predict_does(
    project: Path,
    built_zip: dict[str, Any],
    tmp_path: Path,
    client: Path,
    interpreter: Interpreter,
) -> None:
    pictures = sample_pictures()[:3]
    task = tmp_path / "task"
    archive = project / built_zip["path"]
    command, environment = lambda_command(archive, built_zip["handler"], task, client, interpreter)
    with invoking(command, folder=task, environment=environment) as invoke:
        answers = [invoke(picture_event(picture)) for picture in pictures]
    assert answers == predicted(pictures)


def test_tells_what_it_built(project: Path, built_zip: dict[str, Any]) -> None:
    content = (project / built_zip["path"]).read_bytes()
    assert built_zip["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert built_zip["size_bytes"] == len(content)
    with zipfile.ZipFile(project / built_zip["path"]) as archive:
        assert archive.testzip() is None
        assert built_zip["unpacked_bytes"] == sum(e.file_size for e in archive.infolist())
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["allow_private_addresses"] is False
    assert manifest["model_sha256"] == built_zip["model_sha256"]
    components = json.loads((project / built_zip["sbom"]).read_bytes())["components"]
    assert {part["name"] for part in components} == {
        *("model.tflite", "ai-edge-litert", "pillow", "tulle")
    }


def test_a_second_build_finds_it_there(
    project: Path, built_zip: dict[str, Any], interpreter: Interpreter
) -> None:
    arguments = ("clothing", "--type", "zip", "--runtime", interpreter.runtime)
    again = built(*arguments, folder=project)
    assert (again["unchanged"], again["digest"]) == (True, built_zip["digest"])
    (project / built_zip["path"]).write_bytes(b"damaged")
    mended = built(*arguments, folder=project)
    assert (mended["unchanged"], mended["digest"]) == (False, built_zip["digest"])


def test_another_folder_and_cache_give_the_same_bytes(
    project: Path, built_zip: dict[str, Any], tmp_path: Path, interpreter: Interpreter
) -> None:
    shutil.copyfile(project / "tulle.lock", tmp_path / "tulle.lock")
    model = tmp_path / "clothing.tflite"
    shutil.copyfile(builtin_model("clothing") or "", model)
    other = built(
        *(model, "--type", "zip", "--runtime", interpreter.runtime),
        folder=tmp_path,
        cache_folder=tmp_path / "cache",
    )
    assert other["digest"] == built_zip["digest"]


def test_a_handler_of_ones_own_has_the_model(
    tmp_path: Path, client: Path, interpreter: Interpreter
) -> None:
    folder, task = tmp_path / "own", tmp_path / "task"
    (folder / "src/parts").mkdir(parents=True)
    (folder / "app.py").write_text(OWN_HANDLER)
    (folder / "parts").mkdir()
    (folder / "parts/naming.py").write_text("def shout(word):\n    return word.upper() + '!'\n")
    (folder / "tulle.toml").write_text(
        '[model]\npath = "clothing"\n[function]\nhandler = "app.handler"\n'
        f'runtime = "{interpreter.runtime}"\n[package]\ntype = "zip"\n'
    )
    result = built(folder=folder)
    command, environment = lambda_command(
        folder / result["path"], result["handler"], task, client, interpreter
    )
    pants = next(path for path in sample_pictures() if path.stem == "pants")
    with invoking(command, folder=task, environment=environment) as invoke:
        assert invoke(picture_event(pants)) == {"said": "PANTS!"}


def test_a_source_is_converted_once(tmp_path: Path) -> None:
    source = SOURCES / "teachable-machine/model_unquant.tflite"
    arguments = (source, "--type", "zip", "--labels", "nothing,half,all")
    first = run_build(*arguments, folder=tmp_path)
    again = run_build(*arguments, folder=tmp_path)
    assert first.returncode == again.returncode == 0, first.stderr
    assert "Run the result on" in first.stderr
    assert "Run the result on" not in again.stderr
    with zipfile.ZipFile(tmp_path / "dist/model_unquant.zip") as archive:
        assert json.loads(archive.read("manifest.json"))["labels"] == ["nothing", "half", "all"]


def test_a_handler_without_a_model_is_small(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return 1\n")
    result = built("--handler", "app.handler", "--type", "zip", folder=tmp_path)
    assert result["packages"] == []
    assert result["model_sha256"] is None
    assert result["size_bytes"] < 100_000


def test_arm64_is_built_here_too(tmp_path: Path) -> None:
    result = built("clothing", "--type", "zip", "--architecture", "arm64", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / result["path"]) as archive:
        library = archive.read("ai_edge_litert/libLiteRt.so")
        model_bytes = archive.getinfo("model.tflite").file_size
    assert library[18:20] == b"\xb7\x00"  # EM_AARCH64
    assert result["unpacked_bytes"] - model_bytes < 20 * MIB
    assert result["size_bytes"] - model_bytes < 8e6
