"""Owns the image that a function's image is built upon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.errors import InvalidBase
from tulle.registry.media_types import OCI_LAYERS
from tulle.registry.reference import LayoutReference, parse_reference
from tulle.registry.source import pull_image

if TYPE_CHECKING:
    from tulle.project.project import Project
    from tulle.registry.reference import RegistryReference
    from tulle.registry.source import ImageSource, PulledImage, SourceBlob
    from tulle.target import Target

__all__ = ["BaseImage", "base_reference", "load_base"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImage:
    """An image that functions can be built upon. Its layers stay where they are until they are wanted."""

    name: str | None
    """Where a registry has it; a layout's path would say nothing to others."""
    digest: str
    """Of its manifest, the target's platform's own."""
    config: dict[str, object]
    """All of its config."""
    settings: dict[str, object]
    """The part of the config that says how a container starts."""
    environment: dict[str, str]
    diff_ids: tuple[str, ...]
    layers: tuple[SourceBlob, ...]


def base_reference(project: Project, target: Target) -> RegistryReference | LayoutReference:
    """Name what a project's image is built upon; a layout lies relative to the project's folder.

    Raises:
        InvalidReference: the project names nothing that can be read.
    """
    reference = parse_reference(project.package.base or target.base_image)
    if isinstance(reference, LayoutReference):
        return replace(reference, path=project.folder / reference.path)
    return reference


def load_base(source: ImageSource, target: Target) -> BaseImage:
    """Fetch what must be known of a base, and refuse one that Lambda would refuse.

    Raises:
        InvalidBase: it is for another processor or Python, or has layers of a kind that Lambda does not take.
        RegistryError: it cannot be fetched.
    """
    image = pull_image(source, target.architecture.oci)
    settings = image.config.get("config") or {}
    if not isinstance(settings, dict):
        raise _invalid(image, "has a config that cannot be read")
    environment = dict(str(line).partition("=")[::2] for line in settings.get("Env") or [])
    _check_python(image, environment, target)
    return BaseImage(
        name=image.name if source.repository else None,
        digest=image.digest,
        config=image.config,
        settings=settings,
        environment=environment,
        diff_ids=_diff_ids(image),
        layers=tuple(_as_oci(layer, image) for layer in image.layers),
    )


def _as_oci(layer: SourceBlob, image: PulledImage) -> SourceBlob:
    """Call a layer by OCI's name of its type; the bytes are the same."""
    descriptor = layer.descriptor
    media_type = OCI_LAYERS.get(descriptor.media_type)
    if media_type is None:
        raise InvalidBase(
            f"{image.name} has a layer that Lambda does not take: `{descriptor.media_type}`",
            hint="choose a base with gzip layers, or convert it: "
            "`skopeo copy --dest-compress-format gzip docker://BASE oci:FOLDER`, then `oci:FOLDER`",
        )
    return replace(layer, descriptor=replace(descriptor, media_type=media_type))


def _diff_ids(image: PulledImage) -> tuple[str, ...]:
    match image.config.get("rootfs"):
        case {"diff_ids": [*diff_ids]} if len(diff_ids) == len(image.layers):
            return tuple(str(diff_id) for diff_id in diff_ids)
    raise _invalid(image, "has a config that does not fit its layers")


def _check_python(image: PulledImage, environment: dict[str, str], target: Target) -> None:
    """Compare Pythons where the base says which it has, as Docker's official images do."""
    version = environment.get("PYTHON_VERSION")
    if version and not version.startswith(f"{target.python}."):
        raise InvalidBase(
            f"{image.name} has Python {version}, and the function is for {target.runtime}",
            hint=f"choose a base with Python {target.python}, or build with another --runtime",
        )


def _invalid(image: PulledImage, what: str) -> InvalidBase:
    return InvalidBase(f"{image.name} {what}", hint="choose another base, this one is damaged")
