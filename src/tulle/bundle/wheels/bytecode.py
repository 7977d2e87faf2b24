"""Owns compiling a function's Python files, so that no cold start compiles them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.target import TASK_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import PurePosixPath

__all__ = ["Interpreter", "bytecode_path", "compile_modules", "find_interpreter"]

_ASK = "import sys; print(sys.implementation.cache_tag, sys.version.split()[0])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python of a target's version."""

    path: Path
    tag: str
    """Whose bytecode it writes, such as `cpython-313`."""
    version: str
    """In full, such as `3.13.1`."""


def find_interpreter(python: str, environ: Mapping[str, str]) -> Interpreter | None:
    """Look for a Python of a version: this one, one that `uv` or `pyenv` installed, one on the path.

    Args:
        python: the version, such as `3.13`; any release of it compiles alike.
        environ: what PATH and HOME are.
    """
    for path in _candidates(python, environ):
        answer = subprocess.run(
            [str(path), "-I", "-S", "-c", _ASK],
            env=environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        tag, _, version = answer.stdout.strip().partition(" ")
        if not answer.returncode and tag == f"cpython-{python.replace('.', '')}":
            return Interpreter(path=path, tag=tag, version=version)
    return None


def _candidates(python: str, environ: Mapping[str, str]) -> Iterator[Path]:
    if "{}.{}".format(*sys.version_info) == python:
        yield Path(sys.executable)
    home = environ.get("HOME", "")
    uv_home = f"{environ.get('XDG_DATA_HOME') or f'{home}/.local/share'}/uv/python"
    pyenv_home = environ.get("PYENV_ROOT") or f"{home}/.pyenv"
    for folder, name in (
        (environ.get("UV_PYTHON_INSTALL_DIR") or uv_home, "cpython-"),
        (f"{pyenv_home}/versions", ""),
    ):
        yield from sorted(Path(folder).glob(f"{name}{python}.*/bin/python{python}"), reverse=True)
    # The path comes last: what it has of pyenv is scripts, which take their time.
    if found := shutil.which(f"python{python}", path=environ.get("PATH")):
        yield Path(found)


def bytecode_path(module: PurePosixPath, interpreter: Interpreter) -> PurePosixPath:
    """Tell where a module's bytecode is looked for (PEP 3147)."""
    return module.parent / "__pycache__" / f"{module.stem}.{interpreter.tag}.pyc"


def compile_modules(
    modules: Iterable[PurePosixPath], folder: Path, interpreter: Interpreter
) -> None:
    """Compile modules, each to its `bytecode_path`; what does not compile stays as it is.

    The bytecode is never held against its source (PEP 552's unchecked hashes): a function's file system cannot
    be written to, and its files have no true dates. The same modules and interpreter give the same bytes.

    Args:
        modules: relative to the folder.
        folder: the function's root, as it is now.
        interpreter: of the function's version.
    """
    subprocess.run(
        [
            *(str(interpreter.path), "-I", "-X", "utf8", "-m", "compileall", "-q", "-f", "-i", "-"),
            *("-p", str(TASK_ROOT), "--invalidation-mode", "unchecked-hash"),  # tracebacks name it
        ],
        cwd=folder,
        input="\n".join(sorted(map(str, modules))),
        env={},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
