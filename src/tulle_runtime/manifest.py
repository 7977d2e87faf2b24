"""Owns reading `manifest.json`: all that the function knows of its model, and all it shares with the tool."""

import json
import os

from tulle_runtime.faults import ModelFault

__all__ = ["Manifest", "read_manifest"]

_SCHEMA = 1


class Manifest:
    """What `manifest.json` says. `model` is the absolute path of the `.tflite` file."""

    __slots__ = ("allow_private_addresses", "exif", "fit", "interpolation", "labels", "model")

    def __init__(self, folder: str, content: dict[str, object]) -> None:
        self.model = os.path.join(folder, str(content["model"]))  # noqa: PTH118 (see litert)
        labels = content["labels"]
        if not isinstance(labels, list):
            raise TypeError("'labels' is not a list")
        self.labels = tuple(str(label) for label in labels)
        self.interpolation = str(content["interpolation"])
        self.fit = str(content["fit"])
        self.exif = content["exif"] is True
        self.allow_private_addresses = content["allow_private_addresses"] is True


def read_manifest(folder: str) -> Manifest:
    """Read the manifest of a function's folder.

    Raises:
        ModelFault: there is none, or it is not one that this version reads.
    """
    path = os.path.join(folder, "manifest.json")  # noqa: PTH118
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            content = json.load(file)
        if content.get("schema") != _SCHEMA:
            raise ModelFault(
                f"{path} has schema {content.get('schema')}; this runtime reads {_SCHEMA}"
            )
        return Manifest(folder, content)
    except FileNotFoundError as exc:
        raise ModelFault(
            f"there is no manifest at {path}: make the function's folder with tulle"
        ) from exc
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise ModelFault(
            f"{path} is not a manifest ({exc}): make the function's folder with tulle"
        ) from exc
