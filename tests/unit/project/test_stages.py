"""What a project says otherwise for single stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidProject
from tulle.project.api import Throttle
from tulle.project.file import read_project
from tulle.project.project import ModelSection, Project
from tulle.project.route import Route

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
[model]
path = "small.tflite"

[function]
memory_mb = 512
environment = { LEVEL = "info", REGION = "eu" }

[api]
route = "/predict"
throttle = { rate = 10, burst = 20 }

[deploy.alarms]
errors = 5

[stages.prod.model]
path = "large.tflite"

[stages.prod.function]
memory_mb = 2048
environment = { LEVEL = "warning" }

[stages.prod.api]
routes = ["POST /predict", "/health"]
throttle = { rate = 100 }

[stages.prod.deploy]
log_retention_days = 365
alarms = { errors = false }
"""


def project_of(folder: Path, text: str = FILE, stage: str | None = None) -> Project:
    (folder / "tulle.toml").write_text(text, encoding="utf-8")
    return read_project(folder, stage=stage)


def problems(folder: Path, text: str, stage: str | None = None) -> str:
    with pytest.raises(InvalidProject) as caught:
        project_of(folder, f"{FILE}\n{text}", stage)
    return caught.value.detail or caught.value.message


def test_a_stage_goes_before_the_rest_of_the_file(tmp_path: Path) -> None:
    project = project_of(tmp_path, stage="prod")
    assert project.model == ModelSection(path="large.tflite")
    assert project.function.memory_mb == 2048
    assert dict(project.function.environment) == {"LEVEL": "warning", "REGION": "eu"}
    assert project.api.routes == (Route(method="POST", path="/predict"), Route(path="/health"))
    assert project.api.throttle == Throttle(rate=100, burst=20)
    assert project.deploy.log_retention_days == 365
    assert project.deploy.alarms.errors is None


@pytest.mark.parametrize("stage", [None, "dev"])
def test_other_stages_are_as_the_file_says(tmp_path: Path, stage: str | None) -> None:
    project = project_of(tmp_path, stage=stage)
    assert project.model == ModelSection(path="small.tflite")
    assert project.function.memory_mb == 512
    assert project.api.routes == (Route(path="/predict"),)
    assert project.deploy.alarms.errors == 5


def test_what_is_named_after_the_model_has_one_name_in_all_stages(tmp_path: Path) -> None:
    assert project_of(tmp_path, stage="prod").name == project_of(tmp_path).name == "small"


def test_options_go_before_a_stage(tmp_path: Path) -> None:
    (tmp_path / "tulle.toml").write_text(FILE)
    project = read_project(tmp_path, {"function": {"memory_mb": 256}}, stage="prod")
    assert project.function.memory_mb == 256


@pytest.mark.parametrize("stage", [None, "dev", "test", "prod"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[stages.test.function]\nmemory = 512", "`stages.test.function.memory`\n  hint: did you mean"),
        ("[stages.test.functions]\n", "no key `stages.test.functions`\n  hint: did you mean `function`?"),
        ("[stages.test]\nmemory_mb = 512", "it belongs under [stages.test.function]"),
        ("[stages.test]\nname = 'other'", "there is no key `stages.test.name`"),
        ("[stages.test.function]\nmemory_mb = 1", "`stages.test.function.memory_mb` is 1"),
        ("[stages.'a b'.function]\n", "`stages.a b` is 'a b'\n  hint: it must be a stage's name"),
        ("[stages]\ntest = 3", "`stages.test` must be a section"),
        ("[stages.test.api]\ntype = 'rest'\ncors = { allow_origins = ['*'] }",
         "for the stage test, `api.cors` does not go with type 'rest'"),
        ("[stages.test.api]\ntimeout_s = 31", "for the stage test, `api.timeout_s` is 31"),
    ],
)  # fmt: skip
def test_mistakes_are_found_whichever_stage_is_meant(
    tmp_path: Path, text: str, said: str, stage: str | None
) -> None:
    assert said in problems(tmp_path, text, stage)


def test_stages_that_are_no_section_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidProject) as caught:
        project_of(tmp_path, "stages = 3\n[model]\npath = 'a'\n", "prod")
    assert "`stages` must be a section" in (caught.value.detail or "")


def test_a_mistake_is_told_once(tmp_path: Path) -> None:
    said = problems(tmp_path, "[stages.test.api]\ntimeout_s = 31", "test")
    assert said.count("timeout_s") == 1
