"""What other people's tools make of an image: skopeo validates it, umoci unpacks it, buildah runs it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from integration.registry.shipping import build_image, make_access, ship
from made_functions import make_function
from made_images import SLIM_START, MadeImage, write_image

if TYPE_CHECKING:
    from tulle.bundle.image.image import Image

pytestmark = needs("buildah", "skopeo", "umoci")


def run(*command: str) -> str:
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def root_of(*programs: str) -> dict[str, bytes]:
    """Give programs of this machine with the libraries that they need: a root file system of a few megabytes."""
    paths = {"/etc/passwd"}
    for program in programs:
        paths |= {program, *re.findall(r"(/\S+) \(0x", run("ldd", program))}
    return {path.lstrip("/"): Path(path).read_bytes() for path in sorted(paths)}


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Image]:
    """Make a function's image upon a base that has a shell."""
    folder = tmp_path_factory.mktemp("image")
    base = MadeImage(files=root_of("/bin/sh", "/bin/cat"), config=SLIM_START)
    write_image(folder / "base", base)
    access = make_access(folder)
    image = build_image(f"oci:{folder / 'base'}", access)
    ship(image, f"oci:{folder / 'image'}:1", access)
    return folder / "image", image


def test_skopeo_reads_and_copies_it(layout: tuple[Path, Image], tmp_path: Path) -> None:
    folder, image = layout
    seen = json.loads(run("skopeo", "inspect", f"oci:{folder}:1"))
    assert (seen["Digest"], seen["Os"], seen["Architecture"]) == (image.digest, "linux", "amd64")
    run("skopeo", "copy", f"oci:{folder}:1", f"docker-archive:{tmp_path / 'archive.tar'}:x:1")


def test_umoci_unpacks_it(layout: tuple[Path, Image], tmp_path: Path) -> None:
    run("umoci", "unpack", "--rootless", "--image", f"{layout[0]}:1", str(tmp_path / "bundle"))
    task = tmp_path / "bundle/rootfs/var/task"
    files = {str(path.relative_to(task)) for path in task.rglob("*") if path.is_file()}
    assert files == {str(file.path) for file in make_function().files}
    for file in make_function().files:
        assert (task / file.path).read_bytes() == file.read()
    config = json.loads((tmp_path / "bundle/config.json").read_text())
    assert config["process"]["args"] == ["python3", "-m", "tulle_runtime.bootstrap", "app.handler"]
    assert config["process"]["cwd"] == "/var/task"


def test_umoci_counts_its_layers(layout: tuple[Path, Image]) -> None:
    history = json.loads(run("umoci", "stat", "--json", "--image", f"{layout[0]}:1"))["history"]
    assert [entry["diff_id"] for entry in history] == json.loads(layout[1].config.content)[
        "rootfs"
    ]["diff_ids"]


def test_buildah_runs_it(layout: tuple[Path, Image], tmp_path: Path) -> None:
    store = ("--root", str(tmp_path / "root"), "--runroot", str(tmp_path / "run"))
    buildah = ("buildah", *store, "--storage-driver", "vfs")
    name = run(*buildah, "from", f"oci:{layout[0]}:1").strip()
    said = run(
        *buildah,
        "run",
        "--isolation",
        "chroot",
        name,
        "--",
        "/bin/sh",
        "-c",
        "pwd; /bin/cat app.py; echo $PYTHONPATH",
    )
    assert said.splitlines() == ["/var/task", "def handler(event, context): ...", "/var/task"]
