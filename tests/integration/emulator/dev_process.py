"""Owns `tulle dev` as a real process, and clients that talk to it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_lambda import LambdaClient

__all__ = ["TULLE", "Answer", "Dev", "is_alive", "running_dev", "wait_until"]

_PATIENCE_S = 60.0  # on a busy machine
# A warning within `tulle dev` is an error there too, as it is in the tests.
TULLE = (sys.executable, "-W", "error", "-c", "from tulle.cli import main; main()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dev:
    """A running `tulle dev`."""

    process: subprocess.Popen[bytes]
    url: str
    log_file: Path
    folder: Path

    @property
    def log(self) -> str:
        """What it wrote to stderr, without the numbers of execution environments."""
        return re.sub(r"^\d+ \| ", "", self.log_file.read_text(), flags=re.MULTILINE)

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Send exactly these headers, Host and Content-Length aside."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE_S)
        try:
            given = {name.lower() for name, _ in headers}
            connection.putrequest(
                method, path, skip_host="host" in given, skip_accept_encoding=True
            )
            for name, value in headers:
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(status=response.status, headers=response.msg, body=response.read())
        finally:
            connection.close()

    def invoke(self, event: object) -> Answer:
        """Invoke the function by the path that AWS's own emulator has.

        The tail is asked for because such an answer waits for the end of the invocation's log.
        """
        path = "/2015-03-31/functions/function/invocations"
        headers = (("X-Amz-Log-Type", "Tail"),)
        return self.request("POST", path, json.dumps(event).encode(), headers)

    @contextmanager
    def client(self, *, region: str = "us-east-1") -> Iterator[LambdaClient]:
        """Give boto3's client, pointed here."""
        client = boto3.client(
            "lambda",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 (no secret)
            config=Config(retries={"max_attempts": 0}),
        )
        try:
            yield client
        finally:
            client.close()

    def wait_for_log(self, text: str) -> None:
        """Wait until the log holds a text."""
        wait_until(lambda: text in self.log, f"{text!r} in the log")

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as a terminal does, and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=_PATIENCE_S)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended but is not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited in vain for {what}"
        time.sleep(0.01)


@contextmanager
def running_dev(
    folder: Path, *options: str, environ: dict[str, str] | None = None
) -> Iterator[Dev]:
    """Run `tulle dev` in a folder on a free port until the block is left."""
    log_file = folder.with_suffix(".log")
    with (
        log_file.open("wb") as log,
        subprocess.Popen(
            [*TULLE, "dev", "--port", "0", *options],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        try:
            url = cast("Any", process.stdout).readline().decode().strip()
            assert url, log_file.read_text()
            dev = Dev(process=process, url=url, log_file=log_file, folder=folder)
            yield dev
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=_PATIENCE_S)
    assert "Traceback (most recent call last)" not in _platform(dev.log)
    assert "Exception ignored" not in dev.log


def _platform(log: str) -> str:
    """Leave out the lines of the function: what is between a START and its END, or of an init.

    An init follows INIT_START or, in an environment whose process is gone, a REPORT that says why.
    """
    kept: list[str] = []
    running: set[str] = set()  # by request ids, for those of several environments overlap
    for line in log.splitlines():
        if line.startswith("INIT_START ") or (line.startswith("REPORT ") and "\tStatus:" in line):
            running.add("init")
        elif line.startswith("START "):
            running = {*running, line.split()[2]} - {"init"}
        elif line.startswith("END "):
            running.discard(line.split()[2])
        elif not running:
            kept.append(line)
    return "\n".join(kept)
