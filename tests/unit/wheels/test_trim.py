"""Which files of packages stay."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from made_elf import make_library
from made_wheels import make_wheel
from tulle.bundle.wheels.lock import Wheel
from tulle.bundle.wheels.trim import plan_trim
from tulle.bundle.wheels.unpacked import read_unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.bundle.wheels.trim import TrimPlan


class Packages:
    """Packages that lie unpacked in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wheels: list[Wheel] = []

    def add(self, name: str, files: Mapping[str, bytes], *, of_runtime: bool = False) -> None:
        wheel = make_wheel(self._folder.parent, name, files=files)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self._folder)
        self._wheels.append(
            Wheel(name=name, version="1.0", file=wheel.name, sha256="0" * 64, of_runtime=of_runtime)
        )

    def plan(self) -> TrimPlan:
        return plan_trim(read_unpacked(self._folder, tuple(self._wheels)))

    def kept(self) -> set[str]:
        return {str(one.path) for one in self.plan().decisions if one.keep}

    def reasons(self) -> dict[str, str]:
        return {str(one.path): one.reason for one in self.plan().decisions if not one.keep}


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return Packages(folder)


BALLAST = {
    "bin/thing": "a command, which nobody calls in a function",
    "thing/__pycache__/core.cpython-311.pyc": "bytecode of another interpreter",
    "thing/tests/test_core.py": "tests",
    "thing/tests/data/big.bin": "tests",
    "thing/core.pyi": "for type checkers",
    "thing/py.typed": "for type checkers",
    "thing/fast.pyx": "source code for a compiler",
    "thing/include/fast.h": "source code for a compiler",
    "thing/libfast.a": "for a linker",
}
USED = (
    "thing/__init__.py",
    "thing/core.py",
    "thing/fast.so",
    "thing/model.json",
    "share/thing.dat",
)


def test_leaves_out_what_no_function_uses(packages: Packages) -> None:
    packages.add("thing", dict.fromkeys((*BALLAST, *USED), b""))
    notes = "thing-1.0.dist-info"
    assert packages.reasons() == {**BALLAST, f"{notes}/RECORD": "a note of the installer"}
    assert packages.kept() == {*USED, f"{notes}/METADATA", f"{notes}/WHEEL"}


def test_keeps_every_licence(packages: Packages) -> None:
    files = {
        "thing.py": b"",
        "thing-1.0.dist-info/licenses/LICENSE": b"",
        "thing-1.0.dist-info/licenses/vendored/tests/LICENSE.c": b"",
    }
    packages.add("thing", files)
    packages.add("ai-edge-litert", {"ai_edge_litert-1.0.dist-info/LICENSE": b""}, of_runtime=True)
    assert set(files) | {"ai_edge_litert-1.0.dist-info/LICENSE"} <= packages.kept()


def test_keeps_tests_that_other_modules_are_loaded_with(packages: Packages) -> None:
    packages.add(
        "thing",
        {
            "thing/__init__.py": b"from .checks.tests import helper",
            "thing/checks/tests/helper.py": b"",
            "thing/tests/helper.py": b"",
            "thing/core.py": b"def check():\n    from thing.tests import helper",
        },
    )
    packages.add(
        "other", {"other.py": b"import thing.more.tests.data", "thing/more/tests/data.py": b""}
    )
    kept = packages.kept()
    assert "thing/checks/tests/helper.py" in kept
    assert "thing/more/tests/data.py" in kept
    assert "thing/tests/helper.py" not in kept


def test_a_folder_named_test_may_be_no_tests(packages: Packages) -> None:
    packages.add("web", {"web/test/client.py": b"", "joblib/test/test_parallel.py": b""})
    assert "web/test/client.py" in packages.kept()
    assert packages.reasons()["joblib/test/test_parallel.py"] == "tests"


def test_takes_of_litert_its_library_alone(packages: Packages) -> None:
    library = "ai_edge_litert/libLiteRt.so"
    files = dict.fromkeys((library, "ai_edge_litert/interpreter.py", "ai_edge_litert/gpu.so"), b"")
    packages.add("ai-edge-litert", files, of_runtime=True)
    assert {path for path in packages.kept() if ".dist-info" not in path} == {library}


def test_takes_all_of_litert_where_the_project_asks_for_it(packages: Packages) -> None:
    files = dict.fromkeys(("ai_edge_litert/libLiteRt.so", "ai_edge_litert/interpreter.py"), b"")
    packages.add("ai-edge-litert", files)
    assert set(files) <= packages.kept()


PILLOW = {
    "PIL/__init__.py": b"",
    "PIL/Image.py": b"from . import _imaging\ndef show():\n    from . import ImageShow, ImageCms",
    "PIL/ImageShow.py": b"",
    "PIL/ImageCms.py": b"from . import _imagingcms",
    "PIL/ImageFont.py": b"from . import _imagingft",
    "PIL/BmpImagePlugin.py": b"from . import Image",
    "PIL/GifImagePlugin.py": b"from . import Image",
    "PIL/JpegImagePlugin.py": b"from . import Image",
    "PIL/PngImagePlugin.py": b"from . import Image",
    "PIL/WebPImagePlugin.py": b"from . import Image\ntry:\n    from . import _webp\nexcept ImportError: pass",
    "PIL/_imaging.so": make_library(
        libraries=("libjpeg.so",), search_path="$ORIGIN/../pillow.libs"
    ),
    "PIL/_webp.so": make_library(libraries=("libwebp.so",), search_path="$ORIGIN/../pillow.libs"),
    "PIL/_imagingcms.so": make_library(
        libraries=("liblcms.so",), search_path="$ORIGIN/../pillow.libs"
    ),
    "PIL/_imagingft.so": make_library(libraries=("libfreetype.so",)),
    "pillow.libs/libjpeg.so": make_library(),
    "pillow.libs/libwebp.so": make_library(libraries=("libsharp.so",), search_path="$ORIGIN"),
    "pillow.libs/libsharp.so": make_library(),
    "pillow.libs/liblcms.so": make_library(),
    "pillow.libs/libfreetype.so": make_library(),
}


def test_takes_of_pillow_the_decoders_and_what_they_lead_to(packages: Packages) -> None:
    packages.add("pillow", PILLOW, of_runtime=True)
    assert set(PILLOW) - packages.kept() == {
        "PIL/ImageFont.py",
        "PIL/_imagingcms.so",
        "PIL/_imagingft.so",
        "pillow.libs/liblcms.so",
        "pillow.libs/libfreetype.so",
    }


def test_takes_all_of_pillow_where_the_project_asks_for_it(packages: Packages) -> None:
    packages.add("pillow", PILLOW)
    assert set(PILLOW) <= packages.kept()


def test_adds_up(packages: Packages) -> None:
    packages.add("thing", {"thing.py": b"12345", "thing.c": b"123", "thing.pyi": b"1"})
    plan = packages.plan()
    sizes = {str(one.path): one.size for one in plan.decisions}
    assert plan.dropped_bytes == 4 + sizes["thing-1.0.dist-info/RECORD"]
    assert plan.kept_bytes + plan.dropped_bytes == sum(sizes.values())
    assert {one.origin for one in plan.decisions} == {"thing 1.0"}
