"""Owns `[stages.NAME]`: what a project says otherwise for one of its deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tulle.project.project import model_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["for_stage"]


def for_stage(content: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is said for a stage over what is said for all, table by table."""
    below = dict(content)
    api, own = below.get("api"), said.get("api")
    if isinstance(api, dict) and isinstance(own, dict) and {"route", "routes"} & own.keys():
        below["api"] = {key: api[key] for key in api if key not in {"route", "routes"}}
    if isinstance(said.get("model"), dict) and "path" in said["model"]:
        below = {**_named_after_model(below), **below}
    return _merged(below, said)


def _named_after_model(content: Mapping[str, Any]) -> dict[str, str]:
    """Keep the project's name, which is its model's, where a stage has another model."""
    model = content.get("model")
    path = model.get("path") if isinstance(model, dict) else None
    return {"name": model_name(path)} if isinstance(path, str) else {}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            merged[key] = _merged(there, value)
        else:
            merged[key] = value
    return merged
