"""Owns the way from a project to its bundle: each part gathered, then the whole looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tulle.bundle.assemble import assemble
from tulle.bundle.audit.audit import audit
from tulle.bundle.aws_base import is_aws_base
from tulle.bundle.manifest import model_files
from tulle.bundle.project_files import ProjectFiles, collect_project_files
from tulle.bundle.runtime_files import RUNTIME_HANDLER, runtime_bytecode, runtime_files
from tulle.bundle.served_model import model_source, served_model
from tulle.bundle.wheels.bytecode import find_interpreter
from tulle.bundle.wheels.dependencies import dependencies
from tulle.bundle.wheels.store import Dependencies
from tulle.bundle.wheels.trim import TrimPlan
from tulle.errors import AuditFailed, Severity, count_problems, describe_findings
from tulle.project.project import PackageType
from tulle.target import find_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tulle.bundle.bundle import Bundle, BundleFile
    from tulle.bundle.wheels.bytecode import Interpreter
    from tulle.errors import Finding
    from tulle.model.file import Model
    from tulle.progress import Reporter
    from tulle.project.project import Project
    from tulle.target import Target

__all__ = ["BuildSurroundings", "Gathered", "gather"]

_LOCK = "tulle.lock"
_NO_PACKAGES = Dependencies(files=(), plan=TrimPlan(decisions=()), packages=(), bytecode=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A function's files, and how they were come by."""

    bundle: Bundle
    model: Model | None
    dependencies: Dependencies
    project_files: ProjectFiles
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSurroundings:
    """The effects that a build needs."""

    cache: Path
    """A folder for what may be made again."""
    environ: Mapping[str, str]
    """For the programs that fetch packages and compile."""
    reporter: Reporter


def gather(
    project: Project, surroundings: BuildSurroundings, *, outputs: tuple[Path, ...]
) -> Gathered:
    """Gather a function's files and audit them.

    Args:
        project: what the function is made of.
        surroundings: the effects that this needs.
        outputs: where artifacts go, which are no part of the function.

    Raises:
        AuditFailed: with all that would keep the function from running, or that must not ship.
    """
    target = find_target(project.function.runtime, project.function.architecture)
    model = served_model(project, cache=surroundings.cache, reporter=surroundings.reporter)
    own = _project_files(project, outputs)
    interpreter = find_interpreter(target.python, surroundings.environ)
    packages = _packages(project, target, interpreter, surroundings)
    bundle, clashes = assemble(
        (
            *packages.files,
            *_runtime(target, interpreter, surroundings),
            *(model_files(model) if model else ()),
            *own.files,
        ),
        target=target,
        handler=project.function.handler or RUNTIME_HANDLER,
    )
    is_zip = project.package.type is PackageType.ZIP
    found = (
        *own.findings,
        *clashes,
        *audit(
            bundle,
            is_zip=is_zip,
            base_is_aws=is_zip or is_aws_base(project.package.base),
            cache=surroundings.cache,
        ),
    )
    findings = _accept(found, project.package.accept)
    _require_sound(findings)
    return Gathered(
        bundle=bundle,
        model=model,
        dependencies=packages,
        project_files=own,
        warnings=findings,
    )


def _packages(
    project: Project,
    target: Target,
    interpreter: Interpreter | None,
    surroundings: BuildSurroundings,
) -> Dependencies:
    if project.model is None and not project.function.requirements:
        return _NO_PACKAGES
    return dependencies(
        project.function.requirements,
        target,
        with_runtime=project.model is not None,
        interpreter=interpreter,
        lock=project.folder / _LOCK,
        cache=surroundings.cache / "packages",
        environ=surroundings.environ,
        reporter=surroundings.reporter,
    )


def _runtime(
    target: Target, interpreter: Interpreter | None, surroundings: BuildSurroundings
) -> tuple[BundleFile, ...]:
    """List the function runtime's files, compiled where there is a Python of the target's version."""
    if interpreter is None:
        surroundings.reporter.note(
            f"no Python {target.python} is here to compile with, so that each cold start compiles"
        )
        return runtime_files()
    return (*runtime_files(), *runtime_bytecode(interpreter, surroundings.cache))


def _project_files(project: Project, outputs: tuple[Path, ...]) -> ProjectFiles:
    """Take the project's own files where it has a handler; a model alone is served by tulle's."""
    if project.function.handler is None:
        return ProjectFiles(files=(), left_out=(), findings=())
    source = model_source(project)
    return collect_project_files(
        project.folder,
        exclude=project.package.exclude,
        elsewhere=(*outputs, *((source,) if source else ())),
    )


def _accept(findings: Iterable[Finding], codes: tuple[str, ...]) -> tuple[Finding, ...]:
    """Make warnings of the findings that the project says are known."""
    return tuple(
        replace(finding, severity=Severity.WARNING) if finding.code in codes else finding
        for finding in findings
    )


def _require_sound(findings: tuple[Finding, ...]) -> None:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise AuditFailed(
            f"the function has {count_problems(errors)}, so nothing was written",
            hint=errors[0].hint
            if len(errors) == 1
            else "see what stands below each, and build again",
            detail=describe_findings(findings),
        )
