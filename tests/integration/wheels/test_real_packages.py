"""The packages that functions really get, from the index that this machine's pip uses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.wheels.project import lay_out
from made_pictures import write_every_kind
from tulle.bundle.elf.problems import find_elf_problems
from tulle.bundle.runtime_files import runtime_files, runtime_folder
from tulle.bundle.wheels.pip_settings import with_pip_settings
from tulle.bundle.wheels.runtime_needs import LITERT, PILLOW_MODULES, tried_litert
from tulle.bundle.wheels.uv import Uv
from tulle.model.builtin import builtin_model, sample_pictures
from tulle.target import find_target
from tulle_runtime import image
from tulle_runtime.litert import LiteRtModel

if TYPE_CHECKING:
    from integration.wheels.project import Project
    from tulle.target import Target


def run(code: str, folder: Path, *arguments: object) -> Any:
    """Run code with nothing on the path but the standard library and a folder."""
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *map(str, (folder, *arguments))],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize(
    ("runtime", "architecture", "most_bytes"),
    [
        ("python3.13", "x86_64", 20_000_000),
        ("python3.13", "arm64", 20 * 1024 * 1024),
        ("python3.14", "arm64", 20 * 1024 * 1024),
    ],
)
def test_a_function_is_small_and_fits_its_target(
    runtime: str, architecture: str, most_bytes: int, project: Project
) -> None:
    target = find_target(runtime, architecture)
    found = project.dependencies(target, with_runtime=True)
    files = (*found.files, *runtime_files())
    assert sum(file.size for file in files) <= most_bytes
    assert sum(len(zlib.compress(file.read())) for file in files) <= 8_000_000
    assert find_elf_problems(files, target) == ()
    assert "ai_edge_litert/libLiteRt.so" in {str(file.path) for file in files}
    decisions = found.plan.decisions
    assert all(one.keep for one in decisions if "LICENSE" in one.path.name)
    assert sum(one.keep and one.path.name == "METADATA" for one in decisions) == 2


# Prints how many bytes each picture is prepared to, and which modules that took.
PREPARE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from tulle_runtime.image import load_pillow, prepare
load_pillow()
sizes = {}
for name in sorted(os.listdir(sys.argv[2])):
    with open(os.path.join(sys.argv[2], name), "rb") as file:
        picture = file.read()
    for fit in ("stretch", "crop", "letterbox"):
        sizes[f"{name} {fit}"] = len(prepare(picture, (8, 6), ("bicubic", fit), exif=True))
modules = [module for name, module in sys.modules.items() if name.startswith("PIL.")]
print(json.dumps({"sizes": sizes, "files": [module.__file__ for module in modules]}))
"""


def test_what_stays_of_pillow_reads_every_kind_of_picture(
    project: Project, this_machine: Target, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    write_every_kind(pictures)
    folder = lay_out(project.dependencies(this_machine, with_runtime=True), tmp_path / "function")
    (folder / "tulle_runtime").symlink_to(runtime_folder())
    answer = run(PREPARE, folder, pictures)
    assert set(answer["sizes"].values()) == {8 * 6 * 3}
    assert len(answer["sizes"]) == 3 * len(list(pictures.iterdir()))
    assert all(file.startswith(str(folder)) for file in answer["files"])


def test_the_decoders_are_those_that_the_runtime_opens_pictures_with() -> None:
    text = Path(image.__file__).read_text(encoding="utf-8")
    kinds = {name.removeprefix("PIL.").removesuffix("ImagePlugin") for name in PILLOW_MODULES}
    assert kinds == {*image._FIRST_BYTES.values(), "WebP"}
    assert "PIL.{kind}ImagePlugin" in text


SCORE = """
import json, sys
sys.path[:0] = sys.argv[1:3]
from tulle_runtime.litert import LiteRtModel
with open(sys.argv[4], "rb") as file:
    print(json.dumps(LiteRtModel(sys.argv[3]).run(file.read())))
"""


@pytest.mark.parametrize("version", tried_litert())
def test_the_binding_works_with_every_litert_that_may_ship(
    version: str, this_machine: Target, tmp_path: Path
) -> None:
    uv = Uv(environ=with_pip_settings(os.environ), folder=tmp_path)
    litert = find_target("python3.13", this_machine.architecture)
    wheels = uv.resolve((f"{LITERT}=={version}",), litert, constraints=(), of_runtime=True)
    uv.unpack(wheels, litert, tmp_path / "function")
    path = builtin_model("clothing")
    assert path is not None
    model = LiteRtModel(str(path))
    size = (model.width, model.height)
    pixels = image.prepare(
        sample_pictures()[0].read_bytes(), size, ("bilinear", "stretch"), exif=True
    )
    (tmp_path / "pixels").write_bytes(pixels)
    arguments = (runtime_folder().parent, path, tmp_path / "pixels")
    scores = run(SCORE, tmp_path / "function", *arguments)
    assert scores == pytest.approx(model.run(pixels), abs=2e-3)
