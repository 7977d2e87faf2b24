"""What a function may be, and what its child sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tulle.emulator.function import Function
from tulle.emulator.variables import child_variables, new_log_stream
from tulle.errors import InvalidFunction

if TYPE_CHECKING:
    from pathlib import Path


def function(folder: Path, **changes: Any) -> Function:
    given = {"name": "fn", "handler": "app.handler", "folder": folder, **changes}
    return Function(**given)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": "no spaces"}, "cannot be a function's name"),
        ({"name": "x" * 65}, "cannot be a function's name"),
        ({"memory_mb": 127}, "127 MB"),
        ({"timeout_s": 901}, "901 s"),
        ({"concurrency": 0}, "0 invocations at once"),
        ({"environment": (("_HANDLER", "x"),)}, "Lambda reserves the variable _HANDLER"),
        ({"environment": (("1A", "x"),)}, "'1A' cannot be the name"),
        ({"environment": (("AB", "x" * 4088),)}, "hold 4097 bytes, and Lambda takes 4096"),
    ],
)
def test_refuses_what_lambda_refuses(tmp_path: Path, changes: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidFunction, match=re.escape(text)):
        function(tmp_path, **changes)


def test_credentials_do_not_count_among_the_variables(tmp_path: Path) -> None:
    token = ("AWS_SESSION_TOKEN", "x" * 2000)
    assert function(tmp_path, environment=(token, ("AB", "x" * 4087))).environment[0] == token


def test_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidFunction, match="is not there"):
        function(tmp_path / "nowhere")


def variables(folder: Path, environ: dict[str, str], **changes: Any) -> dict[str, str]:
    return child_variables(
        function(folder, **changes), runtime_api="127.0.0.1:1", log_stream="s", environ=environ
    )


def test_the_child_sees_nothing_of_the_shell_but_its_path(tmp_path: Path) -> None:
    shell = {"PATH": "/bin", "HOME": "/home/me", "AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "mine"}
    seen = variables(tmp_path, shell)
    assert seen["PATH"] == "/bin"
    assert not {"HOME", "AWS_PROFILE"} & seen.keys()
    assert "mine" not in seen.values()


def test_the_child_sees_what_lambda_reserves(tmp_path: Path) -> None:
    seen = variables(tmp_path, {}, runtime="python3.13", memory_mb=512)
    assert seen["_HANDLER"] == "app.handler"
    assert seen["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:1"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert seen["LAMBDA_TASK_ROOT"] == str(tmp_path)
    assert seen["TZ"] == ":UTC"
    assert seen["AWS_XRAY_CONTEXT_MISSING"] == "LOG_ERROR"


def test_compiled_files_are_found_in_the_functions_folder(tmp_path: Path) -> None:
    seen = variables(tmp_path, {"LD_LIBRARY_PATH": "/opt/python/lib"})
    assert seen["LD_LIBRARY_PATH"] == f"/opt/python/lib:{tmp_path}:{tmp_path}/lib"


def test_the_functions_own_variables_are_set_even_credentials(tmp_path: Path) -> None:
    seen = variables(tmp_path, {}, environment=(("MODEL", "a"), ("AWS_REGION", "eu-west-1")))
    assert (seen["MODEL"], seen["AWS_REGION"]) == ("a", "eu-west-1")


def test_a_log_stream_is_named_by_day_and_environment() -> None:
    assert re.fullmatch(r"2026/01/12/\[\$LATEST\][0-9a-f]{32}", new_log_stream(1768176000))
