"""Functions that mean ill, or know no better: whatever they do, the next request is answered."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import Dev, is_alive, running_dev, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Path(__file__).with_name("functions")
EXIT = "Runtime.ExitError"
TIMEOUT = "Sandbox.Timedout"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("hostile") / "my-function"
    shutil.copytree(FUNCTIONS, folder)
    options = ("--handler", "hostile.handler", "--timeout-s", "4", "--no-reload")
    with running_dev(folder, *options) as running:
        yield running
        assert running.stop() == 130


@pytest.fixture(autouse=True)
def next_request_is_answered(dev: Dev) -> Iterator[None]:
    yield
    for number in range(2):
        assert pong(dev, number)["pong"] == number


def pong(dev: Dev, number: int = 0) -> Any:
    return dev.invoke({"do": "pong", "number": number}).json


def error_type(answer: Any) -> str | None:
    return answer.get("errorType") if isinstance(answer, dict) else None


def begin_anew(dev: Dev) -> None:
    """End the environment with all that is in it."""
    assert error_type(dev.invoke({"do": "kill_its_group"}).json) == EXIT


@pytest.mark.parametrize(
    ("do", "answer"),
    [
        ("answer_itself", "its own"),
        ("answer_itself_twice", "first"),
        ("fail_itself", {"errorType": "Own", "errorMessage": "own"}),
        ("talk_nonsense", "talked"),
        ("poll_meanwhile", 200),
        ("poll_and_hang_up", "left one who hangs up"),
        ("hold_connections", 200),
    ],
)
def test_who_talks_to_the_runtime_api_harms_only_itself(dev: Dev, do: str, answer: object) -> None:
    assert dev.invoke({"do": do}).json == answer


def test_an_answer_for_another_invocation_is_refused(dev: Dev) -> None:
    (wrong, _), (late, _) = dev.invoke({"do": "answer_for_another"}).json
    assert (wrong, late) == (400, 403)


def test_an_answer_without_an_end_is_a_timeout(dev: Dev) -> None:
    assert error_type(dev.invoke({"do": "answer_without_end"}).json) == TIMEOUT


def test_an_answer_without_a_limit_is_too_large(dev: Dev) -> None:
    answer = dev.invoke({"do": "answer_without_limit"}).json
    assert error_type(answer) == "Function.ResponseSizeTooLarge"


def test_an_invocation_that_another_thread_took_is_a_timeout(dev: Dev) -> None:
    assert dev.invoke({"do": "steal_the_next"}).json == "left a thief"
    # Once the thief waits behind the client, it gets the invocation after the next.
    wait_until(lambda: error_type(pong(dev)) == TIMEOUT, "an invocation that it took")


@pytest.mark.parametrize(
    ("do", "error"),
    [
        ("replace_itself", EXIT),
        ("answer_in_part", EXIT),
        ("kill_its_group", EXIT),
        ("hold_output", EXIT),
        ("stop_itself", TIMEOUT),
    ],
)
def test_who_ends_itself_is_replaced(dev: Dev, do: str, error: str) -> None:
    assert error_type(dev.invoke({"do": do}).json) == error


@pytest.mark.parametrize("seconds", [0.001, 0.05])
def test_who_ends_after_its_answer_is_replaced(dev: Dev, seconds: float) -> None:
    answer = dev.invoke({"do": "leave_after_answering", "s": seconds}).json
    if isinstance(answer, int):
        wait_until(lambda: not is_alive(answer), "its end")
    else:
        assert error_type(answer) == EXIT
    # One that comes at the very moment of the end may still be handed to the one that ends.
    wait_until(lambda: error_type(pong(dev)) is None, "a new process")


@pytest.mark.parametrize(
    "do",
    [
        "close_all_files",
        "fork_many",
        "start_many_threads",
        "limit_itself",
        "break_stdout",
    ],
)
def test_who_spoils_its_own_process_may_go_on(dev: Dev, do: str) -> None:
    assert error_type(dev.invoke({"do": do}).json) is None
    assert pong(dev, 1)["pong"] == 1
    begin_anew(dev)


def test_a_folder_that_is_removed_under_it_is_its_own_loss(dev: Dev) -> None:
    assert dev.invoke({"do": "remove_its_folder"}).json == "removed"


def test_a_log_of_20_mb_is_written(dev: Dev) -> None:
    assert dev.invoke({"do": "write_without_line_breaks", "mb": 20}).json == "written"


def test_a_log_without_an_end_does_not_keep_others_waiting(dev: Dev) -> None:
    assert dev.invoke({"do": "write_without_end_after_answering"}).json == "answered"
    assert pong(dev, 1)["pong"] == 1
    begin_anew(dev)


@pytest.mark.parametrize("do", ["leave_a_child", "leave_a_daemon"])
def test_what_it_left_behind_ends_with_it(dev: Dev, do: str) -> None:
    pid = dev.invoke({"do": do}).json
    assert is_alive(pid)
    begin_anew(dev)
    wait_until(lambda: not is_alive(pid), "its end")
