"""Owns `init`: a folder with a model becomes a project, and a project gets a workflow that deploys it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.bundle.output import new_file
from tulle.deploy.github.role import role_template
from tulle.deploy.github.workflow import Workflow, workflow_text
from tulle.deploy.names import name_deployment
from tulle.errors import FileExists, InvalidLabels, ModelNotFound, UnsupportedModel, UsageError
from tulle.model.builtin import builtin_model
from tulle.model.file import load_model
from tulle.model.labels import parse_labels, read_labels
from tulle.model.sources.preprocessing import choose_preprocessing
from tulle.model.sources.source import open_source, settle_labels
from tulle.project.file import read_project
from tulle.project.project import function_name
from tulle.project.starter import Starter, starter_text
from tulle.target import find_target

if TYPE_CHECKING:
    from tulle.progress import Reporter
    from tulle.project.project import Project

__all__ = ["Ci", "InitRequest", "Initialised", "add_workflow", "init"]

_FILE = "tulle.toml"
_SUFFIXES = frozenset({".h5", ".hdf5", ".keras", ".tflite"})
_NAMELESS = frozenset({"keras_model", "model", "model_unquant", "saved_model"})
_GITHUB = re.compile(r"github\.com[:/](?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")


class Ci(StrEnum):
    """Where a project is deployed from, but by hand."""

    GITHUB = "github"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """What a new project is to be.

    Attributes:
        folder: the project's.
        model: a model's path, or a built-in one's name; None takes the one in the folder, unless there is a handler.
        labels: a file, or a list with commas.
        preprocessing: what the model was trained with.
        handler: the user's own.
        name, package, api, architecture: as in `tulle.toml`.
    """

    folder: Path
    model: str | None = None
    labels: str | None = None
    preprocessing: str | None = None
    handler: str | None = None
    name: str | None = None
    package: str = "image"
    api: str = "http"
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised:
    """The files that were written."""

    files: tuple[Path, ...]
    repository: str | None = None
    """`OWNER/NAME` on GitHub, where git says it."""


def init(request: InitRequest, reporter: Reporter) -> Initialised:
    """Write `tulle.toml` for a model or a handler, after a look at whether the model can be served.

    Raises:
        FileExists: the project has its file already.
        ModelError, UsageError: the model is not there, or more must be said of it.
    """
    path = request.folder / _FILE
    if path.exists():
        raise FileExists(f"{path} is there already", hint="change it, or remove it first")
    model = request.model
    if model is None and request.handler is None:
        model = _find_model(request.folder)
        reporter.note(f"the model is {model}")
    labels = _labels(request)
    if model is not None:
        model = _relative(model, request.folder)
        _check_model(request, model, labels, reporter)
    starter = Starter(
        name=request.name or _name(model, request.folder),
        model=model,
        labels=labels,
        preprocessing=request.preprocessing,
        handler=request.handler,
        package=request.package,
        api=request.api,
        architecture=request.architecture,
    )
    _write(path, starter_text(starter))
    return Initialised(files=(path,))


def add_workflow(folder: Path, ci: Ci, *, stage: str) -> Initialised:
    """Write what deploys a project from CI: for GitHub, a workflow and the template of the role that it takes on.

    Raises:
        FileExists: one of the files is there, and says something else.
        ProjectError: the project file cannot be meant.
    """
    assert ci is Ci.GITHUB  # noqa: S101 (there is no other yet)
    project = read_project(folder)
    name_deployment(project.name, stage)
    root = _repository_root(folder)
    repository = _github_repository(root)
    workflow = Workflow(
        project=project.name,
        folder=Path(os.path.relpath(folder.resolve(), root)).as_posix(),
        python=find_target(project.function.runtime, project.function.architecture).python,
        package="tulle[keras]" if _is_converted(project) else "tulle",
        stage=stage,
    )
    role = json.dumps(role_template(project.name, repository), indent=2)
    texts = {
        root / f".github/workflows/deploy-{project.name}.yml": workflow_text(workflow),
        root / f".github/deploy-{project.name}-role.json": f"{role}\n",
    }
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise FileExists(
                f"{path} is there already, and says something else",
                hint="remove it to have it written anew",
            )
    for path, text in texts.items():
        _write(path, text)
    return Initialised(files=tuple(texts), repository=repository)


def _find_model(folder: Path) -> str:
    """Take the one model that lies in a folder; a `.tflite` file goes before what it was converted from."""
    found = sorted(path.name for path in folder.iterdir() if _looks_like_model(path))
    if len({Path(name).stem for name in found}) == 1:
        return max(found, key=lambda name: name.endswith(".tflite"))
    if not found:
        raise ModelNotFound(
            f"there is no model in {folder.resolve()}",
            hint="name one: `tulle init path/to/model.keras`; or `tulle init clothing`, the one that comes with tulle",
        )
    raise UsageError(
        f"there are several models in {folder.resolve()}: {', '.join(found)}",
        hint=f"name the one that is to be served: `tulle init {found[0]}`",
    )


def _looks_like_model(path: Path) -> bool:
    return path.suffix in _SUFFIXES or (path / "saved_model.pb").is_file()


def _relative(model: str, folder: Path) -> str:
    """Say where a model lies, as seen from the project's folder; a built-in one has but a name."""
    for path in (folder / model, Path(model)):
        if path.exists():
            return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    if builtin_model(model) is None:
        raise ModelNotFound(f"there is no model at {model}", hint="check the path")
    return model


