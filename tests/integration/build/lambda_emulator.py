"""AWS's own emulator and client around a built function, with an interpreter of the function's runtime."""

from __future__ import annotations

import base64
import http.client
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "RIE",
    "Interpreter",
    "find_interpreter",
    "install_client",
    "invoking",
    "picture_event",
]

_PATIENCE_S = 30.0
_PATIENCE_WITH_QEMU_S = 180.0
_PATH = "/2015-03-31/functions/function/invocations"
# `make test` puts it there: one file of a large package is wanted.
_PROCESSOR = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
RIE = Path(sys.prefix, "rie/samcli/local/rapid", f"aws-lambda-rie-{_PROCESSOR}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python of a version that functions are built for."""

    path: Path
    version: str

    @property
    def runtime(self) -> str:
        return f"python{self.version}"


def find_interpreter() -> Interpreter | None:
    """Find a Python on Amazon Linux 2023's list: this one, one on the PATH, or one of pyenv's."""
    versions = ("3.13", "3.12", "3.14")
    named = [Path(found) for name in versions if (found := shutil.which(f"python{name}"))]
    pyenv = sorted(Path.home().glob(".pyenv/versions/*/bin/python3"))
    for path in (Path(sys.executable), *named, *pyenv):
        asked = "import sys; print(*sys.version_info[:2], sep='.'); print(sys._base_executable)"
        ran = subprocess.run([path, "-c", asked], capture_output=True, text=True, check=False)
        version, _, base = ran.stdout.partition("\n")
        if ran.returncode == 0 and version in versions:
            return Interpreter(path=Path(base.strip()), version=version)
    return None


def install_client(folder: Path, interpreter: Interpreter) -> None:
    """Put AWS's client for an interpreter into a folder, with nothing else."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    options = ["--python-version", interpreter.version, "--only-binary", ":all:", "--no-deps"]
    constraints = Path(__file__).parents[3] / "constraints.txt"
    packages = ["awslambdaric", "simplejson", "snapshot-restore-py"]
    where = ["--target", str(folder), "--constraint", str(constraints)]
    subprocess.run([*pip, *options, *where, *packages], check=True)


@contextmanager
def invoking(
    command: list[str], *, folder: Path, environment: Mapping[str, str]
) -> Iterator[Callable[[dict[str, object]], Any]]:
    """Run a function's command under AWS's emulator; give what invokes it."""
    assert RIE.is_file(), f"{RIE} is missing: `make test` installs it"
    port, api_port = free_ports(2)
    log = folder.parent / "rie.log"
    addresses = [
        f"--runtime-interface-emulator-address=127.0.0.1:{port}",
        f"--runtime-api-address=127.0.0.1:{api_port}",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [RIE, *addresses, *command],
            cwd=folder,
            env={"PATH": os.defpath, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(port)
        yield lambda event: _invoke(port, event, log)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def picture_event(path: Path) -> dict[str, object]:
    """Make the event that brings a picture."""
    return {"image": base64.b64encode(path.read_bytes()).decode()}


def _invoke(port: int, event: dict[str, object], log: Path) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_WITH_QEMU_S)
    connection.request("POST", _PATH, json.dumps(event))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, (body, log.read_text(errors="replace"))
    return json.loads(body)


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the emulator did not start")
