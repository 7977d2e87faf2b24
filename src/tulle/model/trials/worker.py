"""Owns one trial of a model, in a process of its own: whatever a broken file does ends here.

Run as `python -m tulle.model.trials.worker FILE`; one JSON object on stdout: `{"error": text}`, or what
`tulle.model.trials.trial.Trial` holds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

__all__ = ["main"]

_RUNS = 10


def main() -> None:
    """Open a model, run it, and tell how that went."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # LiteRT's own remarks
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 (after stdout is safe)

    before = _memory("VmRSS")
    try:
        interpreter = Interpreter(model_path=sys.argv[1], num_threads=1)
        interpreter.allocate_tensors()
        _fill(interpreter)
        times = [_run(interpreter) for _ in range(_RUNS)]
    except (RuntimeError, ValueError, TypeError, MemoryError) as exc:
        channel.write(json.dumps({"error": str(exc)}))
        return
    parts, delegated = _divide(interpreter)
    result = {
        "infer_ms": statistics.median(times[1:]),
        "memory_bytes": _memory("VmHWM") - before,
        "xnnpack_parts": parts,
        "xnnpack_operators": list(delegated.items()),
    }
    channel.write(json.dumps(result))


def _fill(interpreter: Any) -> None:
    import numpy as np  # noqa: PLC0415

    for tensor in interpreter.get_input_details():
        interpreter.set_tensor(tensor["index"], np.zeros(tensor["shape"], tensor["dtype"]))


def _run(interpreter: Any) -> float:
    start = time.perf_counter()
    interpreter.invoke()
    return (time.perf_counter() - start) * 1e3


def _divide(interpreter: Any) -> tuple[int, Counter[str]]:
    """Find the operators that delegates took over.

    A delegate's node stands in the list behind the operators that it replaced: they lead from what
    the node takes to what it gives.
    """
    operators = interpreter._get_ops_details()  # noqa: SLF001 (there is no public way to them)
    nodes = [operator for operator in operators if operator["op_name"] == "DELEGATE"]
    makers = {
        int(output): operator
        for operator in operators
        if operator["op_name"] != "DELEGATE"
        for output in operator["outputs"]
    }
    taken: dict[int, str] = {}
    for node in nodes:
        given, wanted = set(map(int, node["inputs"])), [int(index) for index in node["outputs"]]
        while wanted:
            index = wanted.pop()
            operator = makers.get(index)
            if index not in given and operator is not None and operator["index"] not in taken:
                taken[operator["index"]] = operator["op_name"]
                wanted += [int(source) for source in operator["inputs"]]
    return len(nodes), Counter(taken.values())


def _memory(field: str) -> int:
    """Read how much memory this process has (VmRSS) or had at most (VmHWM), in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
