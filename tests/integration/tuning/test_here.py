"""`tulle tune` on this machine: a real function is run, and what it would do on Lambda is predicted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from conftest import ROOT
from integration.emulator.dev_process import TULLE, is_alive, wait_until
from made_pictures import noise
from tulle.emulator.function import Function
from tulle.emulator.sandbox.memory import processes_below
from tulle.emulator.surroundings import Surroundings
from tulle.progress import SilentReporter
from tulle.tuning.local import Plan, measure

if TYPE_CHECKING:
    from pathlib import Path

    from integration.tuning.conftest import Tulle
    from tulle.tuning.measurement import Measurement

TINY = ROOT / "tests/data/models/tiny.tflite"

CODE = """
import hashlib, threading, time

block = bytes(1 << 20)

def hash_blocks(count):
    for _ in range(count):
        hashlib.sha256(block).digest()

def alone(event, context):
    hash_blocks(20)

def together(event, context):
    threads = [threading.Thread(target=hash_blocks, args=(10,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

def waiting(event, context):
    time.sleep(0.05)

def endless(event, context):
    print("calling", flush=True)
    time.sleep(60)

def large(event, context):
    held = bytearray(150 << 20)
    held[::4096] = b"x" * len(held[::4096])

def failing(event, context):
    raise KeyError("garment")

def with_model(event, context):
    with open("manifest.json"), open("model.tflite"):
        pass
"""


def project(folder: Path, handler: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(CODE)
    (folder / "event.json").write_text("{}")
    (folder / "tulle.toml").write_text(
        f'[function]\nhandler = "app.{handler}"\nmemory_mb = 1024 # so far\n{more}'
    )
    return folder


def measured(folder: Path, handler: str) -> Measurement:
    (folder / "app.py").write_text(CODE)
    function = Function(name="tuned", handler=f"app.{handler}", folder=folder)
    surroundings = Surroundings(reporter=SilentReporter(), now_s=time.time, environ=os.environ)
    return asyncio.run(measure(function, [b"{}"], Plan(cold_starts=1, calls=5), surroundings))


def shares(measurement: Measurement) -> tuple[float, float]:
    """Give which part of the work was done at once, and which part of the time was waiting, in the warm calls."""
    cpu_ms = sum(effort.cpu_ms for effort in measurement.warm)
    parallel_ms = sum(effort.parallel_ms for effort in measurement.warm)
    wall_ms = sum(effort.wall_ms for effort in measurement.warm)
    waiting_ms = sum(effort.waiting_ms for effort in measurement.warm)
    return parallel_ms / cpu_ms, waiting_ms / wall_ms


def test_one_threads_work_is_neither_shared_nor_waiting(tmp_path: Path) -> None:
    parallel, waiting = shares(measured(tmp_path, "alone"))
    assert parallel < 0.1
    assert waiting < 0.2


def test_the_work_of_two_threads_is_shared_however_busy_the_machine(tmp_path: Path) -> None:
    # Threads that end have no time of their own to be seen, but the process has all of it.
    measurement = measured(tmp_path, "together")
    assert sum(effort.cpu_ms for effort in measurement.warm) > 0
    assert shares(measurement)[0] < 1.01


def test_what_waits_takes_no_processor(tmp_path: Path) -> None:
    measurement = measured(tmp_path, "waiting")
    assert all(effort.waiting_ms > 40 for effort in measurement.warm)
    assert all(effort.cpu_ms < 20 for effort in measurement.warm)
    (cold,) = measurement.cold
    assert cold.init.cpu_ms > 10  # Python starts in it
    assert cold.first.waiting_ms > 40


FEW = ("--calls", "5", "--cold-starts", "2")


def test_predicts_every_size_and_rules_out_what_is_too_small(tulle: Tulle, tmp_path: Path) -> None:
    ran = tulle(project(tmp_path, "large"), *FEW, "--event", "event.json", "--json")
    assert ran.code == 0, ran.err
    result: dict[str, Any] = json.loads(ran.out)
    trials = {trial["memory_mb"]: trial for trial in result["trials"]}
    assert list(trials) == [128, 256, 512, 768, 1024, 1536, 1769, 2048, 3008]
    assert trials[128]["problem"].startswith("too small: it held 1")
    assert trials[256]["problem"] is None
    assert trials[256]["max_memory_used_mb"] > 150
    assert trials[256]["warm"]["typical_ms"] > trials[1769]["warm"]["typical_ms"]
    assert trials[256]["cold"]["typical_ms"] > trials[256]["warm"]["typical_ms"]
    assert (result["origin"], result["current_mb"]) == ("predicted", 1024)
    assert result["spent_usd"] is None
    assert "Its processor is not Lambda's" in ran.err


def test_writes_the_choice_the_report_and_what_it_did(tulle: Tulle, tmp_path: Path) -> None:
    folder = project(tmp_path, "waiting", "timeout_s = 9 # enough\n")
    before = (folder / "tulle.toml").read_text()
    ran = tulle(
        folder,
        *FEW,
        *("--event", "event.json", "--strategy", "cost", "--memory", "256,1769"),
        *("--apply", "--html", "report.html"),
    )
    assert ran.code == 0, ran.err
    # What waits costs as much more as it holds more memory.
    assert "256 MB costs least (predicted), in place of 1024 MB" in ran.out
    assert (folder / "tulle.toml").read_text() == before.replace("1024", "256")
    assert "tulle.toml: function.memory_mb = 256, in place of 1024" in ran.err
    assert "a million calls, against the time of a warm one" in ran.out
    assert (folder / "report.html").read_text().startswith("<!doctype html>")


def test_a_models_function_is_tried_with_pictures(tulle: Tulle, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    noise(seed=1).save(tmp_path / "pictures" / "a.png")
    ran = tulle(tmp_path, str(TINY), *FEW, "--pictures", "pictures", "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert result["function"] == "tiny"
    assert 15 < result["trials"][0]["max_memory_used_mb"] < 110


def test_a_function_that_fails_cannot_be_timed(tulle: Tulle, tmp_path: Path) -> None:
    ran = tulle(project(tmp_path, "failing"), *FEW, "--event", "event.json")
    assert ran.code == 8
    assert (
        "error[measurement-failed]: the function cannot be timed, for it fails: KeyError" in ran.err
    )
    assert 'raise KeyError("garment")' in ran.err
    assert ran.out == ""


def test_a_handler_has_its_model_beside_it(tulle: Tulle, tmp_path: Path) -> None:
    folder = project(tmp_path, "with_model", '[model]\npath = "clothing"\n')
    few = ("--memory", "512", "--calls", "5", "--cold-starts", "1")
    ran = tulle(folder, "--event", "event.json", *few)
    assert ran.code == 0, ran.err
    assert "512 MB" in ran.out


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ((), "what a handler of your own is to be sent"),
        (("--event", "none.json"), "none.json cannot be read"),
        (("--event", "event.json", "--memory", "64"), "sizes from 128 to 10240 MB"),
        (("--event", "event.json", "--memory", "big"), "no list of sizes in MB"),
        (("--event", "event.json", "--html", "none/r.html"), "there is no folder none"),
        (("--event", "event.json", "--pictures", "."), "not both"),
        (("--apply", "clothing"), "leave out MODEL"),
    ],
)
def test_refuses_what_cannot_be_meant(
    tulle: Tulle, tmp_path: Path, more: tuple[str, ...], text: str
) -> None:
    ran = tulle(project(tmp_path, "waiting"), *more)
    assert ran.code == 2
    assert text in ran.err
    assert "Start the function" not in ran.err


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    folder, temporary = project(tmp_path / "project", "endless"), tmp_path / "temporary"
    temporary.mkdir()
    environ = {**os.environ, "TMPDIR": str(temporary), "AWS_DEFAULT_REGION": "us-east-1"}
    with subprocess.Popen(
        [*TULLE, "tune", "--event", "event.json"],
        cwd=folder,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        wait_until(lambda: len(descendants(running.pid)) >= 3, "the function's process")
        below = descendants(running.pid)
        running.send_signal(signal.SIGINT)
        _, story = running.communicate(timeout=20)
    assert running.returncode == 130, story
    assert "Traceback" not in story
    assert not any(map(is_alive, below))
    assert [*temporary.iterdir()] == []


def descendants(pid: int) -> tuple[int, ...]:
    return tuple(processes_below(pid))
