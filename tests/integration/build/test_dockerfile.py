"""The Dockerfile, built by a tool that reads such."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from debian_programs import needs
from integration.build.build_process import built

if TYPE_CHECKING:
    from pathlib import Path


@needs("buildah", "skopeo")
def test_buildah_builds_it(tmp_path: Path, base: str) -> None:
    result = built("clothing", "--type", "dockerfile", "--base", base, folder=tmp_path)
    context = tmp_path / result["path"]
    storage = ["--root", str(tmp_path / "storage"), "--runroot", str(tmp_path / "run")]
    buildah = ["buildah", *storage, "--storage-driver", "vfs"]
    image = f"oci:{tmp_path / 'pushed'}:latest"
    for command in (
        [*buildah, "bud", "--isolation", "chroot", "--tag", "clothing", "."],
        [*buildah, "push", "clothing", image],
    ):
        subprocess.run(command, cwd=context, check=True, capture_output=True)
    inspect = ["skopeo", "inspect", "--config", image]
    inspected = subprocess.run(inspect, check=True, capture_output=True)
    config = json.loads(inspected.stdout)["config"]
    assert config["Cmd"] == [result["handler"]]
    assert config["Entrypoint"] == ["python3", "-m", "tulle_runtime.bootstrap"]
    assert config["WorkingDir"] == "/var/task"
