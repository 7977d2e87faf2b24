"""Projects and releases to make templates of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.deploy.release import ImageCode, Release, ZipCode
from tulle.project.file import read_project
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.project.project import Project

DIGEST = "sha256:" + "a" * 64
IMAGE = ImageCode(uri=f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tulle/cats-dev@{DIGEST}")
ZIP = ZipCode(bucket="tulle-123456789012-eu-west-1", key=f"cats-dev/{'a' * 64}.zip")


def made_project(folder: Path, text: str = "", stage: str | None = None) -> Project:
    """Read a project called `cats` that says only this."""
    (folder / "tulle.toml").write_text(f"name = 'cats'\nmodel.path = 'cats.tflite'\n{text}")
    return read_project(folder, stage=stage)


def made_release(**changes: Any) -> Release:
    """Make a release, in which some things may be otherwise."""
    said: dict[str, Any] = {
        "code": IMAGE,
        "target": find_target("python3.13", "x86_64"),
        "handler": "tulle_runtime.handler.lambda_handler",
        "digest": DIGEST,
        "model_sha256": "b" * 64,
        "revision": "c" * 40,
    }
    return Release(**{**said, **changes})
