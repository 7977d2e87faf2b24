"""Owns writing `manifest.json`, the one thing that the tool and the function runtime share, and the model beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tulle.bundle.bundle import Layer, file_of

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import BundleFile
    from tulle.model.file import Model

__all__ = ["model_files", "write_function_folder"]

_SCHEMA = 1
_MODEL = "model.tflite"
_MANIFEST = "manifest.json"


def model_files(model: Model) -> tuple[BundleFile, ...]:
    """List what a packaged function has of a model: its file and the manifest."""
    manifest = _manifest(model, allow_private_addresses=False)
    return (
        file_of(PurePosixPath(_MODEL), model.path, origin="model", layer=Layer.MODEL),
        file_of(PurePosixPath(_MANIFEST), manifest, origin="model", layer=Layer.MODEL),
    )


def write_function_folder(model: Model, folder: Path, *, allow_private_addresses: bool) -> None:
    """Write the model and its manifest into a folder that the function runtime can start from.

    Args:
        model: what the function serves.
        folder: an existing folder; files of the same names are replaced, each as a whole.
        allow_private_addresses: whether pictures may be fetched from addresses that are not public.
            For a local run only: a packaged function must not.
    """
    new_model, new_manifest = folder / f"{_MODEL}~", folder / f"{_MANIFEST}~"
    shutil.copyfile(model.path, new_model)
    new_manifest.write_bytes(_manifest(model, allow_private_addresses=allow_private_addresses))
    new_model.replace(folder / _MODEL)
    new_manifest.replace(folder / _MANIFEST)


def _manifest(model: Model, *, allow_private_addresses: bool) -> bytes:
    signature = model.signature
    content = {
        "schema": _SCHEMA,
        "model": _MODEL,
        "model_sha256": model.sha256,
        "labels": list(signature.labels),
        "interpolation": str(signature.resize.interpolation),
        "fit": str(signature.resize.fit),
        "exif": signature.exif,
        "allow_private_addresses": allow_private_addresses,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
