"""Which deployment is meant, before anybody is asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tulle.api.deployed import DeployedRequest, open_deployed
from tulle.cli.status import command as status
from tulle.errors import InvalidProject, InvalidStage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("written", ["", 'name = "shop"\n[model]\npath = 3\n', "name = shop\n"])
def test_a_folder_that_names_no_project_need_not_be_put_right(tmp_path: Path, written: str) -> None:
    (tmp_path / "tulle.toml").write_text(written)
    with pytest.raises(InvalidProject) as caught:
        open_deployed(DeployedRequest(folder=tmp_path))
    assert caught.value.hint.endswith("; or say which project is meant: --name PROJECT")


def test_a_stage_without_a_name_is_not_taken_for_another() -> None:
    ran = CliRunner().invoke(status, ["--name", "shop", "--stage", ""])
    assert isinstance(ran.exception, InvalidStage)
