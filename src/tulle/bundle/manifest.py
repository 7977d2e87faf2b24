"""Owns writing `manifest.json`, the one thing that the tool and the function runtime share."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.model.file import Model

__all__ = ["write_function_folder"]

_SCHEMA = 1
_MODEL_FILE = "model.tflite"


def write_function_folder(model: Model, folder: Path, *, allow_private_addresses: bool) -> None:
    """Write the model and its manifest into a folder that the function runtime can start from.

    Args:
        model: what the function serves.
        folder: an existing folder; files of the same names are replaced, each as a whole.
        allow_private_addresses: whether pictures may be fetched from addresses that are not public.
            For a local run only: a packaged function must not.
    """
    signature = model.signature
    manifest = {
        "schema": _SCHEMA,
        "model": _MODEL_FILE,
        "model_sha256": model.sha256,
        "labels": list(signature.labels),
        "interpolation": str(signature.resize.interpolation),
        "fit": str(signature.resize.fit),
        "exif": signature.exif,
        "allow_private_addresses": allow_private_addresses,
    }
    new_model, new_manifest = folder / f"{_MODEL_FILE}~", folder / "manifest.json~"
    shutil.copyfile(model.path, new_model)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    new_manifest.write_text(text, encoding="utf-8")
    new_model.replace(folder / _MODEL_FILE)
    new_manifest.replace(folder / "manifest.json")
