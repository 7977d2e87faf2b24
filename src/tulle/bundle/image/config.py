"""Owns an image's config: how the function starts, and what its layers are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tulle.bundle.runtime_files import RUNTIME_CLIENT
from tulle.registry.content import BytesBlob, json_bytes
from tulle.registry.media_types import CONFIG
from tulle.target import TASK_ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tulle.bundle.image.base import BaseImage
    from tulle.bundle.image.layer import ImageLayer

__all__ = ["image_config"]

_CLIENTS_OF_LAMBDA = ("/lambda-entrypoint.sh", "awslambdaric")


def image_config(
    base: BaseImage,
    layers: Sequence[ImageLayer],
    *,
    handler: str,
    labels: Mapping[str, str],
    created_s: int,
) -> BytesBlob:
    """Write the config of a function's image: the base's, with the function's start and layers.

    Args:
        base: what it is built upon.
        layers: what is put upon it.
        handler: what Lambda calls.
        labels: what the image says of itself; added to the base's.
        created_s: when it was made, in seconds since 1970.
    """
    created = datetime.fromtimestamp(created_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    settings = {
        **base.settings,
        **_start(base),
        "Cmd": [handler],
        "WorkingDir": str(TASK_ROOT),
        "Labels": {**_labels(base), **labels},
    }
    new = [{"created": created, "created_by": f"tulle build: {layer.layer}"} for layer in layers]
    diff_ids = [*base.diff_ids, *(layer.diff_id for layer in layers)]
    config = {
        **base.config,
        "created": created,
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [*_history(base, created), *new],
    }
    return BytesBlob(media_type=CONFIG, content=json_bytes(config))


def _start(base: BaseImage) -> dict[str, object]:
    """Say how the function starts: by the base's client of Lambda if it has one, else by tulle's own."""
    entrypoint = base.settings.get("Entrypoint")
    if isinstance(entrypoint, list) and any(word in _CLIENTS_OF_LAMBDA for word in entrypoint):
        return {}
    paths = [str(TASK_ROOT), base.environment.get("PYTHONPATH", "")]
    environment = {
        **base.environment,
        "LAMBDA_TASK_ROOT": str(TASK_ROOT),
        "PYTHONPATH": ":".join(path for path in paths if path),
    }
    lines = [f"{name}={value}" for name, value in environment.items()]
    return {"Entrypoint": list(RUNTIME_CLIENT), "Env": lines}


def _labels(base: BaseImage) -> dict[str, str]:
    labels = base.settings.get("Labels")
    return labels if isinstance(labels, dict) else {}


def _history(base: BaseImage, created: str) -> list[object]:
    """Give the base's history, or, where it does not tell of each layer, one that does: tools count the entries."""
    history = base.config.get("history")
    entries = history if isinstance(history, list) else []
    telling = [
        entry for entry in entries if not (isinstance(entry, dict) and entry.get("empty_layer"))
    ]
    if len(telling) == len(base.layers):
        return entries
    return [{"created": created, "created_by": base.name or base.digest} for _ in base.layers]
