"""Owns the way from a project to what is deployed: a zip, a container image, or a Dockerfile with its folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.bundle.audit.sizes import find_manifest_problems, find_zip_problems
from tulle.bundle.aws_base import is_aws_base
from tulle.bundle.cache import cache_in_use, find_cache, find_home
from tulle.bundle.dockerfile import write_context
from tulle.bundle.explanation import Explanation, explanations
from tulle.bundle.gather import BuildSurroundings, Gathered, gather
from tulle.bundle.image.base import base_reference, load_base
from tulle.bundle.image.image import ImageSettings, assemble_image, deliver_image
from tulle.bundle.kept_layout import holds_image
from tulle.bundle.output import new_file
from tulle.bundle.revision import find_revision
from tulle.bundle.sbom import write_sbom
from tulle.bundle.stamp import find_stamped, stamp
from tulle.bundle.zip_archive import write_zip
from tulle.errors import UsageError
from tulle.project.file import read_project
from tulle.project.project import PackageType, Project
from tulle.registry.access import Access
from tulle.registry.places import open_destination, open_source
from tulle.registry.reference import LayoutReference, parse_reference
from tulle.target import Architecture, runtimes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.errors import Finding
    from tulle.progress import Reporter
    from tulle.registry.destination import Delivery

__all__ = [
    "ARCHITECTURES",
    "RUNTIMES",
    "Artifact",
    "BuildRequest",
    "Explanation",
    "Gathered",
    "PackageType",
    "Project",
    "build",
    "explanations",
    "read_project",
]

ARCHITECTURES = tuple(map(str, Architecture))
RUNTIMES = runtimes()

_FOLDER = "dist"
_SUFFIXES = {
    PackageType.ZIP: ".zip",
    PackageType.IMAGE: "-image",
    PackageType.DOCKERFILE: "-docker",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What is to be built, and where it goes.

    Attributes:
        project: what `read_project` read.
        output: the file or folder to write; None takes one in the project's `dist`, where nothing is pushed.
        push: the image's name in a registry.
    """

    project: Project
    output: Path | None = None
    push: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What was built.

    Attributes:
        type: which kind.
        gathered: the function's files, and how they were come by.
        path: the file or the folder; None for an image that was only pushed.
        digest: `sha256:` and that of the zip, or of the image's manifest; None for a Dockerfile.
        size_bytes: what is uploaded: the zip, or what the image adds to its base, compressed.
        warnings: what should be looked at.
        sbom: its bill of materials, beside it.
        delivery: what pushing came to.
        unchanged: whether it was there already, to the byte.
    """

    type: PackageType
    gathered: Gathered
    path: Path | None
    digest: str | None = None
    size_bytes: int | None = None
    warnings: tuple[Finding, ...] = ()
    sbom: Path | None = None
    delivery: Delivery | None = None
    unchanged: bool = False


def build(request: BuildRequest, *, environ: Mapping[str, str], reporter: Reporter) -> Artifact:
    """Build what a project asks for. Nothing is written unless all is sound.

    Args:
        request: what, and where to.
        environ: where the cache is, and what the programs that fetch packages are told.
        reporter: hears how it goes.

    Raises:
        TulleError: the function would not run or must not ship, or cannot be written or pushed.
    """
    _check(request, environ)
    project = request.project
    surroundings = BuildSurroundings(cache=find_cache(environ), environ=environ, reporter=reporter)
    place = _place(request)
    outputs = (project.folder / _FOLDER, place, _sbom_place(place))
    with cache_in_use(surroundings.cache):
        gathered = gather(project, surroundings, outputs=outputs)
    if project.package.type is PackageType.IMAGE:
        artifact = _image(request, gathered, surroundings)
    elif project.package.type is PackageType.ZIP:
        artifact = _zip(gathered, _place(request), surroundings.cache)
    else:
        artifact = _dockerfile(project, gathered, _place(request))
    return replace(artifact, sbom=_write_sbom(request, gathered))


def _check(request: BuildRequest, environ: Mapping[str, str]) -> None:
    """Refuse at once what can be seen to fail in the end."""
    package = request.project.package
    if package.type is PackageType.IMAGE:
        for name in filter(None, (package.base, request.push)):
            parse_reference(name)
        _created_s(environ)
    elif request.push:
        raise UsageError(
            f"a {package.type} cannot be pushed", hint="leave --push out, or take --type image"
        )


def _created_s(environ: Mapping[str, str]) -> int:
    """Take the time that reproducible builds are told (reproducible-builds.org), else the beginning of 1970."""
    text = environ.get("SOURCE_DATE_EPOCH") or "0"
    if not text.isdecimal():
        raise UsageError(
            f"SOURCE_DATE_EPOCH is `{text}`", hint="it must be a time in seconds since 1970"
        )
    return int(text)


def _place(request: BuildRequest) -> Path:
    """Name the file or folder that the artifact is, or would be were it not pushed."""
    project = request.project
    name = f"{project.name}{_SUFFIXES[project.package.type]}"
    return request.output or project.folder / _FOLDER / name


def _output(request: BuildRequest) -> Path | None:
    return None if request.push and not request.output else _place(request)


def _sbom_place(place: Path) -> Path:
    return place.with_name(f"{place.name}.cdx.json")


def _write_sbom(request: BuildRequest, gathered: Gathered) -> Path:
    path, model = _sbom_place(_place(request)), gathered.model
    content = write_sbom(
        request.project.name,
        gathered.dependencies.packages,
        model_sha256=model.sha256 if model else None,
    )
    with new_file(path) as file:
        file.write(content)
    return path


def _zip(gathered: Gathered, output: Path, cache: Path) -> Artifact:
    there = find_stamped(gathered.bundle, output, cache)
    if not there:
        with new_file(output) as file:
            write_zip(gathered.bundle, file)
    size_bytes = output.stat().st_size
    return Artifact(
        type=PackageType.ZIP,
        gathered=gathered,
        path=output,
        digest=f"sha256:{there or stamp(gathered.bundle, output, cache)}",
        size_bytes=size_bytes,
        warnings=(*gathered.warnings, *find_zip_problems(size_bytes)),
        unchanged=there is not None,
    )


def _dockerfile(project: Project, gathered: Gathered, output: Path) -> Artifact:
    base = project.package.base
    write_context(
        gathered.bundle,
        output,
        base=base or gathered.bundle.target.base_image,
        base_is_aws=is_aws_base(base),
    )
    return Artifact(
        type=PackageType.DOCKERFILE, gathered=gathered, path=output, warnings=gathered.warnings
    )


def _image(request: BuildRequest, gathered: Gathered, surroundings: BuildSurroundings) -> Artifact:
    environ, reporter, cache = surroundings.environ, surroundings.reporter, surroundings.cache
    project, target = request.project, gathered.bundle.target
    access = Access(environ=environ, home=find_home(environ), reporter=reporter)
    reference = base_reference(project, target)
    base = load_base(open_source(reference, access, kept=cache / "blobs"), target)
    settings = ImageSettings(
        revision=find_revision(project.folder),
        created_s=_created_s(environ),
    )
    image = assemble_image(gathered.bundle, base, settings, layers_folder=cache / "layers")
    output, delivery = _output(request), None
    unchanged = output is not None and holds_image(output, image)
    if output and not unchanged:
        with open_destination(LayoutReference(path=output), access) as layout:
            deliver_image(image, layout, reporter=reporter)
    if request.push:
        reporter.step(f"Push to {request.push}")
        with open_destination(parse_reference(request.push), access) as registry:
            delivery = deliver_image(image, registry, reporter=reporter)
    return Artifact(
        type=PackageType.IMAGE,
        gathered=gathered,
        path=output,
        digest=image.digest,
        size_bytes=sum(layer.blob.descriptor.size for layer in image.layers),
        warnings=(
            *gathered.warnings,
            *find_manifest_problems(len(image.manifest.content)),
        ),
        delivery=delivery,
        unchanged=unchanged,
    )
