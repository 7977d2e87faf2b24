"""Owns `Trial`: how a model runs on this machine, tried in a child."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Trial", "try_model"]

_LONGEST_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a model ran, by LiteRT's interpreter, in one thread, on zeros.

    Attributes:
        error: why it did not run; then the rest is None or empty.
        infer_ms: the median of its runs.
        memory_bytes: by how much memory grew at most, from before the model was opened.
        xnnpack_parts: into how many parts the graph's operators for XNNPACK fall.
        xnnpack_operators: name and count of the operators that XNNPACK runs.
    """

    error: str | None = None
    infer_ms: float | None = None
    memory_bytes: int | None = None
    xnnpack_parts: int = 0
    xnnpack_operators: tuple[tuple[str, int], ...] = ()


def try_model(path: Path) -> Trial:
    """Run a model in a child; one that crashes or hangs takes only the child along."""
    command = [sys.executable, "-P", "-m", "tulle.model.trials.worker", str(path)]
    try:
        ran = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Trial(error=f"it had not finished after {_LONGEST_S} seconds")
    if not ran.stdout:
        said = ran.stderr.strip().splitlines()
        return Trial(
            error=f"LiteRT ended with status {ran.returncode}" + (f": {said[-1]}" if said else "")
        )
    result = json.loads(ran.stdout)
    if "error" in result:
        return Trial(error=_first_sentence(result["error"]))
    operators = tuple((name, count) for name, count in result.pop("xnnpack_operators"))
    return Trial(**result, xnnpack_operators=operators)


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].rstrip(".")
