"""Measure a warm invocation: `tulle dev` beside AWS's Runtime Interface Emulator (RIE), in turns.

Both sides run the same handler, which returns at once, under the same client of the Runtime API, and are asked by the
same `http.client` by RIE's path: over a connection that is kept, and over a new one each time. Then eight clients at
once ask `tulle dev` for a handler that sleeps 20 ms, which RIE cannot serve.

RIE is a file of `aws-sam-cli`: `make benchmark` lays it into .venv/rie and runs this.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_HANDLER = """
import time


def lambda_handler(event, context):
    time.sleep(event.get("sleep_s", 0))
    return "ok"
"""
_PATH = "/2015-03-31/functions/function/invocations"
_PROCESSOR = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
_RIE = Path(sys.prefix, "rie/samcli/local/rapid", f"aws-lambda-rie-{_PROCESSOR}")
_CLIENTS = {"awslambdaric": "awslambdaric", "bootstrap": "tulle_runtime.bootstrap"}
_WARM_UP = 30
_AT_ONCE = 8
_SLEEP = b'{"sleep_s": 0.02}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One emulator, and how long its answers took, in milliseconds."""

    port: int
    kept: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--invocations", type=int, default=500, help="of each kind (default 500)")
    invocations = parser.parse_args().invocations
    if not _RIE.is_file():
        sys.exit(f"{_RIE} is missing: `make test` installs it")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "lambda_function.py").write_text(_HANDLER)
        print(f"{'client':<14}{'connection':<12}{'tulle':>9}{'RIE':>10}{'ratio':>8}")
        for client in _CLIENTS:
            compare(Path(folder), client, invocations)
        with tulle(Path(folder), "awslambdaric") as port:
            measure_throughput(port)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")


def compare(folder: Path, client: str, invocations: int) -> None:
    """Ask both emulators in turns, and print what each took."""
    with ExitStack() as stack:
        ours = Side(port=stack.enter_context(tulle(folder, client)))
        theirs = Side(port=stack.enter_context(rie(folder, client)))
        for side in (ours, theirs):
            ask_often(side, _WARM_UP)
            side.kept.clear()
            side.new.clear()
        for _ in range(invocations // 10):
            for side in (ours, theirs):
                ask_often(side, 10)
    for connection, tulles, ries in (
        ("kept", ours.kept, theirs.kept),
        ("new", ours.new, theirs.new),
    ):
        ratio = statistics.median(a / b for a, b in zip(tulles, ries, strict=True))
        a, b = statistics.median(tulles), statistics.median(ries)
        print(f"{client:<14}{connection:<12}{a:>6.2f} ms{b:>7.2f} ms{ratio:>8.2f}")


def ask_often(side: Side, times: int) -> None:
    """Ask some times over one connection, then over a new one each time."""
    connection = http.client.HTTPConnection("127.0.0.1", side.port)
    ask(connection)  # opens it
    side.kept.extend(ask(connection) for _ in range(times))
    connection.close()
    for _ in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", side.port)
        side.new.append(ask(connection))
        connection.close()


def ask(connection: http.client.HTTPConnection, payload: bytes = b"{}") -> float:
    """Invoke once; give the milliseconds until the answer was read."""
    began_s = time.perf_counter()
    connection.request("POST", _PATH, payload)
    response = connection.getresponse()
    body = response.read()
    spent_ms = (time.perf_counter() - began_s) * 1000
    if body != b'"ok"':
        sys.exit(f"a wrong answer: {response.status} {body!r}")
    return spent_ms


def measure_throughput(port: int) -> None:
    """Compare eight clients at once with one, on a handler that sleeps."""
    at_once(port, _AT_ONCE, seconds=1)  # the cold starts
    one, eight = at_once(port, 1, seconds=3), at_once(port, _AT_ONCE, seconds=3)
    print(
        f"asleep for 20 ms: one client {one:.0f}/s, "
        f"{_AT_ONCE} clients {eight:.0f}/s, {eight / one:.1f} times as many"
    )


def at_once(port: int, clients: int, *, seconds: float) -> float:
    """Count the answers in a second that some clients get, each asking again and again."""
    counts = [0] * clients
    end_s = time.perf_counter() + seconds

    def ask_until_the_end(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end_s:
            ask(connection, _SLEEP)
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=ask_until_the_end, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


@contextmanager
def tulle(folder: Path, client: str) -> Iterator[int]:
    """Run `tulle dev`; give its port."""
    command = [sys.executable, "-c", "from tulle.cli import main; main()", "dev", "--port", "0"]
    options = ["--handler", "lambda_function.lambda_handler", "--client", client]
    with running([*command, *options], folder, stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101 (for the type checker)
        yield int(urlsplit(process.stdout.readline().decode().strip()).port or 0)


@contextmanager
def rie(folder: Path, client: str) -> Iterator[int]:
    """Run AWS's emulator; give its port."""
    port, api_port = free_port(), free_port()
    addresses = [
        f"--runtime-interface-emulator-address=127.0.0.1:{port}",
        f"--runtime-api-address=127.0.0.1:{api_port}",
    ]
    command = [sys.executable, "-m", _CLIENTS[client], "lambda_function.lambda_handler"]
    with running([str(_RIE), *addresses, *command], folder):
        wait_for(port)
        yield port


@contextmanager
def running(
    command: list[str], folder: Path, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command, its log in a file that is thrown away."""
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command,
            cwd=folder,
            stdout=stdout or log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGINT)


def free_port() -> int:
    """Find a port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    end_s = time.monotonic() + 30
    while time.monotonic() < end_s:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit("AWS's emulator did not start")


if __name__ == "__main__":
    main()
