"""Owns `export`: a deployment's template, for those who deploy with tools of their own."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tulle.bundle.output import new_file
from tulle.bundle.runtime_files import RUNTIME_HANDLER
from tulle.deploy.names import DEFAULT_STAGE, name_deployment
from tulle.deploy.release import ImageCode, ZipCode
from tulle.deploy.template.code import image_parameter, named_code, zip_parameters
from tulle.deploy.template.sam import sam_template_of
from tulle.deploy.template.template import template_of
from tulle.errors import UsageError
from tulle.project.file import read_project
from tulle.project.project import PackageType
from tulle.registry.reference import RegistryReference, parse_reference
from tulle.target import find_target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.deploy.template.code import Code
    from tulle.project.project import Project

__all__ = [
    "DEFAULT_STAGE",
    "ExportRequest",
    "Exported",
    "ImageCode",
    "TemplateFormat",
    "ZipCode",
    "export",
    "read_project",
    "write_template",
]

_NOTE_LENGTH = 230  # of the 256 that Lambda allows a description; SAM's gets a few more


class TemplateFormat(StrEnum):
    """In whose words a template is written."""

    CLOUDFORMATION = "cloudformation"
    SAM = "sam"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """Which template is wanted.

    Attributes:
        project: as `read_project` read it for the stage.
        stage: which of the project's deployments.
        code: where the function's code is; None leaves that to parameters of the template.
    """

    project: Project
    format: TemplateFormat
    stage: str = DEFAULT_STAGE
    code: ImageCode | ZipCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A template, as people read it.

    Attributes:
        text: JSON, which is YAML too.
        stack: what `tulle deploy` would call the stack.
        parameters: what the template must be given, each with an example of it.
        repository: that of the function's image, which `sam deploy` wants to hear of too; None for a zip.
    """

    format: TemplateFormat
    text: str
    stack: str
    parameters: Mapping[str, str]
    repository: str | None = None

    def deploying(self, path: Path) -> str:
        """Write the command that deploys the template at a path."""
        words = ["sam" if self.format is TemplateFormat.SAM else "aws cloudformation", "deploy"]
        words += ["--template-file", shlex.quote(str(path)), "--stack-name", self.stack]
        words += ["--capabilities", "CAPABILITY_IAM"]
        if self.format is TemplateFormat.SAM and self.repository is not None:
            words += ["--image-repository", self.repository]
        given = [f'{name}="{value}"' for name, value in self.parameters.items()]
        return " ".join([*words, *(["--parameter-overrides", *given] if given else [])])


def export(request: ExportRequest) -> Exported:
    """Write a deployment's template.

    Raises:
        UsageError: the code that is named is not what the project is packed as, or Lambda could not take it.
        InvalidStage: the stage cannot stand in the names of AWS's things.
    """
    project = request.project
    code = _code(request)
    write = sam_template_of if request.format is TemplateFormat.SAM else template_of
    template = write(project, request.stage, code)
    examples = {name: _EXAMPLES[name] for name in code.parameters}
    return Exported(
        format=request.format,
        text=json.dumps(template.body, indent=2, ensure_ascii=False) + "\n",
        stack=name_deployment(project.name, request.stage).stack,
        parameters={**examples, **{name: f"${variable}" for name, variable in template.secrets}},
        repository=_repository(request),
    )


def write_template(exported: Exported, path: Path) -> None:
    """Put a template into a file, whole or not at all.

    Raises:
        OutputUnavailable: it cannot be written.
    """
    with new_file(path) as file:
        file.write(exported.text.encode())


_REPOSITORY = "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME"
_EXAMPLES = {
    "ImageUri": f"{_REPOSITORY}@sha256:DIGEST",
    "CodeBucket": "BUCKET",
    "CodeKey": "KEY",
}


def _code(request: ExportRequest) -> Code:
    project, code = request.project, request.code
    target = find_target(project.function.runtime, project.function.architecture)
    handler = project.function.handler or RUNTIME_HANDLER
    is_zip = project.package.type is PackageType.ZIP
    if code is None:
        return zip_parameters(target, handler) if is_zip else image_parameter()
    if isinstance(code, ZipCode) is not is_zip:
        raise UsageError(
            f"the project is packed as {'a zip' if is_zip else 'an image'}",
            hint="name it by --bucket and --key" if is_zip else "name it by --image",
        )
    note = code.key if isinstance(code, ZipCode) else _image_note(code)
    return named_code(code, target, handler, note=note[:_NOTE_LENGTH])


def _repository(request: ExportRequest) -> str | None:
    if isinstance(request.code, ImageCode):
        return request.code.uri.partition("@")[0]
    return None if request.project.package.type is PackageType.ZIP else _REPOSITORY


def _image_note(code: ImageCode) -> str:
    """Check an image's name, and say what a version says of it."""
    reference = parse_reference(code.uri)
    if not isinstance(reference, RegistryReference) or ".dkr" not in reference.repository.registry:
        raise UsageError(
            f"Lambda takes no image from {code.uri}",
            hint=f"push it to ECR in the function's own region: {_REPOSITORY}",
        )
    return f"digest={reference.digest}" if reference.digest else code.uri
