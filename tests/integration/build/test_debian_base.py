"""Images upon a whole root file system, run in it as Lambda would: with AWS's emulator before them.

`tools/make_debian_base.sh` makes such a file system, which takes minutes; `TULLE_DEBIAN_BASE` names it.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from debian_programs import needs
from integration.build.build_process import built
from integration.build.lambda_emulator import Interpreter, install_client, invoking, picture_event
from integration.build.test_zip import predicted
from integration.emulator.dev_process import running_dev
from tulle.model.builtin import sample_pictures

ROOT = os.environ.get("TULLE_DEBIAN_BASE")
PYTHON = "3.13"
ENTRYPOINT = """#!/bin/sh
export _HANDLER="$1" PYTHONPATH=/var/runtime
exec python3 -m awslambdaric "$1"
"""
# The image's system sees the machine's processes and processors, as in any container, and only while it runs.
ENTER = """
root=$1 folder=$2; shift 2
/bin/mount --rbind /proc "$root/proc" && /bin/mount --rbind /sys "$root/sys"
exec /usr/sbin/chroot "$root" /usr/bin/env -C "$folder" "$@"
"""
pytestmark = [
    needs("buildah", "skopeo", "umoci"),
    pytest.mark.skipif(ROOT is None, reason="TULLE_DEBIAN_BASE names no root file system"),
]


class Buildah:
    """A store of its own, in which bases are made."""

    def __init__(self, folder: Path) -> None:
        self._store = ["--root", f"{folder / 'store'}", "--runroot", f"{folder / 'run'}"]

    def __call__(self, *arguments: str | Path) -> str:
        command = ["buildah", *self._store, "--storage-driver", "vfs", *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Buildah:
    return Buildah(tmp_path_factory.mktemp("buildah"))


@pytest.fixture(scope="module")
def slim(tmp_path_factory: pytest.TempPathFactory, buildah: Buildah) -> str:
    """Give a base with Python and nothing of Lambda's."""
    layout = tmp_path_factory.mktemp("slim")
    container = buildah("from", "scratch")
    buildah("copy", container, f"{ROOT}", "/")
    buildah("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", container)
    buildah("commit", container, f"oci:{layout}:latest")
    return f"oci:{layout}"


@pytest.fixture(scope="module")
def like_awss(tmp_path_factory: pytest.TempPathFactory, buildah: Buildah, slim: str) -> str:
    """Give a base that starts as AWS's do, with AWS's client."""
    folder = tmp_path_factory.mktemp("aws")
    install_client(folder / "client", Interpreter(path=Path("python3"), version=PYTHON))
    (folder / "lambda-entrypoint.sh").write_text(ENTRYPOINT)
    (folder / "lambda-entrypoint.sh").chmod(0o755)
    container = buildah("from", slim)
    buildah("copy", container, folder / "client", "/var/runtime")
    buildah("copy", container, folder / "lambda-entrypoint.sh", "/")
    buildah("config", "--entrypoint", '["/lambda-entrypoint.sh"]', container)
    buildah("config", "--env", "LAMBDA_TASK_ROOT=/var/task", "--workingdir", "/var/task", container)
    buildah("commit", container, f"oci:{folder / 'layout'}:latest")
    return f"oci:{folder / 'layout'}"


def answers(layout: Path, folder: Path) -> list[dict[str, Any]]:
    """Unpack an image by other tools, change into it, and invoke it."""
    inspect = ["skopeo", "inspect", "--config", f"oci:{layout}:latest"]
    ran = subprocess.run(inspect, check=True, capture_output=True)
    config = json.loads(ran.stdout)["config"]
    umoci = ["umoci", "unpack", "--image", f"{layout}:latest", str(folder)]
    subprocess.run(umoci, check=True, capture_output=True)
    start = [*config["Entrypoint"], *config["Cmd"]]
    unshare = ["/usr/bin/unshare", "--mount", "--propagation", "private"]
    place = [str(folder / "rootfs"), config["WorkingDir"]]
    inside = [*unshare, "/bin/sh", "-c", ENTER, "sh", *place, *start]
    environment = dict(line.split("=", 1) for line in config["Env"])
    with invoking(inside, folder=folder, environment=environment) as invoke:
        return [invoke(picture_event(picture)) for picture in sample_pictures()]


@pytest.mark.parametrize("base", ["slim", "like_awss"])
def test_an_image_answers_as_predict_does(
    tmp_path: Path, base: str, request: pytest.FixtureRequest
) -> None:
    built("clothing", "--base", request.getfixturevalue(base), "-o", "image", folder=tmp_path)
    assert answers(tmp_path / "image", tmp_path / "unpacked") == predicted(sample_pictures())


@pytest.mark.parametrize("base", ["slim", "like_awss"])
def test_so_does_tulle_dev_upon_it(
    tmp_path: Path, base: str, request: pytest.FixtureRequest
) -> None:
    built("clothing", "--base", request.getfixturevalue(base), "-o", "image", folder=tmp_path)
    with running_dev(tmp_path, "image", "--no-console") as dev:
        seen = [dev.invoke(picture_event(picture)).json for picture in sample_pictures()]
    assert seen == predicted(sample_pictures())


def test_so_does_what_buildah_makes_of_the_dockerfile(
    tmp_path: Path, slim: str, buildah: Buildah
) -> None:
    built("clothing", "--type", "dockerfile", "--base", slim, "-o", "context", folder=tmp_path)
    buildah("bud", "--isolation", "chroot", "--tag", "clothing", tmp_path / "context")
    buildah("push", "clothing", f"oci:{tmp_path / 'image'}:latest")
    assert answers(tmp_path / "image", tmp_path / "unpacked") == predicted(sample_pictures())
