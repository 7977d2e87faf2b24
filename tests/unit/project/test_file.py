"""Reading a project from its file and from options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidProject
from tulle.project.api import ApiSection, ApiType
from tulle.project.file import read_project
from tulle.project.project import (
    FunctionSection,
    ModelSection,
    PackageSection,
    PackageType,
    Project,
)
from tulle.project.route import Route

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
name = "clothing"

[model]
path = "clothing.keras"
labels = ["dress", "hat"]
preprocessing = "xception"

[function]
runtime = "python3.12"
architecture = "arm64"
memory_mb = 2048
timeout_s = 10
handler = "src/app.handler"
requirements = ["scikit-learn>=1.5"]

[package]
type = "zip"
base = "debian:trixie-slim"
exclude = ["notebooks/*"]
accept = ["missing-import"]

[api]
type = "rest"
route = "/classify"
"""


def project_in(folder: Path, text: str) -> Project:
    (folder / "tulle.toml").write_text(text, encoding="utf-8")
    return read_project(folder)


def problems(folder: Path, text: str) -> str:
    with pytest.raises(InvalidProject) as caught:
        project_in(folder, text)
    return caught.value.detail or caught.value.message


def test_reads_every_key(tmp_path: Path) -> None:
    assert project_in(tmp_path, WHOLE) == Project(
        folder=tmp_path.resolve(),
        name="clothing",
        model=ModelSection(
            path="clothing.keras", labels=("dress", "hat"), preprocessing="xception"
        ),
        function=FunctionSection(
            runtime="python3.12",
            architecture="arm64",
            memory_mb=2048,
            timeout_s=10,
            handler="src/app.handler",
            requirements=("scikit-learn>=1.5",),
        ),
        package=PackageSection(
            type=PackageType.ZIP,
            base="debian:trixie-slim",
            exclude=("notebooks/*",),
            accept=("missing-import",),
        ),
        api=ApiSection(type=ApiType.REST, routes=(Route(path="/classify"),)),
    )


def test_all_but_the_model_has_a_default(tmp_path: Path) -> None:
    project = project_in(tmp_path, '[model]\npath = "my model.keras"\n')
    assert project.name == "my-model"
    assert (project.function.runtime, project.function.architecture) == ("python3.13", "x86_64")
    assert (project.function.memory_mb, project.function.timeout_s) == (1024, 30)
    assert (project.package.type, project.api.routes) == (
        PackageType.IMAGE,
        (Route(path="/predict"),),
    )


def test_a_handler_needs_no_model(tmp_path: Path) -> None:
    folder = tmp_path / "päckchen ü"
    folder.mkdir()
    project = project_in(folder, '[function]\nhandler = "app.handler"\n')
    assert (project.model, project.name) == (None, "p-ckchen")


def test_reads_pyproject_toml(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tulle.model]\npath = "a.tflite"\n')
    assert read_project(tmp_path).model == ModelSection(path="a.tflite")


def test_two_files_that_speak_of_it_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tulle.model]\npath = "a.tflite"\n')
    assert "both tulle.toml and" in problems(tmp_path, '[model]\npath = "b.tflite"\n')


def test_needs_no_file_where_options_say_all(tmp_path: Path) -> None:
    options = {"model": {"path": "clothing"}, "function": {"architecture": "arm64"}, "api": {}}
    project = read_project(tmp_path, options)
    assert project.model == ModelSection(path="clothing")
    assert project.function.architecture == "arm64"


def test_options_go_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text(WHOLE)
    function = read_project(tmp_path, {"function": {"runtime": "python3.14"}}).function
    assert (function.runtime, function.architecture) == ("python3.14", "arm64")


def test_nothing_at_all_is_nothing_to_build(tmp_path: Path) -> None:
    with pytest.raises(InvalidProject) as caught:
        read_project(tmp_path)
    assert caught.value.message == "neither a model nor a handler is named"
    assert "name the model on the command line" in caught.value.hint


def test_names_all_problems_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("memory_mb", "memory").replace("2048", "64").replace('"rest"', '"soap"')
    text = text.replace("name =", "nme =").replace("timeout_s = 10", "timeout_s = true")
    found = problems(tmp_path, text)
    assert "there is no key `nme`\n  hint: did you mean `name`?" in found
    assert "there is no key `function.memory`\n  hint: did you mean `memory_mb`?" in found
    assert "`api.type` is 'soap'\n  hint: it must be one of http, rest, url, none" in found
    assert "`function.timeout_s` is True" in found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("model = 'a.keras'", "write it as [model]"),
        ("[model]", "[model] names no file"),
        ("[model]\npath = 3", "it must be a text"),
        ("[model]\npath = 'a'\nlabels = []", "a file's name or a list of labels"),
        ("[model]\npath = 'a'\nruntime = 'python3.13'", "it belongs under [function]"),
        ("[model]\npath = 'a'\nzzz = 1", "known here are path, labels, preprocessing"),
        ("[function]\nhandler = 'app'", "of the form module.function"),
        ("[function]\nhandler = 'a.b'\nruntime = 'python2.7'", "one of python3.14,"),
        ("[function]\nhandler = 'a.b'\nmemory_mb = 64", "from 128 to 10240"),
        ("[function]\nhandler = 'a.b'\nrequirements = 'numpy'", "a list of texts"),
        ("[model\npath = 'a'", "is not TOML"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    assert said in problems(tmp_path, line)
