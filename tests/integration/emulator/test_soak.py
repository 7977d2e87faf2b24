"""The soak of `benchmarks/soak.py`, shorter: nothing is lost, wrong or left."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SOAK = Path(__file__).parents[3] / "benchmarks" / "soak.py"


def test_crashes_and_overruns_among_many_calls_lose_nothing_and_leave_nothing() -> None:
    ran = subprocess.run(
        [sys.executable, SOAK, "--invocations", "400", "--timeout-s", "6", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout, ran.stderr
    found = json.loads(ran.stdout)
    assert found["wrong"] == []
    assert found["right"] == {
        "echo": 372, "exit": 5, "exit at once": 5, "abort": 5, "be killed": 5, "overrun": 8,
    }  # fmt: skip
    assert found["processes_left"] == []
    assert found["files_left"] == []
    assert found["open_files_after"] <= found["open_files_before"]
    assert found["exit_code"] == 130
    first, last = found["resident_kb"][0][1], found["resident_kb"][-1][1]
    assert last - first < 8 * 1024, "the emulator takes more and more memory"
    assert ran.returncode == 0
