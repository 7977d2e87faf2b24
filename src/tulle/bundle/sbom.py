"""Owns the bill of materials of a function: CycloneDX 1.6, as JSON.

Its form: <https://cyclonedx.org/docs/1.6/json/>. Nothing in it changes between two builds of the same function.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tulle import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.bundle.wheels.unpacked import Package

__all__ = ["write_sbom"]

_FUNCTION = "function"
_MODEL = "model"
_RUNTIME = f"pkg:pypi/tulle@{quote(__version__)}"


def write_sbom(name: str, packages: Iterable[Package], *, model_sha256: str | None) -> bytes:
    """List what a function is made of.

    Args:
        name: the function's.
        packages: those that anything is taken of.
        model_sha256: its model's, if it has one.
    """
    components = [
        *([_model(model_sha256)] if model_sha256 else ()),
        *(_library(package) for package in sorted(packages, key=lambda one: one.wheel.name)),
        {
            "type": "library",
            "bom-ref": _RUNTIME,
            "name": "tulle",
            "version": __version__,
            "description": "The function runtime.",
            "licenses": [{"expression": "Apache-2.0"}],
            "purl": _RUNTIME,
        },
    ]
    content = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {
                "components": [{"type": "application", "name": "tulle", "version": __version__}]
            },
            "component": {"type": "application", "bom-ref": _FUNCTION, "name": name},
        },
        "components": components,
        "dependencies": [
            {"ref": _FUNCTION, "dependsOn": [component["bom-ref"] for component in components]}
        ],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _model(sha256: str) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": _MODEL,
        "name": "model.tflite",
        "hashes": [_sha256(sha256)],
    }


def _library(package: Package) -> dict[str, Any]:
    wheel = package.wheel
    address = f"pkg:pypi/{wheel.name}@{quote(wheel.version)}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": wheel.name,
        "version": wheel.version,
        "hashes": [_sha256(wheel.sha256)],
        "purl": f"{address}?file_name={quote(wheel.file)}",
    }
    if package.spdx:
        component["licenses"] = [{"expression": package.spdx}]
    elif package.licence:
        component["licenses"] = [{"license": {"name": package.licence}}]
    return component


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
