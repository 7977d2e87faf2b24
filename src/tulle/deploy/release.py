"""Owns `Release`: what a deployment makes live, and the note of it that the published version carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tulle.target import Target

__all__ = ["ImageCode", "Release", "VersionNote", "ZipCode", "read_version_note", "version_note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCode:
    """An image in ECR.

    Args:
        uri: its name with the digest: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:…`.
    """

    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipCode:
    """A zip in S3."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A function's code where Lambda finds it, and where it comes from.

    Args:
        handler: what Lambda calls, such as `tulle_runtime.handler.lambda_handler`.
        digest: `sha256:` and that of the image's manifest, or of the zip.
        model_sha256: that of the model's file; None where there is no model.
        revision: the commit that it was built from; None where that is not known.
    """

    code: ImageCode | ZipCode
    target: Target
    handler: str
    digest: str
    model_sha256: str | None
    revision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNote:
    """What a published version says of where it comes from."""

    digest: str | None = None
    model_sha256: str | None = None
    revision: str | None = None


def version_note(release: Release) -> str:
    """Write what a published version says of itself, in at most 256 characters, as Lambda bounds a description."""
    said = {
        "digest": release.digest,
        "model": release.model_sha256,
        "revision": release.revision,
    }
    return " ".join(f"{name}={value}" for name, value in said.items() if value)


def read_version_note(description: str) -> VersionNote:
    """Read what `version_note` wrote; what stands there from others says nothing."""
    said = dict(re.findall(r"(\w+)=(\S+)", description))
    return VersionNote(
        digest=said.get("digest"),
        model_sha256=said.get("model"),
        revision=said.get("revision"),
    )
