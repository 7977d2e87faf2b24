"""Owns `Project`: what a user says of a function, in `tulle.toml` or by options."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from tulle.project.deploy import DeploySection

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.project.api import ApiSection

__all__ = [
    "FunctionSection",
    "ModelSection",
    "PackageSection",
    "PackageType",
    "Project",
    "function_name",
    "model_name",
]


class PackageType(StrEnum):
    """What a function is packed as."""

    IMAGE = "image"
    ZIP = "zip"
    DOCKERFILE = "dockerfile"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSection:
    """`[model]`: which model, and what it does not say itself."""

    path: str
    """As it was written: relative to the project's folder, or the name of a built-in model."""
    labels: str | tuple[str, ...] | None = None
    """A file, relative to the project's folder, or the labels."""
    preprocessing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSection:
    """`[function]`: what Lambda is told, and the user's own code."""

    runtime: str = "python3.13"
    architecture: str = "x86_64"
    memory_mb: int = 1024
    timeout_s: int = 30
    handler: str | None = None
    """The user's own, `module.function`; None where the model is served by tulle's."""
    requirements: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    tracing: bool = False
    """Whether AWS X-Ray sees the function's invocations."""
    reserved_concurrency: int | None = None
    """How many invocations may run at once, of the account's; None takes what is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSection:
    """`[package]`: what is made of it."""

    type: PackageType = PackageType.IMAGE
    base: str | None = None
    """The image to build on; None takes AWS's own for the runtime."""
    exclude: tuple[str, ...] = ()
    """Patterns of the project's files that stay out."""
    accept: tuple[str, ...] = ()
    """Codes of findings that are known, and shall not keep the function from being built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All of it. At least one of `model` and `function.handler` is there."""

    folder: Path
    name: str
    model: ModelSection | None
    function: FunctionSection
    package: PackageSection
    api: ApiSection
    deploy: DeploySection = field(default_factory=DeploySection)


def function_name(text: str) -> str:
    """Make a name that Lambda takes of any text."""
    return re.sub(r"[^a-zA-Z0-9-_]+", "-", text).strip("-")[:64] or "function"


def model_name(path: str) -> str:
    """Name a function after its model's file."""
    return function_name(PurePath(path).stem)
