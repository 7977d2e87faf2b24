"""Owns the names of images: in a registry, or in an OCI image layout on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from tulle.errors import InvalidReference

__all__ = ["LayoutReference", "RegistryReference", "Repository", "parse_reference"]

_LAYOUT = "oci:"
_DOCKER_HUB = "docker.io"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_REGISTRY = re.compile(
    r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?"
)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A place in a registry that holds the versions of one image."""

    registry: str
    """Host and port, such as `public.ecr.aws` or `localhost:5000`."""
    path: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryReference:
    """An image in a registry."""

    repository: Repository
    tag: str | None = None
    digest: str | None = None

    @property
    def selector(self) -> str:
        """What the registry is asked for: the digest if there is one, else the tag."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutReference:
    """An image in an OCI image layout, a folder."""

    path: Path
    tag: str | None = None

    def __str__(self) -> str:
        return f"{_LAYOUT}{self.path}{f':{self.tag}' if self.tag else ''}"


def parse_reference(text: str) -> RegistryReference | LayoutReference:
    """Read an image's name as Docker does: `python:3.13-slim`, `localhost:5000/x@sha256:…`; and `oci:PATH[:tag]`.

    Raises:
        InvalidReference: it names nothing.
    """
    if text.startswith(_LAYOUT):
        return _layout(text.removeprefix(_LAYOUT))
    return _in_registry(text)


def _layout(text: str) -> LayoutReference:
    path, colon, tag = text.rpartition(":")
    if not colon or not _TAG.fullmatch(tag):
        path, tag = text, ""
    if not path:
        raise _invalid(f"{_LAYOUT}{text}", "no folder is named")
    return LayoutReference(path=Path(path), tag=tag or None)


def _in_registry(text: str) -> RegistryReference:
    name, _, digest = text.partition("@")
    if digest and not _DIGEST.fullmatch(digest):
        raise _invalid(text, f"`{digest}` is no sha256 digest")
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, name = first, rest
    else:
        registry = _DOCKER_HUB
    path, colon, tag = name.partition(":")
    if registry in {"index.docker.io", "registry-1.docker.io"}:
        registry = _DOCKER_HUB
    if registry == _DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if not _REGISTRY.fullmatch(registry):
        raise _invalid(text, f"`{registry}` is no host")
    if not _REPOSITORY.fullmatch(path):
        raise _invalid(
            text, f"`{path}` is no repository: lower-case letters, digits and . _ - / are"
        )
    if colon and not _TAG.fullmatch(tag):
        raise _invalid(text, f"`{tag}` is no tag")
    reference = RegistryReference(
        repository=Repository(registry=registry, path=path), tag=tag or None, digest=digest or None
    )
    return reference if digest else replace(reference, tag=tag or "latest")


def _invalid(text: str, why: str) -> InvalidReference:
    return InvalidReference(
        f"`{text}` does not name an image: {why}",
        hint="write it like `public.ecr.aws/lambda/python:3.13`, `python:3.13-slim` or `oci:FOLDER`",
    )
