"""A function for arm64, run on this machine by qemu with a Python of that processor.

`tools/make_debian_base.sh FOLDER arm64` makes the file system that has it; `TULLE_DEBIAN_ARM64` names it.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from integration.build.build_process import built
from integration.build.lambda_emulator import invoking, picture_event
from integration.build.test_zip import predicted
from tulle.model.builtin import sample_pictures

ROOT = os.environ.get("TULLE_DEBIAN_ARM64")
QEMU = "qemu-aarch64-static"
pytestmark = pytest.mark.skipif(
    ROOT is None or shutil.which(QEMU) is None,
    reason="TULLE_DEBIAN_ARM64 names no root file system, or Debian's qemu-user-static is not installed",
)


def test_answers_as_predict_does_but_for_the_last_digits(tmp_path: Path) -> None:
    root, task = Path(ROOT or ""), tmp_path / "task"
    result = built("clothing", "--type", "zip", "--architecture", "arm64", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / result["path"]) as archive:
        archive.extractall(task)
    python = [shutil.which(QEMU) or QEMU, "-L", str(root), str(root / "usr/bin/python3.13"), "-S"]
    environment = {
        "LAMBDA_TASK_ROOT": str(task),
        "PYTHONPATH": str(task),
        "PYTHONHOME": str(root / "usr"),
    }
    command = [*python, "-m", "tulle_runtime.bootstrap", result["handler"]]
    pictures = sample_pictures()[:2]
    with invoking(command, folder=task, environment=environment) as invoke:
        answers = [invoke(picture_event(picture)) for picture in pictures]
    for answer, expected in zip(answers, predicted(pictures), strict=True):
        assert answer["category"] == expected["category"]
        assert answer["scores"] == pytest.approx(expected["scores"], abs=1e-4)
