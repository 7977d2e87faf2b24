"""From a model to a live endpoint: an image in ECR, a stack, and a picture through the URL that it gives."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from debian_programs import needs
from integration.build.build_process import run_build, shared_cache
from integration.emulator.dev_process import TULLE
from made_images import MadeImage, write_image
from tulle.model.builtin import sample_pictures
from tulle.model.lookup import find_model
from tulle.model.serving import open_classifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes.aws import FakeAws


@contextmanager
def serving_the_model() -> Iterator[str]:
    """Answer as the deployed function would; give `host:port`."""
    classifier = open_classifier(find_model("clothing"))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prediction = classifier.predict(base64.b64decode(body["image"]))
            content = json.dumps({"category": prediction.category, "scores": prediction.scores})
            self.send_response(200 if self.path == "/predict" else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@needs("docker-registry")
def test_a_model_becomes_an_endpoint_that_answers(aws: FakeAws, tmp_path: Path) -> None:
    write_image(tmp_path / "base", MadeImage())
    folder = tmp_path / "shop"
    folder.mkdir()
    model = ("clothing", "--base", f"oci:{tmp_path / 'base'}")
    assert run_build(*model, folder=folder).returncode == 0  # fetches packages, where AWS is not
    environ = {**os.environ, **aws.environ(), "XDG_CACHE_HOME": str(shared_cache())}

    def deploy(*arguments: str) -> dict[str, object]:
        ran = subprocess.run(
            [*TULLE, "deploy", *model, "--json", *arguments],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        content: dict[str, object] = json.loads(ran.stdout)
        return content

    with serving_the_model() as address:
        aws.proxy.routes["*.execute-api.*.amazonaws.com"] = address
        picture = next(path for path in sample_pictures() if path.stem == "hat")
        first = deploy("--smoke-picture", str(picture))
        assert first["test"] == {
            "over_url": True,
            "category": "hat",
            "remark": None,
            **{key: first["test"][key] for key in ("cold_ms", "warm_ms")},  # type: ignore[index]
        }
        assert str(first["url"]).removeprefix("https://") in aws.proxy.asked
        assert first["sent_bytes"] > 1_000_000  # type: ignore[operator]
        second = deploy("--stage", "dev")
        assert (second["version"], second["changes"], second["sent_bytes"]) == ("1", [], 0)
    (repository,) = aws.session().ecr().describe_repositories()["repositories"]
    assert repository["repositoryName"] == "tulle/clothing-dev"
