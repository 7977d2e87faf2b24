"""This machine's Python as the files of a root file system: what a few modules need, and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ["PYTHON_START", "python_files"]

_MODULES = (
    "encodings.idna",
    "json",
    "pathlib",
    "resource",
    "runpy",
    "socket",
    "subprocess",
    "tempfile",
    "traceback",
)
_LIST = """
import sys, sysconfig
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
for module in [*sys.modules.values()]:
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    if origin and origin.startswith("/"):
        print(origin)
"""
_BIN = Path(os.path.realpath(sys._base_executable)).parent  # type: ignore[attr-defined]  # as documented nowhere
PYTHON_START = {
    "Entrypoint": ["python3"],
    "Env": [f"PATH=/nowhere:{_BIN}:/bin", "FROM=image"],
    "WorkingDir": "/",
}


@cache
def python_files() -> dict[str, bytes]:
    """Give the files of an interpreter that runs small programs, by their paths in the root."""
    python = _BIN / "python3"
    listed = subprocess.run(
        [python, "-I", "-S", "-c", _LIST, *_MODULES], check=True, capture_output=True, text=True
    ).stdout.split()
    # Without it, an interpreter looks for its modules in vain.
    landmark = os.__file__
    binaries = [str(python), *(path for path in listed if path.endswith(".so"))]
    libraries = {path for binary in binaries for path in _libraries(binary)}
    paths = {str(python), landmark, *listed, *libraries}
    return {path.lstrip("/"): Path(path).read_bytes() for path in sorted(paths)}


def _libraries(binary: str) -> list[str]:
    ran = subprocess.run(["/usr/bin/ldd", binary], check=False, capture_output=True, text=True)
    words = [word for line in ran.stdout.splitlines() for word in line.split()]
    return [word for word in words if word.startswith("/")]
