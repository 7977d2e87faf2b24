"""`tulle init`, as a user types it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from tulle.model.builtin import builtin_model
from tulle.project.file import read_project

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = Path(__file__).parents[1] / "data/models/sources"


def tulle(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tulle", "init", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def model(folder: Path, name: str) -> Path:
    source = builtin_model("clothing")
    assert source is not None
    return Path(shutil.copyfile(source, folder / name))


def test_takes_the_one_model_in_the_folder(tmp_path: Path) -> None:
    model(tmp_path, "pets.tflite")
    ran = tulle(tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "tulle.toml\n")
    assert "tulle deploy" in ran.stderr
    project = read_project(tmp_path)
    assert project.model is not None
    assert (project.name, project.model.path) == ("pets", "pets.tflite")


def test_takes_what_was_converted_before_what_it_was_made_of(tmp_path: Path) -> None:
    model(tmp_path, "pets.tflite")
    (tmp_path / "pets.keras").write_bytes(b"")
    assert tulle(tmp_path).returncode == 0
    project = read_project(tmp_path)
    assert project.model is not None
    assert project.model.path == "pets.tflite"


def test_takes_a_model_from_elsewhere_and_names_the_project_after_its_folder(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "my shop"
    folder.mkdir()
    model(tmp_path, "model.tflite")
    assert tulle(tmp_path, "model.tflite", "--folder", "my shop").returncode == 0
    project = read_project(folder)
    assert project.model is not None
    assert (project.name, project.model.path) == ("my-shop", "../model.tflite")


def test_takes_the_built_in_model(tmp_path: Path) -> None:
    assert tulle(tmp_path, "clothing", "--type", "zip", "--api", "url").returncode == 0
    project = read_project(tmp_path)
    assert project.model is not None
    assert (project.model.path, project.package.type, project.api.type) == (
        "clothing",
        "zip",
        "url",
    )


def test_keeps_labels_and_preprocessing(tmp_path: Path) -> None:
    shutil.copyfile(MODELS / "int8.tflite", tmp_path / "a.tflite")
    (tmp_path / "names.txt").write_text("cat\ndog\nowl\n")
    ran = tulle(tmp_path, "a.tflite", "--labels", "names.txt", "--preprocessing", "0..1")
    assert ran.returncode == 0, ran.stderr
    project = read_project(tmp_path)
    assert project.model is not None
    assert (project.model.labels, project.model.preprocessing) == ("names.txt", "0..1")


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ((), (), ("there is no model in", "tulle init clothing")),
        (("a.tflite", "b.tflite"), (), ("several models", "a.tflite, b.tflite")),
        ((), ("missing.keras",), ("there is no model at missing.keras",)),
        (("a.tflite",), ("--name", "a b"), ("`name` is 'a b'",)),
        (("a.tflite",), ("--preprocessing", "nonsense"), ("nonsense",)),
        (("tulle.toml",), ("clothing",), ("tulle.toml is there already",)),
    ],
)
def test_says_what_is_missing_and_writes_nothing(
    tmp_path: Path, files: Sequence[str], arguments: Sequence[str], said: Sequence[str]
) -> None:
    for name in files:
        model(tmp_path, name)
    before = sorted(tmp_path.iterdir())
    ran = tulle(tmp_path, *arguments)
    assert ran.returncode in {2, 3}
    for words in said:
        assert words in ran.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_asks_what_a_keras_model_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "labels.txt").write_text("cat\ndog\n")
    ran = tulle(tmp_path, "a.h5")
    assert "--preprocessing" in ran.stderr
    (tmp_path / "labels.txt").unlink()
    assert "--labels" in tulle(tmp_path, "a.h5", "--preprocessing", "0..1").stderr
    assert not (tmp_path / "tulle.toml").exists()


def repository(folder: Path, remote: str) -> None:
    for words in (("init", "-q"), ("remote", "add", "origin", remote)):
        subprocess.run(["git", "-C", str(folder), *words], check=True)  # noqa: S607


def test_writes_a_workflow_without_stored_keys(tmp_path: Path) -> None:
    repository(tmp_path, "git@github.com:me/shop.git")
    folder = tmp_path / "models" / "pets"
    folder.mkdir(parents=True)
    model(folder, "pets.tflite")
    ran = tulle(folder, "--ci", "github", "--json")
    assert ran.returncode == 0, ran.stderr
    toml, path, role = (Path(name) for name in json.loads(ran.stdout)["files"])
    assert toml == Path("tulle.toml")
    assert path == tmp_path / ".github/workflows/deploy-pets.yml"
    workflow = yaml.safe_load(path.read_text())
    assert workflow[True] == {  # YAML reads `on` so
        "push": {"branches": ["main"], "paths": ["models/pets/**"]},
        "workflow_dispatch": None,
    }
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    job = workflow["jobs"]["deploy"]
    assert job["defaults"]["run"]["working-directory"] == "models/pets"
    assert [step["run"] for step in job["steps"] if "run" in step] == [
        "pip install 'tulle'",
        "tulle deploy --stage prod",
    ]
    assert "secrets" not in path.read_text()
    parameters = json.loads(role.read_text())["Parameters"]
    assert (parameters["Owner"]["Default"], parameters["Repository"]["Default"]) == ("me", "shop")


@pytest.mark.parametrize("project", ["pets", "My_Shop"])
def test_the_role_is_what_aws_takes(tmp_path: Path, project: str) -> None:
    assert tulle(tmp_path, "clothing", "--name", project, "--ci", "github").returncode == 0
    path = tmp_path / f".github/deploy-{project}-role.json"
    found = lint(path.read_text(), config=ManualArgs(regions=["us-east-1", "eu-west-1"]))
    assert [str(match) for match in found] == []


def test_adds_the_workflow_to_a_project_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text('[model]\npath = "a.keras"\n')
    for ran in (tulle(tmp_path, "--ci", "github", "--stage", "test") for _ in range(2)):
        assert ran.returncode == 0, ran.stderr
        assert "Owner=OWNER Repository=NAME" in ran.stderr
    workflow = tmp_path / ".github/workflows/deploy-a.yml"
    assert "pip install 'tulle[keras]'" in workflow.read_text()
    workflow.write_text("name: mine\n")
    refused = tulle(tmp_path, "--ci", "github")
    assert "says something else" in refused.stderr
    assert workflow.read_text() == "name: mine\n"
