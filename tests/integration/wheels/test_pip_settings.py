"""What `uv` is told of `pip`'s settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tulle.bundle.wheels.pip_settings import with_pip_settings

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
[global]
index-url = https://mirror.example/simple
cert = /etc/mirror.pem
timeout = 60
[install]
extra-index-url =
    https://one.example/simple
    https://two.example/simple
trusted-host = mirror.example
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment where pip has a file of settings, and neither pip nor uv any others."""
    told = ("PIP_", "UV_", "SSL_", "HTTP", "http", "ALL_", "all_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(told)}
    file = tmp_path / "pip.conf"
    file.write_text(CONFIGURATION)
    return {**kept, "HOME": str(tmp_path), "PIP_CONFIG_FILE": str(file)}


def added(environ: dict[str, str]) -> dict[str, str]:
    result = with_pip_settings(environ)
    return {name: value for name, value in result.items() if environ.get(name) != value}


# A machine's own settings, for all its users, are pip's too: so these tests look at what they set alone.


def test_tells_uv_of_the_index_and_its_certificate(environ: dict[str, str]) -> None:
    found = added(environ)
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["SSL_CERT_FILE"] == "/etc/mirror.pem"
    assert found["UV_INSECURE_HOST"] == "mirror.example"
    assert found["UV_HTTP_TIMEOUT"] == "60"


def test_takes_the_best_of_several_indexes_as_pip_does(environ: dict[str, str]) -> None:
    found = added(environ)
    assert found["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_pips_variables_are_stronger_than_its_files(environ: dict[str, str]) -> None:
    environ["PIP_INDEX_URL"] = "https://other.example/simple"
    assert added(environ)["UV_DEFAULT_INDEX"] == "https://other.example/simple"


def test_names_only_folders_that_are_there(environ: dict[str, str], tmp_path: Path) -> None:
    environ["PIP_FIND_LINKS"] = f"{tmp_path} {tmp_path}/nothing https://links.example/"
    assert added(environ)["UV_FIND_LINKS"] == f"{tmp_path},https://links.example/"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_CONFIG_FILE"])
def test_uvs_own_variables_hold(name: str, environ: dict[str, str]) -> None:
    environ[name] = "https://uv.example/simple"
    assert added(environ) == {}


def test_uvs_own_file_holds(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".config/uv").mkdir(parents=True)
    (tmp_path / ".config/uv/uv.toml").write_text("")
    assert added(environ) == {}


def test_a_variable_of_uvs_or_the_systems_is_not_replaced(environ: dict[str, str]) -> None:
    environ |= {"UV_HTTP_TIMEOUT": "5", "SSL_CERT_DIR": "/etc/certificates"}
    found = added(environ)
    assert not {"UV_HTTP_TIMEOUT", "SSL_CERT_FILE"} & found.keys()
    assert "UV_DEFAULT_INDEX" in found
