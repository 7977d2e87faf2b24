"""The main job, from end to end, on this machine: what `make demo` runs.

Starts `tulle dev` on a free port, serves a drawn sample picture on loopback, sends its URL through the local HTTP API,
and prints the answer, the cold and the warm time and the memory that the function used.
"""

from __future__ import annotations

import http.server
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parent.parent / "src/tulle/model/builtin/samples"
PICTURE = "pants.jpg"


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder's files on a free loopback port."""
    handler = partial(_QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def running_dev(log: list[str]) -> Iterator[str]:
    """Run `tulle dev` on a free port, collect what it logs, and stop it as Ctrl-C does."""
    command = [sys.executable, "-m", "tulle", "dev", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    reader = threading.Thread(target=log.extend, args=(process.stderr,))
    reader.start()
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise SystemExit("tulle dev did not start:\n" + "".join(log))
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        reader.join()


def ask(endpoint: str, picture_url: str) -> tuple[dict[str, Any], float]:
    """Send a picture's URL to the endpoint; give its answer and the milliseconds it took."""
    body = json.dumps({"url": picture_url}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(endpoint, data=body, headers=headers)
    start = time.perf_counter()
    with urllib.request.urlopen(request) as response:
        answer: dict[str, Any] = json.load(response)
    return answer, (time.perf_counter() - start) * 1e3


def main() -> None:
    """Run the demo."""
    log: list[str] = []
    with serving(SAMPLES) as pictures, running_dev(log) as gateway:
        endpoint, picture_url = f"{gateway}/predict", f"{pictures}/{PICTURE}"
        print(f'POST {endpoint}  {{"url": "{picture_url}"}}\n')
        answer, cold_ms = ask(endpoint, picture_url)
        warm_ms = min(ask(endpoint, picture_url)[1] for _ in range(5))
    print(json.dumps(answer, indent=2))
    used = max(int(mb) for mb in re.findall(r"Max Memory Used: (\d+) MB", "".join(log)))
    print(f"\ncategory  {answer['category']}")
    print(f"cold      {cold_ms:.0f} ms (start of the function included)")
    print(f"warm      {warm_ms:.0f} ms (best of 5)")
    print(f"memory    {used} MB")


if __name__ == "__main__":
    main()
