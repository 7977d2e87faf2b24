"""Measure process start to first answer: tulle's runtime beside the usual stack, in turns.

Both sides are started by the same Lambda Runtime API on loopback, get the same event (a picture's URL on loopback)
and run the same MobileNetV2 (random weights, ten classes):

- tulle: `tulle_runtime.bootstrap`, ctypes over libLiteRt, Pillow;
- usual: `awslambdaric`, `ai_edge_litert.interpreter`, `keras_image_helper` (what the serverless courses teach).

Bytecode is compiled for both before the first run. Needs `tulle[keras]` and `keras-image-helper`:
`make benchmark` installs them and runs this.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import queue
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tulle.bundle.manifest import write_function_folder
from tulle.model.convert import ConversionRequest, convert
from tulle.progress import SilentReporter

_MAKE_MODELS = """
import keras, sys
keras.utils.set_random_seed(7)
model = keras.applications.MobileNetV2(weights=None, classes=10)
model.save(sys.argv[1])
import tensorflow
open(sys.argv[2], "wb").write(tensorflow.lite.TFLiteConverter.from_keras_model(model).convert())
"""

_USUAL_HANDLER = """
from ai_edge_litert.interpreter import Interpreter
from keras_image_helper import create_preprocessor

preprocessor = create_preprocessor("xception", target_size=(224, 224))
interpreter = Interpreter(model_path="model.tflite")
interpreter.allocate_tensors()
input_index = interpreter.get_input_details()[0]["index"]
output_index = interpreter.get_output_details()[0]["index"]
classes = ["dress", "hat", "longsleeve", "outwear", "pants", "shirt", "shoes", "shorts", "skirt", "t-shirt"]


def lambda_handler(event, context):
    interpreter.set_tensor(input_index, preprocessor.from_url(event["url"]))
    interpreter.invoke()
    return dict(zip(classes, interpreter.get_tensor(output_index)[0].tolist()))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One way to serve the model."""

    name: str
    folder: Path
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One start: milliseconds to the first answer, of processor time, and megabytes at the peak."""

    wall_ms: float
    cpu_ms: float
    peak_mb: float
    answer: dict[str, object]


class _Server(ThreadingHTTPServer):
    """A Runtime API with one event to give, and the server of the picture."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, picture: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.picture = picture
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.event_is_due = True
        self.answers: queue.Queue[tuple[float, str, bytes]] = queue.Queue()
        self.closed = threading.Event()

    def server_close(self) -> None:
        self.closed.set()
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about a child that was killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/picture.jpg":
            self._send(200, self.server.picture, {"Content-Type": "image/jpeg"})
            return
        if not self.server.event_is_due:
            self.server.closed.wait()
            self.close_connection = True
            return
        self.server.event_is_due = False
        event = json.dumps({"url": f"http://{self.server.address}/picture.jpg"}).encode()
        deadline_ms = str(int(time.time() * 1000) + 30_000)
        ids = {
            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "Lambda-Runtime-Deadline-Ms": deadline_ms,
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "Content-Type": "application/json",
        }
        self._send(200, event, ids)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((time.perf_counter(), self.path, body))
        self._send(202, b'{"status":"OK"}', {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def measure(side: Side, picture: bytes) -> Run:
    """Start one side, hand it one event, and stop it when it has answered."""
    with _Server(picture) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        run = _run_once(side, server)
        server.shutdown()
    return run


def _run_once(side: Side, server: _Server) -> Run:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": server.address,
        "LAMBDA_TASK_ROOT": str(side.folder),
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
    }
    start = time.perf_counter()
    child = subprocess.Popen(
        side.command,
        cwd=side.folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answered, path, body = server.answers.get(timeout=60)
        peak_mb = _peak_mb(child.pid)
    finally:
        child.kill()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if not path.endswith("/response"):
        raise SystemExit(f"{side.name} failed: {body!r}")
    return Run(
        wall_ms=(answered - start) * 1e3,
        cpu_ms=(usage.ru_utime + usage.ru_stime) * 1e3,
        peak_mb=peak_mb,
        answer=json.loads(body),
    )


def _peak_mb(pid: int) -> float:
    """Read a process's resident high-water mark."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def prepare(folder: Path) -> tuple[Side, Side]:
    """Make the model once for both sides, and compile all bytecode that they may import."""
    ours, usual = folder / "tulle", folder / "usual"
    ours.mkdir()
    usual.mkdir()
    print("making a MobileNetV2 with random weights (TensorFlow, about 20 s)", file=sys.stderr)
    keras_file = folder / "mobilenet_v2.keras"
    subprocess.run(
        [sys.executable, "-c", _MAKE_MODELS, str(keras_file), str(usual / "model.tflite")],
        check=True,
        capture_output=True,
    )
    (usual / "lambda_function.py").write_text(_USUAL_HANDLER)
    write_tulle_function(keras_file, ours)
    print("compiling bytecode for both", file=sys.stderr)
    for path in {*sys.path[1:], str(usual)}:
        compileall.compile_dir(path, quiet=2, rx=re.compile("/lib2to3/tests/"))
    python = sys.executable
    return (
        Side(
            name="tulle",
            folder=ours,
            command=(
                python,
                "-m",
                "tulle_runtime.bootstrap",
                "tulle_runtime.handler.lambda_handler",
            ),
        ),
        Side(
            name="usual",
            folder=usual,
            command=(python, "-m", "awslambdaric", "lambda_function.lambda_handler"),
        ),
    )


def write_tulle_function(keras_file: Path, folder: Path) -> None:
    """Convert the model and write the function's folder, as `tulle dev` does."""
    labels = (
        "dress",
        "hat",
        "longsleeve",
        "outwear",
        "pants",
        "shirt",
        "shoes",
        "shorts",
        "skirt",
        "t-shirt",
    )
    request = ConversionRequest(
        source=keras_file,
        output=folder / "converted.tflite",
        labels=labels,
        preprocessing="xception",
    )
    conversion = convert(request, SilentReporter())
    write_function_folder(conversion.model, folder, allow_private_addresses=True)


def report(runs: dict[str, list[Run]]) -> str:
    """Put the medians, and the medians of the ratios pair by pair, into a table."""
    rows = ["| | tulle | usual | ratio |", "|---|---|---|---|"]
    for label, unit in (("wall", "wall_ms"), ("processor", "cpu_ms"), ("peak memory", "peak_mb")):
        ours, usual = ([getattr(run, unit) for run in runs[side]] for side in ("tulle", "usual"))
        ratio = statistics.median(a / b for a, b in zip(ours, usual, strict=True))
        kind = unit.rpartition("_")[2].replace("mb", "MB")
        rows.append(
            f"| {label} | {statistics.median(ours):.0f} {kind} | {statistics.median(usual):.0f} {kind} | {ratio:.2f} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Run both sides in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("picture", type=Path, help="a JPEG file")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    picture = arguments.picture.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        sides = prepare(Path(folder))
        runs: dict[str, list[Run]] = {side.name: [] for side in sides}
        for number in range(arguments.runs + 1):
            for side in sides:
                run = measure(side, picture)
                if number:  # the first pair warms the file cache
                    runs[side.name].append(run)
                print(f"{side.name} {run.wall_ms:.0f} ms", file=sys.stderr)
    print(report(runs))


if __name__ == "__main__":
    main()
