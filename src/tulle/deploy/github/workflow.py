"""Owns the workflow by which GitHub Actions deploys a project."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from string import Template

__all__ = ["Workflow", "workflow_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What a workflow depends on.

    Args:
        project: the project's name.
        folder: the project's, relative to the repository's root; `.` where it is that.
        python: the version of Python that the function runs on, such as `3.13`.
        package: what pip installs: `tulle`, with the extras that the project's model needs.
        stage: which deployment of the project it brings up to date.
    """

    project: str
    folder: str
    python: str
    package: str
    stage: str


def workflow_text(workflow: Workflow) -> str:
    """Write the workflow's file. What GitHub replaces (`${{ … }}`) stays as it is."""
    text = files("tulle.deploy.github").joinpath("workflow.yml").read_text(encoding="utf-8")
    paths = "" if workflow.folder == "." else f"\n    paths: ['{workflow.folder}/**']"
    return _Template(text).substitute(
        project=workflow.project,
        folder=workflow.folder,
        paths=paths,
        python=workflow.python,
        package=workflow.package,
        stage=workflow.stage,
    )


class _Template(Template):
    delimiter = "%"
