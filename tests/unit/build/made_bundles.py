"""Bundles made of texts."""

from __future__ import annotations

from pathlib import PurePosixPath

from tulle.bundle.bundle import Bundle, BundleFile, Layer, bundle_of, file_of
from tulle.target import find_target

__all__ = ["bundle_file", "made_bundle"]


def bundle_file(
    path: str, content: str | bytes = "", *, origin: str = "project", executable: bool = False
) -> BundleFile:
    return file_of(
        PurePosixPath(path),
        content.encode() if isinstance(content, str) else content,
        origin=origin,
        layer=Layer.CODE if origin == "project" else Layer.DEPENDENCIES,
        executable=executable,
    )


def made_bundle(
    *files: BundleFile, handler: str = "app.handler", runtime: str = "python3.13"
) -> Bundle:
    return bundle_of(files, target=find_target(runtime, "x86_64"), handler=handler)
