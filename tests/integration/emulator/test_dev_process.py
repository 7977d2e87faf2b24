"""`tulle dev` from start to stop: what a user at a terminal meets."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from integration.emulator.dev_process import TULLE, Dev, is_alive, running_dev, wait_until

if TYPE_CHECKING:
    from pathlib import Path

PONG = """
def lambda_handler(event, context):
    print("parameters:", event)
    url = event["url"]
    return "PONG"
"""


def test_the_classic_handler_runs_unchanged(folder: Path) -> None:
    (folder / "lambda_function.py").write_text(PONG)
    with running_dev(folder, "--handler", "lambda_function.lambda_handler") as dev:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", dev.url)
        assert dev.invoke({"url": "http://example.com/pants.jpg"}).json == "PONG"
        dev.wait_for_log("parameters: {'url': 'http://example.com/pants.jpg'}")
        assert "my-function is ready: open http://127.0.0.1:" in dev.log
        assert """-d '{"key": "value"}'""" in dev.log  # pictures are for tulle's own handler


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_stop_ends_all_that_runs(
    dev_of_functions: Dev, number: signal.Signals, code: int
) -> None:
    dev = dev_of_functions
    grandchild = dev.invoke({"do": "start_a_child"}).json
    child = dev.invoke({"do": "count"}).json["pid"]
    assert is_alive(child)
    assert is_alive(grandchild)
    call = threading.Thread(target=lambda: ignore_cut(dev))
    call.start()
    dev.wait_for_log("about to sleep")
    assert dev.stop(number) == code
    call.join()
    wait_until(lambda: not is_alive(child) and not is_alive(grandchild), "the end of the children")


def ignore_cut(dev: Dev) -> None:
    with contextlib.suppress(OSError):  # the connection is cut, as it should be
        dev.invoke({"do": "say_and_sleep", "text": "about to sleep", "s": 60})


def test_the_calls_that_it_shows_can_be_made(folder: Path) -> None:
    (folder / "lambda_function.py").write_text(PONG)
    routes = ("GET /a", "HEAD /b", "DELETE /c", "PUT /d", "OPTIONS /d", "/e;f", "/g", "/h")
    options = [word for route in routes for word in ("--route", route)]
    with running_dev(folder, "--handler", "lambda_function.lambda_handler", *options) as dev:
        dev.wait_for_log("as Lambda:")
        shown = [line.partition("curl ")[2] for line in dev.log.splitlines() if "curl " in line]
        sent = "-H 'content-type: application/json' -d '{\"key\": \"value\"}'"
        assert shown == [
            f"{dev.url}/a",
            f"--head {dev.url}/b",
            f"-X DELETE {dev.url}/c",
            f"-X PUT {dev.url}/d {sent}",
            f"-X POST '{dev.url}/e;f' {sent}",
        ]


def test_a_crash_ends_what_the_child_started(dev_of_functions: Dev) -> None:
    grandchild = dev_of_functions.invoke({"do": "start_a_child"}).json
    dev_of_functions.invoke({"do": "leave", "code": 1})
    wait_until(lambda: not is_alive(grandchild), "the end of the grandchild")


def test_the_log_tells_of_cold_and_warm(dev_of_functions: Dev) -> None:
    for _ in range(2):
        dev_of_functions.invoke({"do": "say", "text": "hello"})
    dev_of_functions.invoke({"do": "say_to_stderr", "text": "at last"})
    dev_of_functions.wait_for_log("at last")
    log = dev_of_functions.log
    kinds = re.findall(r"^(INIT_START|module loaded|START|hello|END|REPORT)", log, re.MULTILINE)
    warm = ["START", "hello", "END", "REPORT"]
    assert kinds[:10] == ["INIT_START", "module loaded", *warm, *warm]
    cold_report, warm_report, *_ = re.findall(r"^REPORT .*$", log, re.MULTILINE)
    assert "Init Duration" in cold_report
    assert "Init Duration" not in warm_report


def test_memory_is_that_of_the_child(dev_of_functions: Dev) -> None:
    def used_mb() -> int:
        return int(re.findall(r"Max Memory Used: (\d+) MB", dev_of_functions.log)[-1])

    dev_of_functions.invoke({"do": "pong"})
    before = used_mb()
    dev_of_functions.invoke({"do": "allocate", "mb": 100})
    assert 5 < before < 60
    assert before + 90 < used_mb() < before + 150


def test_the_function_sees_nothing_of_the_shell(functions: Path) -> None:
    environ = {**os.environ, "AWS_SECRET_ACCESS_KEY": "mine", "MY_OWN": "mine", "HOME": "/mine"}
    options = ("--handler", "lambda_function.lambda_handler", "--env", "GIVEN=a=b")
    with running_dev(functions, *options, environ=environ) as dev:
        seen = dev.invoke({"do": "environment"}).json
    assert "mine" not in seen.values()
    assert not {"HOME", "MY_OWN"} & seen.keys()
    assert seen["GIVEN"] == "a=b"
    assert seen["_HANDLER"] == "lambda_function.lambda_handler"
    assert seen["LAMBDA_TASK_ROOT"] == str(functions)
    assert re.fullmatch(r"127\.0\.0\.1:\d+", seen["AWS_LAMBDA_RUNTIME_API"])


def test_runs_what_a_stage_says(functions: Path) -> None:
    (functions / "tulle.toml").write_text(
        '[function]\nhandler = "lambda_function.lambda_handler"\nmemory_mb = 256\n'
        '[stages.next.function]\nmemory_mb = 512\nenvironment = { WHERE = "next" }\n'
    )
    with running_dev(functions, "--stage", "next") as dev:
        seen = dev.invoke({"do": "environment"}).json
    assert (seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], seen["WHERE"]) == ("512", "next")


def test_says_that_it_lets_in_whom_aws_would_not(folder: Path) -> None:
    (folder / "app.py").write_text("def handler(event, context): return 1\n")
    (folder / "tulle.toml").write_text(
        '[function]\nhandler = "app.handler"\n[api]\nauthorizer = "iam"\n'
    )
    with running_dev(folder) as dev:
        assert dev.request("GET", "/predict").status == 200
    assert "here every request is let in" in dev.log


def test_a_saved_file_is_live_at_the_next_request(folder: Path) -> None:
    module = folder / "app.py"
    module.write_text("def handler(event, context): return 1\n")
    with running_dev(folder, "--handler", "app.handler") as dev:
        for number in range(1, 5):
            module.write_text(f"def handler(event, context): return {number}\n")
            wait_until(lambda: dev.invoke({}).json == number, f"version {number}")  # noqa: B023
        dev.wait_for_log("changed: app.py; the next request runs the new code")


def test_a_change_does_not_end_the_invocation_under_way(folder: Path) -> None:
    module = folder / "app.py"
    text = "import time\ndef handler(event, context):\n    print('began')\n    time.sleep(1)\n    return {}\n"
    module.write_text(text.format(1))
    answers: list[object] = []
    with running_dev(folder, "--handler", "app.handler") as dev:
        call = threading.Thread(target=lambda: answers.append(dev.invoke({}).json))
        call.start()
        dev.wait_for_log("began")
        module.write_text(text.format(2))
        dev.wait_for_log("changed: app.py")
        call.join()
        assert answers == [1]
        assert dev.invoke({}).json == 2


def test_a_log_in_the_folder_is_no_change(folder: Path) -> None:
    (folder / "app.py").write_text("def handler(event, context): return 1\n")
    with (folder / "dev.log").open("wb") as log:
        command = [*TULLE, "dev", "--handler", "app.handler", "--port", "0"]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log)
        with process:
            wait_until(lambda: b"is ready" in (folder / "dev.log").read_bytes(), "a start")
            (folder / "seen.txt").write_text("x")
            wait_until(lambda: b"changed: " in (folder / "dev.log").read_bytes(), "a change")
            (folder / "again.txt").write_text("x")
            wait_until(lambda: b"again.txt" in (folder / "dev.log").read_bytes(), "another")
            process.send_signal(signal.SIGINT)
            process.communicate()
    changes = re.findall(r"changed: ([^;]*);", (folder / "dev.log").read_text())
    assert changes == ["seen.txt", "again.txt"]


def test_a_cache_or_a_log_is_no_change(folder: Path) -> None:
    (folder / "app.py").write_text("def handler(event, context): return 1\n")
    with running_dev(folder, "--handler", "app.handler") as dev:
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "app.pyc").write_text("x")
        (folder / ".tulle").mkdir()
        (folder / ".tulle" / "event.json").write_text("x")
        (folder / "function.log").write_text("x")
        (folder / "seen.txt").write_text("x")
        dev.wait_for_log("changed: seen.txt")
        assert "app.pyc" not in dev.log
        assert "function.log" not in dev.log
        assert "event.json" not in dev.log


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("import nowhere", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'nowhere'"),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': invalid syntax (app.py, line 1)"),
        ("raise KeyError('model')", "KeyError", "'model'"),
    ],
)  # fmt: skip
def test_a_module_that_cannot_load_is_said_and_loads_once_it_is_mended(
    folder: Path, code: str, error_type: str, message: str
) -> None:
    (folder / "app.py").write_text(code)
    with running_dev(folder, "--handler", "app.handler") as dev:
        for _ in range(2):
            answer = dev.invoke({})
            assert answer.headers["X-Amz-Function-Error"] == "Unhandled"
            assert (answer.json["errorType"], answer.json["errorMessage"]) == (error_type, message)
            assert answer.json["requestId"] == ""
        assert f"Phase: init\tStatus: error\tError Type: {error_type}" in dev.log
        (folder / "app.py").write_text("def handler(event, context): return 'mended'\n")
        wait_until(lambda: dev.invoke({}).json == "mended", "the mended module")


def test_an_exit_while_loading_is_an_exit_error(folder: Path) -> None:
    (folder / "app.py").write_text("import sys\nsys.exit(0)\n")
    with running_dev(folder, "--handler", "app.handler") as dev:
        error = dev.invoke({}).json
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Error: Runtime exited without providing a reason")


def test_a_course_handler_runs_under_either_client(folder: Path) -> None:
    """A module-level object and a handler that reads `event["url"]`, as in the course."""
    (folder / "lambda_function.py").write_text(
        "classes = ['dress', 'pants']\n"
        "def predict(url):\n    return dict(zip(classes, [0.1, len(url) / 10]))\n"
        "def lambda_handler(event, context):\n    return predict(event['url'])\n"
    )
    answers = []
    for client in ("awslambdaric", "bootstrap"):
        options = ("--handler", "lambda_function.lambda_handler", "--client", client)
        with running_dev(folder, *options) as dev:
            answers.append(dev.invoke({"url": "http://x"}).json)
    assert answers == [{"dress": 0.1, "pants": 0.8}] * 2


def run_tulle(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TULLE, "dev", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_said_and_the_next_free_one_offered(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run_tulle("--handler", "app.handler", "--port", str(port), folder=folder)
    assert done.returncode == 6
    assert done.stdout == ""
    assert f"error[port-in-use]: port {port} is in use by another program" in done.stderr
    offered = re.search(r"hint: add --port (\d+), which is free", done.stderr)
    assert offered
    assert int(offered[1]) > port


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--handler", "a.b", "--folder", "nowhere"), 2, "error[invalid-function]: the function's folder"),
        (("--handler", "a.b", "--folder", __file__), 2, "is a file"),
        (("--handler", "a.b", "--env", "_HANDLER=x"), 2, "Lambda reserves the variable _HANDLER"),
        (("--handler", "a.b", "--env", "NAME"), 2, "'NAME' is not of the form NAME=VALUE"),
        (("--handler", "a.b", "--route", "predict"), 2, "write a route as '/predict' or 'POST /predict'"),
        (("--api", "url", "--route", "/predict"), 2, "a function URL has no routes: leave out --route"),
        (("--route", "/{name+}/more"), 2, "'{name+}' at the end for all that follows"),
        (("--handler", "a.b", "--host", "no.such.host.invalid"), 6, "error[address-unavailable]"),
        (("--handler", "a.b", "--dead-letter-file", "no/such/file"), 6, "error[dead-letter-file-unusable]"),
        (("--handler", "a.b", "--event-retries", "3"), 2, "3 is not in the range 0<=x<=2"),
        (("clothing", "--handler", "a.b"), 2, "give a MODEL or a --handler, not both"),
        (("--folder", "."), 3, "neither a model nor a handler is named"),
        (("--handler", "app"), 3, "of the form module.function"),
        (("nowhere.tflite",), 2, "nowhere.tflite"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(
    folder: Path, arguments: tuple[str, ...], code: int, text: str
) -> None:
    done = run_tulle(*arguments, "--port", "0", folder=folder)
    assert (done.returncode, done.stdout) == (code, "")
    assert text in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_of_many_megabytes_passes(dev_of_functions: Dev) -> None:
    text = "y" * 300_000
    assert dev_of_functions.invoke({"do": "say", "text": "\n".join([text] * 10)}).json == "said"
    assert dev_of_functions.log.count("y") >= 3_000_000


def test_a_line_without_an_end_is_logged_within_its_invocation(dev_of_functions: Dev) -> None:
    dev_of_functions.invoke({"do": "say", "text": "unended", "end": ""})
    assert "\nunended\nEND RequestId" in dev_of_functions.log


def test_answers_are_json_to_the_byte(dev_of_functions: Dev) -> None:
    answer = dev_of_functions.invoke({"do": "echo", "text": "é"})
    assert json.loads(answer.body) == {"do": "echo", "text": "é"}
    assert answer.headers["Content-Type"] == "application/json"
