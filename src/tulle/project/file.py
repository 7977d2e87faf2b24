"""Owns reading a project: its file and the options that go before it, to a checked `Project`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from tulle.errors import InvalidProject, count_problems, describe_findings
from tulle.project.api import read_api
from tulle.project.check import check_project, check_stages, names_function
from tulle.project.deploy import read_deploy
from tulle.project.project import (
    FunctionSection,
    ModelSection,
    PackageSection,
    PackageType,
    Project,
    function_name,
    model_name,
)
from tulle.project.stages import for_stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tulle.errors import Finding

__all__ = ["read_project"]

_FILE, _PYPROJECT = "tulle.toml", "pyproject.toml"


def read_project(
    folder: Path,
    options: Mapping[str, Mapping[str, object]] | None = None,
    *,
    stage: str | None = None,
    default_model: str | None = None,
) -> Project:
    """Read `tulle.toml` in a folder, or `[tool.tulle]` of `pyproject.toml`; neither need be there.

    Args:
        folder: the project's.
        options: what goes before the file, by section and key; None takes a key away.
        stage: the deployment that is meant; what `[stages.NAME]` says goes before the rest of the file.
        default_model: what is taken where neither a model nor a handler is named.

    Raises:
        InvalidProject: with all that is wrong, at once.
    """
    name, content = _read(folder)
    stages = content.pop("stages", {})
    wrong = check_stages(stages, content)
    if not wrong and stage in stages:
        content = for_stage(content, stages[stage])
    for section, values in (options or {}).items():
        written = content.get(section, {})
        if values and isinstance(written, dict):
            merged = {**written, **values}
            content[section] = {key: value for key, value in merged.items() if value is not None}
    if default_model is not None and not names_function(content):
        content["model"] = {"path": default_model}
    findings = (*check_project(content), *wrong)
    if findings:
        raise _invalid(folder, name, findings)
    return _project(folder.resolve(), content)


def _invalid(folder: Path, name: str | None, findings: tuple[Finding, ...]) -> InvalidProject:
    count = count_problems(findings)
    if name is not None:
        message, hint = f"{folder / name} has {count}", f"put that right in {name}"
    elif len(findings) == 1:
        return InvalidProject(findings[0].message, hint=findings[0].hint)
    else:
        message, hint = f"the options have {count}", findings[0].hint
    return InvalidProject(message, hint=hint, detail=describe_findings(findings))


def _read(folder: Path) -> tuple[str | None, dict[str, Any]]:
    """Give the name of the file that speaks of the project, and what it says."""
    own, shared = folder / _FILE, _load(folder / _PYPROJECT).get("tool", {})
    section = shared.get("tulle") if isinstance(shared, dict) else None
    if not own.is_file():
        return (None, {}) if section is None else (f"[tool.tulle] of {_PYPROJECT}", dict(section))
    if section is not None:
        raise InvalidProject(
            f"{folder} has both {_FILE} and [tool.tulle] in {_PYPROJECT}",
            hint="keep one of the two",
        )
    return _FILE, _load(own)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidProject(
            f"{path} is not TOML: {exc}", hint="put that line right: texts stand in quotes"
        ) from exc
    except OSError as exc:
        raise InvalidProject(f"{path} cannot be read", hint="look at its permissions") from exc


def _project(folder: Path, content: dict[str, Any]) -> Project:
    model = ModelSection(**_frozen(content["model"])) if "model" in content else None
    name = function_name(folder.name) if model is None else model_name(model.path)
    package = _frozen(content.get("package", {}))
    if "type" in package:
        package["type"] = PackageType(package["type"])
    function = _frozen(content.get("function", {}))
    function["environment"] = tuple(function.get("environment", {}).items())
    section = FunctionSection(**function)
    return Project(
        folder=folder,
        name=content.get("name") or name,
        model=model,
        function=section,
        package=PackageSection(**package),
        api=read_api(content.get("api", {})),
        deploy=read_deploy(content.get("deploy", {}), timeout_s=section.timeout_s),
    )


def _frozen(section: dict[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in section.items()
    }