def _labels(request: InitRequest) -> str | tuple[str, ...] | None:
    """Keep a file's name, relative to the folder; of a list, keep the labels."""
    if request.labels is None:
        return None
    for path in (request.folder / request.labels, Path(request.labels)):
        if path.is_file():
            parse_labels(path.read_bytes(), path.name)
            return Path(os.path.relpath(path.resolve(), request.folder.resolve())).as_posix()
    return read_labels(request.labels)


def _check_model(
    request: InitRequest, model: str, labels: str | tuple[str, ...] | None, reporter: Reporter
) -> None:
    """Ask now for what a conversion would ask for later."""
    path = request.folder / model
    if not path.exists():
        return  # it is built in
    if path.suffix == ".tflite" and labels is None and request.preprocessing is None:
        try:
            load_model(path)
        except (InvalidLabels, UnsupportedModel):
            pass  # it needs a conversion, as all others do
        else:
            return
    source = open_source(path)
    if isinstance(labels, str):
        labels = read_labels(str(request.folder / labels))
    settle_labels(source, labels, reporter)
    if request.preprocessing is not None:
        choose_preprocessing(request.preprocessing, mean=(), std=(), channels=None)
    elif source.guess is None:
        raise UsageError(
            f"{path.name} does not say what its input was trained with",
            hint="name it with --preprocessing: a Keras application (xception, mobilenet_v2, …), "
            "a range such as 0..1, or none if the model takes pixels",
        )


def _name(model: str | None, folder: Path) -> str:
    stem = Path(model).stem if model else ""
    return function_name(folder.resolve().name if not stem or stem in _NAMELESS else stem)


def _is_converted(project: Project) -> bool:
    return project.model is not None and not (
        project.model.path.endswith(".tflite") or builtin_model(project.model.path)
    )


def _repository_root(folder: Path) -> Path:
    """Find the folder that git keeps; the project's own where git keeps none."""
    folder = folder.resolve()
    return next((path for path in (folder, *folder.parents) if (path / ".git").exists()), folder)


def _github_repository(root: Path) -> str | None:
    try:
        ran = subprocess.run(
            ["git", "-C", str(root), "remote", "get-url", "origin"],  # noqa: S607 (the user's git)
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        return None
    found = _GITHUB.search(ran.stdout.strip())
    return found["repository"] if found else None


def _write(path: Path, text: str) -> None:
    with new_file(path) as file:
        file.write(text.encode())
