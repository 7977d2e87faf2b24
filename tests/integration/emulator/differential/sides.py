"""Owns the two sides that are compared: AWS's own emulator (RIE) and ours, around the same function."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from integration.build.lambda_emulator import RIE
from ports import free_ports
from tulle.emulator.function import Function
from tulle.emulator.server import LocalLambda, ServerOptions
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter
from tulle.project.api import ApiSection, ApiType

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Mapping

__all__ = ["Answer", "Loop", "Ours", "Rie", "Setup", "Side"]

_PATIENCE_S = 30.0
_PATH = "/2015-03-31/functions/function/invocations"
_PLATFORM = re.compile(r"(START|END|REPORT) RequestId: |INIT_(START|REPORT) |EXTENSION\t")
_NAME = "function-under-test"
_MEMORY_MB = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a function is configured; cases with the same one share its processes."""

    handler: str = "app.handler"
    timeout_s: int = 20
    concurrency: int = 1  # of ours; AWS's emulator has one environment
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back over HTTP."""

    status: int
    function_error: str | None
    body: bytes


class Side(Protocol):
    """One Lambda."""

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Call the function."""

    def log(self) -> list[str]:
        """Give the lines of the function that have come up to now."""


class Rie:
    """AWS's emulator as a process of its own, with AWS's client in it."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        assert RIE.is_file(), f"{RIE} is missing: `make test` installs it"
        self._port, runtime_port = free_ports(2)
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (closed with this side)
        self._process = subprocess.Popen(
            [
                RIE,
                f"--runtime-interface-emulator-address=127.0.0.1:{self._port}",
                f"--runtime-api-address=127.0.0.1:{runtime_port}",
                *(sys.executable, "-m", "awslambdaric", setup.handler),
            ],
            cwd=folder,
            env=_variables_for_rie(setup),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.DEVNULL,  # its own story; the function writes to stdout
            start_new_session=True,
        )
        _wait_for(self._port)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        return _post(self._port, body, headers)

    def log(self) -> list[str]:
        text = os.pread(self._output.fileno(), 1 << 26, 0)
        # It continues a line that the function left unfinished; AWS begins one, and so do we.
        text = re.sub(rb"(?<=[^\n])((?:START|END) RequestId: [0-9a-f-]{36})", rb"\n\1", text)
        lines = re.split(rb"\r\n|\r|\n", text.removesuffix(b"\n"))
        return _of_function([line.decode(errors="replace") for line in lines[: len(text)]])

    def stop(self) -> None:
        for pid in _children(self._process.pid):  # each has a process group of its own
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._output.close()


class Ours:
    """The local Lambda, served by an event loop that all of them share."""

    def __init__(self, setup: Setup, folder: Path, loop: Loop) -> None:
        self._lines: list[str] = []
        self._loop = loop
        function = Function(
            name=_NAME,
            handler=setup.handler,
            folder=folder,
            memory_mb=_MEMORY_MB,
            timeout_s=setup.timeout_s,
            environment=setup.variables,
            concurrency=setup.concurrency,
        )
        surroundings = Surroundings(
            reporter=SilentReporter(), log=self._lines.append, now_s=time.time, environ=os.environ
        )
        options = ServerOptions(port=0, reload=False, api=ApiSection(type=ApiType.NONE))
        self._server = LocalLambda(function, options, surroundings)
        loop.run(self._server.__aenter__())

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        return _post(self._server.port, body, headers)

    def log(self) -> list[str]:
        return _of_function(list(self._lines))

    def stop(self) -> None:
        self._loop.run(self._server.__aexit__(None, None, None))


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Loop]:
        made = cls()
        thread = threading.Thread(target=made._loop.run_forever)
        thread.start()
        try:
            yield made
        finally:
            made._loop.call_soon_threadsafe(made._loop.stop)
            thread.join()
            made._loop.close()

    def run(self, work: Coroutine[object, object, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)


def _variables_for_rie(setup: Setup) -> dict[str, str]:
    """List what Lambda's base image sets before its emulator starts, and the function's own."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python{}.{}".format(*sys.version_info[:2]),
        "AWS_LAMBDA_FUNCTION_NAME": _NAME,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(_MEMORY_MB),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(setup.timeout_s),
        **dict(setup.variables),
    }


def _post(port: int, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", _PATH, body, dict(headers))
        response = connection.getresponse()
        return Answer(
            status=response.status,
            function_error=response.getheader("X-Amz-Function-Error"),
            body=response.read(),
        )
    finally:
        connection.close()


def _of_function(lines: list[str]) -> list[str]:
    return [line for line in lines if not _PLATFORM.match(line)]


def _children(pid: int) -> list[int]:
    """List the children of all threads; one that has threads may have children in each."""
    found = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for children in found for child in children]


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        assert time.monotonic() < deadline_s, "AWS's emulator did not start"
        time.sleep(0.01)
