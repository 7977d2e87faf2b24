"""What packages say of themselves."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from made_wheels import make_wheel
from tulle.bundle.wheels.lock import Wheel
from tulle.bundle.wheels.unpacked import read_unpacked

if TYPE_CHECKING:
    from pathlib import Path

CLASSIFIED = "Classifier: License :: OSI Approved :: BSD License\n"


@pytest.mark.parametrize(
    ("metadata", "spdx", "licence"),
    [
        ("License-Expression: MIT AND Apache-2.0\n", "MIT AND Apache-2.0", None),
        ("License: Apache 2\n", None, "Apache 2"),
        (f"License: Copyright\n        all of it\n{CLASSIFIED}", None, "BSD License"),
        (CLASSIFIED, None, "BSD License"),
        ("", None, None),
    ],
)
def test_reads_the_licence(
    metadata: str, spdx: str | None, licence: str | None, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "thing", metadata=metadata)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    entry = Wheel(name="thing", version="1.0", file=wheel.name, sha256="0" * 64, of_runtime=False)
    (package,) = read_unpacked(tmp_path / "unpacked", (entry,)).packages
    assert (package.spdx, package.licence) == (spdx, licence)
    assert package.origin == "thing 1.0"
