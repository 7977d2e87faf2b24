"""Build, push and change one line: `tulle build` beside the usual ways, with the same model.

- zip, image: `tulle build`, for this machine's processor;
- Dockerfile: `pip install --target`, then a `COPY` of packages, model and code, built and pushed by buildah;
- pip's zip: `pip install --target keras-image-helper ai-edge-litert`, zipped.

*First* begins with empty caches and so downloads its packages; *unchanged* does the same again; *one line* after a
line of the handler has changed. What is pushed goes to Debian's `docker-registry` on loopback, where the bytes that it
stored are counted. Bases are a few bytes large: what is measured is the function. Needs buildah and docker-registry:

    python benchmarks/build.py [RUNS]
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from abc import abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tulle.model.builtin import builtin_model

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUR_HANDLER = """
import base64, os
from tulle_runtime.classifier import Classifier
from tulle_runtime.manifest import read_manifest

classifier = Classifier.from_manifest(read_manifest(os.environ["LAMBDA_TASK_ROOT"]))


def handler(event, context):
    return classifier.predict(base64.b64decode(event["image"])).scores
"""
_USUAL_HANDLER = """
from ai_edge_litert.interpreter import Interpreter
from keras_image_helper import create_preprocessor

preprocessor = create_preprocessor("xception", target_size=(224, 224))
interpreter = Interpreter(model_path="clothing.tflite")
interpreter.allocate_tensors()


def handler(event, context):
    interpreter.set_tensor(0, preprocessor.from_url(event["url"]))
    interpreter.invoke()
"""
_DOCKERFILE = """
FROM {base}
COPY packages/ /var/task/
COPY clothing.tflite /var/task/
COPY app.py /var/task/
CMD ["app.handler"]
"""
_PACKAGES = ("keras-image-helper", "ai-edge-litert")


class _Way(Protocol):
    """One way to pack a function: does it from what is there, and says what had to be sent."""

    name: str
    handler: Path

    @abstractmethod
    def run(self) -> None:
        """Build, and push where that is part of it."""

    @abstractmethod
    def sizes(self) -> tuple[int, int]:
        """Tell the bytes of all files, and of what is uploaded."""

    @abstractmethod
    def stored(self) -> int:
        """Tell how many bytes the place that it is sent to has stored."""


@dataclass
class _Tulle:
    """`tulle build`, of either type."""

    name: str
    folder: Path
    options: tuple[str, ...]
    store: Path | None = None
    sent: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.handler = self.folder / "app.py"
        self.handler.write_text(_OUR_HANDLER)
        self.said: dict[str, int] = {}

    def run(self) -> None:
        tool = [sys.executable, "-c", "from tulle.cli import main; main()", "build"]
        arguments = ["clothing", "--handler", "app.handler", "--json", *self.options]
        caches = {name: str(self.folder.with_name(f"{self.folder.name}-cache")) for name in _CACHES}
        self.said = json.loads(_run([*tool, *arguments], self.folder, caches))
        self.sent += 0 if self.store else self.said["size_bytes"]

    def sizes(self) -> tuple[int, int]:
        return self.said["unpacked_bytes"], self.said["size_bytes"]

    def stored(self) -> int:
        return _size_of(self.store) if self.store else self.sent


_CACHES = ("XDG_CACHE_HOME", "UV_CACHE_DIR", "PIP_CACHE_DIR")


@dataclass
class _Usual:
    """What both usual ways have in common: pip's packages, the model and a handler in a folder."""

    name: str
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.handler = self.folder / "app.py"
        self.handler.write_text(_USUAL_HANDLER)
        model = builtin_model("clothing")
        assert model is not None  # noqa: S101 (it comes with tulle)
        shutil.copyfile(model, self.folder / "clothing.tflite")

    def install(self) -> None:
        """Install the packages, once: who changes a line does not do it again."""
        packages = self.folder / "packages"
        if not packages.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir"]
            _run([*pip, "--target", str(packages), *_PACKAGES], self.folder, {})

    def size(self) -> int:
        return _size_of(self.folder / "packages") + (self.folder / "clothing.tflite").stat().st_size


