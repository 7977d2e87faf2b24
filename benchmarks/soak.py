"""Invoke a function many times at once while it crashes and overruns, and look for what is lost or left behind.

Sixteen clients call `tulle dev`. Every twentieth invocation ends its process, in turns by `sys.exit`, `os._exit`,
`os.abort` and SIGKILL; every fiftieth is not done in its time of one second. Each answer is held against its
request. At the end nothing may be left: no process, no file, no open file, no memory.

    python benchmarks/soak.py                       # 10,000 invocations, some minutes
    python benchmarks/soak.py --invocations 400 --json
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

_PATIENCE_S = 60.0
_PATH = "/2015-03-31/functions/function/invocations"
_MARK = "TULLE_SOAK"

_FUNCTION = """
import os, signal, subprocess, sys, time

def lambda_handler(event, context):
    do = event["do"]
    print("invocation", event["number"], do)
    if do == "echo":
        return event
    subprocess.Popen(["sleep", "600"])  # what it started must end with it
    if do == "exit":
        sys.exit(3)
    if do == "exit at once":
        os._exit(4)
    if do == "abort":
        os.abort()
    if do == "be killed":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)
"""
# What the caller gets of each, after "RequestId: <id> Error: ".
_REASONS = {
    "exit": "Runtime exited with error: exit status 3",
    "exit at once": "Runtime exited with error: exit status 4",
    "abort": "Runtime exited with error: signal: aborted",
    "be killed": "Runtime exited with error: signal: killed",
    "overrun": "Task timed out after {timeout_s:.2f} seconds",
}
_CRASHES = ("exit", "exit at once", "abort", "be killed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How much is done, and how long an invocation may take."""

    invocations: int
    concurrency: int
    timeout_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How the emulator stood after so many answers."""

    answers: int
    resident_kb: int
    open_files: int


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the clients saw; they share it."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    durations_ms: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, did: str, fault: str | None, duration_ms: float = 0) -> None:
        """Take in one answer."""
        with self.lock:
            if fault is not None:
                self.wrong.append(f"{did} {fault}")
                return
            self.right[did] += 1
            if did == "echo":
                self.durations_ms.append(duration_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came of it all."""

    invocations: int
    seconds: float
    right: dict[str, int]
    wrong: list[str]
    processes_left: list[str]
    files_left: list[str]
    open_files_before: int
    open_files_after: int
    exit_code: int
    resident_kb: list[tuple[int, int]]
    resident_slope_kb_per_1000: float | None
    median_echo_ms: float

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost, wrong, or left."""
        left = self.processes_left or self.files_left
        return not (self.wrong or left) and self.open_files_after <= self.open_files_before


class Client:
    """One client, with a connection that it keeps."""

    def __init__(self, address: str, timeout_s: int) -> None:
        self._timeout_s = timeout_s
        self._connection = http.client.HTTPConnection(address, timeout=_PATIENCE_S)

    def call(self, number: int, tally: Tally) -> None:
        """Send one event and judge its answer."""
        did = deed(number)
        event = {"number": number, "do": did, "nonce": str(uuid.uuid4())}
        began_s = time.perf_counter()
        try:
            self._connection.request("POST", _PATH, json.dumps(event))
            response = self._connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as exc:
            self._connection.close()
            tally.note(did, f"{number}: no answer: {exc!r}")
            return
        duration_s = time.perf_counter() - began_s
        fault = _fault(event, response, answer, self._timeout_s)
        # A busy machine may not get even an exit done in its time: then a timeout is the right answer.
        as_overrun = {**event, "do": "overrun"}
        late = duration_s >= self._timeout_s
        if fault and late and not _fault(as_overrun, response, answer, self._timeout_s):
            did, fault = "late", None
        tally.note(did, fault and f"{number}: {fault}", duration_s * 1000)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


def deed(number: int) -> str:
    """Choose what an invocation does."""
    if number % 50 == 7:
        return "overrun"
    if number % 20 == 10:
        return _CRASHES[number // 20 % len(_CRASHES)]
    return "echo"


def _fault(
    event: dict[str, object], response: http.client.HTTPResponse, answer: object, timeout_s: int
) -> str | None:
    """Find what is wrong with an answer."""
    error = response.getheader("X-Amz-Function-Error")
    expected: object = event
    if event["do"] != "echo":
        request_id = response.getheader("x-amzn-RequestId")
        kind = "Sandbox.Timedout" if event["do"] == "overrun" else "Runtime.ExitError"
        reason = _REASONS[cast("str", event["do"])].format(timeout_s=timeout_s)
        expected = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {reason}"}
    right = (200, expected, None if event["do"] == "echo" else "Unhandled")
    got = (response.status, answer, error)
    return None if got == right else f"{got} instead of {right}"


def soak(options: Options) -> Findings:
    """Run everything, in folders of its own."""
    with tempfile.TemporaryDirectory(prefix="tulle-soak-") as folder:
        work = Path(folder)
        (work / "function").mkdir()
        (work / "temporary").mkdir()
        code = work / "function" / "lambda_function.py"
        code.write_text(_FUNCTION)
        mark = str(uuid.uuid4())
        tally = Tally()
        with _running(work, options, mark) as (process, address):
            warm_up(address, options)
            before = _renewed(process.pid, code, mark)
            began_s = time.perf_counter()
            _call_all(address, process.pid, tally, options)
            seconds = time.perf_counter() - began_s
            after = _renewed(process.pid, code, mark)
            tally.samples.append(_look(process.pid, answers=options.invocations))
            process.send_signal(signal.SIGINT)
            exit_code = process.wait(_PATIENCE_S)
        return Findings(
            invocations=options.invocations,
            seconds=round(seconds, 1),
            right=dict(tally.right),
            wrong=tally.wrong,
            processes_left=[str(pid) for pid in _marked(mark)],
            files_left=_files_left(work),
            open_files_before=before,
            open_files_after=after,
            exit_code=exit_code,
            resident_kb=[(sample.answers, sample.resident_kb) for sample in tally.samples],
            resident_slope_kb_per_1000=_slope(tally.samples),
            median_echo_ms=round(statistics.median(tally.durations_ms), 2),
        )


def warm_up(address: str, options: Options) -> None:
    """Let everything that is loaded late be loaded."""
    tally, client = Tally(), Client(address, options.timeout_s)
    for number in (0, 10, 7):
        client.call(number, tally)
    client.close()


@contextmanager
def _running(
    work: Path, options: Options, mark: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    handler = ("--handler", "lambda_function.lambda_handler", "--timeout-s", str(options.timeout_s))
    limits = ("--concurrency", str(options.concurrency), "--env", f"{_MARK}={mark}", "--port", "0")
    with (work / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tulle", "dev", *handler, *limits],
            cwd=work / "function",
            env={**os.environ, "TMPDIR": str(work / "temporary")},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    output = cast("IO[str]", process.stdout)
    try:
        yield process, urlsplit(output.readline().strip()).netloc
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        output.close()


def _call_all(address: str, pid: int, tally: Tally, options: Options) -> None:
    """Have the clients share the invocations, and look at the emulator every twentieth of the way."""
    numbers = iter(range(options.invocations))
    every = max(options.invocations // 20, 1)

    def work() -> None:
        client = Client(address, options.timeout_s)
        while True:
            with tally.lock:
                number = next(numbers, None)
            if number is None:
                break
            client.call(number, tally)
            if number and number % every == 0:
                sample = _look(pid, answers=number)
                with tally.lock:
                    tally.samples.append(sample)
        client.close()

    threads = [threading.Thread(target=work) for _ in range(options.concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _renewed(pid: int, code: Path, mark: str) -> int:
    """Have the emulator end all its environments, as a changed file does; count its open files then."""
    code.write_text(f"{_FUNCTION}\n# {uuid.uuid4()}\n")
    _wait_until(lambda: not [left for left in _marked(mark) if left != pid])
    _wait_until(lambda: _look(pid, answers=0).open_files == _look_again(pid))
    return _look(pid, answers=0).open_files


def _look(pid: int, *, answers: int) -> Sample:
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return Sample(
        answers=answers,
        resident_kb=int(resident.split()[1]),
        open_files=sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
    )


def _look_again(pid: int) -> int:
    time.sleep(0.3)
    return _look(pid, answers=0).open_files


def _marked(mark: str) -> list[int]:
    """List the processes that have the function's variable, wherever they went."""
    sought = f"{_MARK}={mark}".encode()
    return [
        int(found.parent.name)
        for found in Path("/proc").glob("[0-9]*/environ")
        if sought in _bytes(found).split(b"\0")
    ]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended, or is another user's


def _files_left(work: Path) -> list[str]:
    known = {"function", "function/lambda_function.py", "temporary", "log"}
    found = {str(path.relative_to(work)) for path in work.rglob("*")}
    return sorted(found - known)


def _slope(samples: list[Sample]) -> float | None:
    """Fit how much memory each further 1,000 answers took, of the last four fifths of the way."""
    later = sorted((s.answers, s.resident_kb) for s in samples)[len(samples) // 5 :]
    if len(later) < 2:
        return None
    answers, resident = zip(*later, strict=True)
    return round(statistics.linear_regression(answers, resident).slope * 1000, 1)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError("waited in vain for the environments to end")
        time.sleep(0.05)


def main() -> int:
    """Run it and tell; 1 where anything is lost, wrong or left."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--invocations", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--timeout-s", type=int, default=1)
    given = parser.parse_args()
    findings = soak(
        Options(
            invocations=given.invocations,
            concurrency=given.concurrency,
            timeout_s=given.timeout_s,
        )
    )
    if given.json:
        print(json.dumps(asdict(findings)))
    else:
        for name, value in asdict(findings).items():
            print(f"{name:27} {value}")
    return 0 if findings.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
