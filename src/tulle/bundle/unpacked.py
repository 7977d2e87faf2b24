"""Owns running what was built: a zip's files laid out as Lambda does, and what starts them."""

from __future__ import annotations

import platform
import re
import sys
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.bundle.runtime_files import RUNTIME_HANDLER
from tulle.bundle.wheels.bytecode import find_interpreter
from tulle.errors import ArtifactUnusable, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Start", "find_start", "unpack"]

_EXECUTABLE = 0o111
_OWN_CLIENT = "tulle_runtime/bootstrap.py"
_MANIFEST = "manifest.json"  # of the model that tulle's own handler serves
_COMPILED = re.compile(r"\.cpython-3(\d+)(?:-(\w+)-linux|\.pyc$)")
# AWS's client and what it imports; on Lambda they come with the runtime.
_CLIENT_MODULES = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starts a function.

    Args:
        words: the program that speaks to Lambda, with its arguments.
        python: the interpreter in it.
        runtime: Lambda's name for that.
        search_path: where it finds the client, if the function has none.
    """

    words: tuple[str, ...]
    handler: str
    python: Path
    runtime: str
    search_path: tuple[Path, ...] = ()


def unpack(path: Path, folder: Path) -> None:
    """Lay a zip's files out in a folder.

    Raises:
        ArtifactUnusable: it is not there, is no zip, or is damaged.
    """
    if not path.exists():
        raise ArtifactUnusable(
            f"there is no {path}", hint="check the path, or make it with tulle build --type zip"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                file = Path(archive.extract(entry, folder))
                if entry.external_attr >> 16 & _EXECUTABLE:
                    file.chmod(0o755)
    except (OSError, zipfile.BadZipFile) as exc:
        raise ArtifactUnusable(
            f"{path} cannot be unpacked: {exc}", hint="make it anew with tulle build --type zip"
        ) from exc


def find_start(
    folder: Path, handler: str | None, *, clients: Path, environ: Mapping[str, str]
) -> Start:
    """Find what starts an unpacked function: its own client if it has one, else AWS's.

    Either sees the function's own packages and none of this machine's.

    Args:
        folder: the function.
        handler: what Lambda would call; None is tulle's own handler.
        clients: an empty folder for AWS's client.
        environ: where other interpreters may be.

    Raises:
        UsageError: it is not known what to call.
        ArtifactUnusable: this machine has not what it needs.
    """
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    if handler is None and not {_MANIFEST, _OWN_CLIENT} <= set(names):
        raise UsageError(
            "the function has a handler of its own, and its zip does not say which",
            hint="add --handler, such as --handler lambda_function.lambda_handler",
        )
    handler = handler or RUNTIME_HANDLER
    version = _python_version(names)
    interpreter = find_interpreter(version, environ)
    if interpreter is None:
        raise ArtifactUnusable(
            f"the function is built for Python {version}, which is not on this machine",
            hint=f"install it, as with: uv python install {version}",
        )
    python = interpreter.path
    search_path: tuple[Path, ...] = ()
    if "bootstrap" in names:
        words: tuple[str, ...] = (str(folder / "bootstrap"), handler)
    elif _OWN_CLIENT in names:
        words = (str(python), "-S", "-m", "tulle_runtime.bootstrap", handler)
    else:
        _link_client(clients, version)
        search_path = (clients,)
        words = (str(python), "-S", "-m", "awslambdaric", handler)
    return Start(
        words=words,
        handler=handler,
        python=python,
        runtime=f"python{version}",
        search_path=search_path,
    )


def _python_version(names: Iterable[str]) -> str:
    """Tell by a function's compiled files for which Python it is built; if it has none, any will do."""
    found = [compiled for name in names if (compiled := _COMPILED.search(name))]
    machines = {compiled[2] for compiled in found} - {None, platform.machine()}
    if machines:
        raise ArtifactUnusable(
            f"the function is built for {machines.pop()}, and this machine is {platform.machine()}",
            hint=f"build it with --architecture for {platform.machine()}",
        )
    return f"3.{found[0][1] if found else sys.version_info.minor}"


def _link_client(clients: Path, version: str) -> None:
    if version != "{}.{}".format(*sys.version_info):
        raise ArtifactUnusable(
            f"the function needs AWS's client under Python {version}, and here is the one for "
            "{}.{}".format(*sys.version_info),
            hint=f"run tulle under Python {version}",
        )
    for name in _CLIENT_MODULES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            place = origin.parent if origin.name == "__init__.py" else origin
            (clients / place.name).symlink_to(place)
