"""The runtime's own client of the Runtime API answers as AWS's does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.emulator.dev_process import running_dev

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.dev_process import Answer, Dev

FUNCTIONS = Path(__file__).parents[1] / "emulator/functions"
CLIENTS = ("awslambdaric", "bootstrap")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dev, Dev]]:
    """Serve the same functions under AWS's client and under the runtime's own."""
    folders = []
    for client in CLIENTS:
        folders.append(tmp_path_factory.mktemp(client) / "my-function")
        shutil.copytree(FUNCTIONS, folders[-1])
    options = ("--handler", "lambda_function.lambda_handler", "--timeout-s", "3", "--no-reload")
    with (
        running_dev(folders[0], *options, "--client", "awslambdaric") as aws,
        running_dev(folders[1], *options, "--client", "bootstrap") as own,
    ):
        yield aws, own


def result(answer: Answer) -> dict[str, Any]:
    """What is the same whoever speaks to the Runtime API: all but ids, folders and the client's own frames."""
    content = answer.json
    if isinstance(content, dict) and "errorType" in content:
        content["requestId"] = bool(content.get("requestId"))
        content["stackTrace"] = [
            re.sub(r'"/.*/', '"', line) for line in content.get("stackTrace", [])
        ]
        if content["errorMessage"].startswith("RequestId: "):
            content["errorMessage"] = content["errorMessage"].split(" ", 2)[2]
    return {
        "status": answer.status,
        "error": answer.headers["X-Amz-Function-Error"],
        "content": content,
    }


@pytest.mark.parametrize(
    "event",
    [
        {"do": "pong"},
        {"do": "echo", "text": "ä€🧦", "nested": [None, True, 1.5, {"a": []}]},
        {"do": "fail", "message": "no luck"},
        {"do": "unserialisable"},
        {"do": "sleep", "s": 60},
        {"do": "leave", "code": 3},
        {"do": "die", "signal": "SIGKILL"},
        {"do": "large", "bytes": 6 * 1024**2},
    ],
    ids=lambda event: event["do"],
)
def test_answers_as_the_client_of_aws(both: tuple[Dev, Dev], event: dict[str, Any]) -> None:
    aws, own = (result(dev.invoke(event)) for dev in both)
    assert own == aws
    assert both[1].invoke({"do": "pong"}).json == "PONG"


def test_describes_the_invocation_as_the_client_of_aws(both: tuple[Dev, Dev]) -> None:
    aws, own = (dev.invoke({"do": "describe"}).json for dev in both)
    assert own.keys() == aws.keys()
    for name, value in aws.items():
        assert type(own[name]) is type(value), name
    same = (
        "function_name",
        "function_version",
        "invoked_function_arn",
        "memory_limit_in_mb",
        "custom",
    )
    assert {name: own.get(name) for name in same} == {name: aws.get(name) for name in same}


@pytest.mark.parametrize(
    ("source", "handler"),
    [
        ("import not_there", "app.handler"),
        ("def handler(event, context) return 1", "app.handler"),
        ("x = 1 / 0", "app.handler"),
        ("import sys; sys.exit(3)", "app.handler"),
        ("", "app.handler"),
        ("", "not_there.handler"),
        ("def handler(event, context): return 'nested'", "package/app.handler"),
    ],
    ids=["import", "syntax", "exception", "exit", "no function", "no module", "folder"],
)
def test_reports_a_bad_start_as_the_client_of_aws(
    tmp_path: Path, source: str, handler: str
) -> None:
    results = []
    for client in CLIENTS:
        folder = tmp_path / client / "my-function"
        (folder / "package").mkdir(parents=True)
        (folder / "app.py").write_text(source)
        (folder / "package/app.py").write_text(source)
        with running_dev(folder, "--handler", handler, "--client", client) as dev:
            results.append(result(dev.invoke({})))
    aws, own = results
    frames = [
        answer["content"].pop("stackTrace", []) if isinstance(answer["content"], dict) else []
        for answer in results
    ]
    assert own == aws
    assert frames[1][-1:] == frames[0][-1:]
