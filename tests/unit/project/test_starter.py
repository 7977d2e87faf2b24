"""A new project file says what was asked, and what most people change next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidProject
from tulle.project.api import ApiType
from tulle.project.file import read_project
from tulle.project.starter import Starter, starter_text

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.project.project import Project


def read(starter: Starter, folder: Path) -> Project:
    (folder / "tulle.toml").write_text(starter_text(starter))
    return read_project(folder)


def test_says_what_was_asked(tmp_path: Path) -> None:
    starter = Starter(
        name="pets",
        model="a folder/pets.keras",
        labels=("cat", 'a "dog"', "bœuf"),
        preprocessing="0..1",
        package="zip",
        api="rest",
        architecture="arm64",
    )
    project = read(starter, tmp_path)
    assert project.model is not None
    assert project.model.path == "a folder/pets.keras"
    assert project.model.labels == ("cat", 'a "dog"', "bœuf")
    assert project.model.preprocessing == "0..1"
    assert (project.name, project.package.type, project.api.type) == ("pets", "zip", ApiType.REST)
    assert project.function.architecture == "arm64"
    assert [route.path for route in project.api.routes] == ["/predict"]


def test_sends_a_handler_every_request(tmp_path: Path) -> None:
    project = read(Starter(name="own", handler="app.handler"), tmp_path)
    assert project.model is None
    assert project.function.handler == "app.handler"
    assert [route.key for route in project.api.routes] == ["$default"]


def test_a_rest_api_sends_a_handler_every_path(tmp_path: Path) -> None:
    project = read(Starter(name="own", handler="app.handler", api="rest"), tmp_path)
    assert [route.key for route in project.api.routes] == ["ANY /", "ANY /{proxy+}"]


@pytest.mark.parametrize(
    ("starter", "said"),
    [
        (Starter(name="no spaces", model="clothing"), "`name` is 'no spaces'"),
        (Starter(name="own", handler="app"), "`function.handler` is 'app'"),
    ],
)
def test_refuses_what_cannot_be(starter: Starter, said: str) -> None:
    with pytest.raises(InvalidProject) as caught:
        starter_text(starter)
    assert said in (caught.value.detail or "")