@dataclass
class _PipZip(_Usual):
    """A zip of it."""

    sent: int = 0

    def run(self) -> None:
        self.install()
        archive = self.folder / "function.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
            packages = self.folder / "packages"
            for path in sorted(packages.rglob("*")):
                opened.write(path, path.relative_to(packages))
            for path in (self.folder / "clothing.tflite", self.handler):
                opened.write(path, path.name)
        self.sent += archive.stat().st_size

    def sizes(self) -> tuple[int, int]:
        return self.size(), (self.folder / "function.zip").stat().st_size

    def stored(self) -> int:
        return self.sent


@dataclass
class _Dockerfile(_Usual):
    """An image of it, by buildah, pushed."""

    base: str
    store: Path
    registry: str

    def run(self) -> None:
        self.install()
        (self.folder / "Dockerfile").write_text(_DOCKERFILE.format(base=self.base))
        image = f"docker://{self.registry}/usual:1"
        buildah = _buildah(self.folder.with_name("buildah"))
        _run(
            [*buildah, "bud", "--layers", "--isolation", "chroot", "-t", "usual", "."], self.folder
        )
        _run([*buildah, "push", "--tls-verify=false", "usual", image], self.folder)

    def sizes(self) -> tuple[int, int]:
        return self.size(), self.stored()

    def stored(self) -> int:
        return _size_of(self.store)


def main() -> None:
    """Measure every way, and print a table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="tulle-build-") as name:
        folder = Path(name)
        base = _make_base(folder)
        with _registry(folder / "one") as ours, _registry(folder / "two") as theirs:
            processor = {"aarch64": "arm64"}.get(os.uname().machine, "x86_64")
            target = ("--architecture", processor)
            push = ("--base", base, "--push", f"{ours}/tulle:1")
            ways: list[_Way] = [
                _Tulle("tulle, zip", folder / "zip", ("--type", "zip", *target)),
                _Tulle("tulle, image", folder / "image", (*push, *target), folder / "one"),
                _Dockerfile("Dockerfile", folder / "usual", base, folder / "two", theirs),
                _PipZip("pip's zip", folder / "pip"),
            ]
            print("| | unpacked | uploaded | first | unchanged | one line | sent for one line |")
            print("|---|---|---|---|---|---|---|")
            for way in ways:
                print(_measure(way, runs), flush=True)


def _measure(way: _Way, runs: int) -> str:
    first = _timed(way)
    unpacked, uploaded = way.sizes()
    unchanged = statistics.median(_timed(way) for _ in range(runs))
    before, changed = way.stored(), []
    for number in range(runs):
        way.handler.write_text(f"{way.handler.read_text()}\nVERSION = {number}\n")
        changed.append(_timed(way))
    sent = (way.stored() - before) / runs
    times = " | ".join(f"{one:.1f} s" for one in (first, unchanged, statistics.median(changed)))
    return f"| {way.name} | {_mb(unpacked)} | {_mb(uploaded)} | {times} | {_mb(sent)} |"


def _timed(way: _Way) -> float:
    start = time.perf_counter()
    way.run()
    return time.perf_counter() - start


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"{command[0]} failed:\n{ran.stderr}")
    return ran.stdout


def _buildah(folder: Path) -> list[str]:
    store = ["--root", str(folder / "store"), "--runroot", str(folder / "run")]
    return ["buildah", *store, "--storage-driver", "vfs"]


def _make_base(folder: Path) -> str:
    (folder / "hostname").write_text("base\n")
    buildah = _buildah(folder / "buildah")
    container = _run([*buildah, "from", "scratch"], folder).strip()
    _run([*buildah, "copy", container, "hostname", "/etc/hostname"], folder)
    _run([*buildah, "commit", container, f"oci:{folder / 'base'}:latest"], folder)
    return f"oci:{folder / 'base'}:latest"


@contextmanager
def _registry(folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    settings = folder.with_name(f"{folder.name}.json")
    storage = {"filesystem": {"rootdirectory": str(folder)}}
    settings.write_text(
        json.dumps({"version": "0.1", "storage": storage, "http": {"addr": address}})
    )
    with settings.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", settings],  # noqa: S607 (Debian's)
            stdout=log,
            stderr=log,
        )
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


if __name__ == "__main__":
    main()
