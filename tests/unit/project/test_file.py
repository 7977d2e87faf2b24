"""Reading a project from its file and from options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidProject
from tulle.project.api import ApiSection, ApiType
from tulle.project.deploy import Alarms, DeploySection
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
environment = { LOG_LEVEL = "debug", EMPTY = "" }
tracing = true
reserved_concurrency = 5

[package]
type = "zip"
base = "debian:trixie-slim"
exclude = ["notebooks/*"]
accept = ["missing-import"]

[api]
type = "rest"
route = "/classify"

[deploy]
log_retention_days = 14
keep = 5

[deploy.alarms]
errors = 3
throttles = false
p95_ms = 2000
topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
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
            environment=(("LOG_LEVEL", "debug"), ("EMPTY", "")),
            tracing=True,
            reserved_concurrency=5,
        ),
        package=PackageSection(
            type=PackageType.ZIP,
            base="debian:trixie-slim",
            exclude=("notebooks/*",),
            accept=("missing-import",),
        ),
        api=ApiSection(type=ApiType.REST, routes=(Route(path="/classify"),)),
        deploy=DeploySection(
            log_retention_days=14,
            keep=5,
            alarms=Alarms(
                errors=3,
                throttles=None,
                p95_ms=2000,
                topic="arn:aws:sns:eu-west-1:123456789012:alarms",
            ),
        ),
    )


def test_all_but_the_model_has_a_default(tmp_path: Path) -> None:
    project = project_in(tmp_path, '[model]\npath = "my model.keras"\n')
    assert project.name == "my-model"
    assert (project.function.runtime, project.function.architecture) == ("python3.13", "x86_64")
    assert (project.function.memory_mb, project.function.timeout_s) == (1024, 30)
    assert project.deploy == DeploySection(
        log_retention_days=30, keep=20, alarms=Alarms(errors=1, throttles=1, p95_ms=24_000)
    )
    assert (project.package.type, project.api.routes) == (
        PackageType.IMAGE,
        (Route(path="/predict"),),
    )


def test_p95_rings_near_the_time_limit(tmp_path: Path) -> None:
    project = project_in(tmp_path, "[function]\nhandler = 'a.b'\ntimeout_s = 5\n")
    assert project.deploy.alarms.p95_ms == 4000


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
    ("text", "said"),
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
        ("[function]\nhandler = 'a.b'\nenvironment = 'A=b'", "[function.environment]"),
        ("[function.environment]\nAWS_REGION = 'eu-west-1'", "a variable that Lambda itself sets"),
        ("[function.environment]\n_HANDLER = 'a.b'", "a variable that Lambda itself sets"),
        ("[function.environment]\nA = 'b'", "at least two letters, digits, _"),
        ("[function.environment]\nA-B = 'c'", "at least two letters, digits, _"),
        ("[function.environment]\nLEVEL = 3", "`function.environment.LEVEL` is 3\n  hint: it must be a text"),
        (f"[function.environment]\nLONG = '{4086 * 'x'}'", "holds 4097 bytes, and Lambda takes 4096"),
        ("[function]\nhandler = 'a.b'\ntracing = 'yes'", "true or false"),
        ("[function]\nhandler = 'a.b'\nreserved_concurrency = -1", "a whole number from 0"),
        ("[deploy]\nlog_retention_days = 31", "must be one of 1, 3, 5, 7, 14, 30,"),
        ("[deploy]\nkeep = 1", "a whole number from 2 to 1000"),
        ("[deploy.alarms]\nerror = 1", "did you mean `errors`?"),
        ("[deploy.alarms]\nerrors = true", "a whole number from 1 to 1000000, or false for no alarm"),
        ("[deploy.alarms]\ntopic = 'alarms'", "the ARN of an SNS topic"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems(tmp_path, text)
