"""Owns `tulle build`: its options, and how what was built is shown."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tulle.api.build import (
    ARCHITECTURES,
    RUNTIMES,
    Artifact,
    BuildRequest,
    PackageType,
    build,
    explanations,
    read_project,
)
from tulle.cli.build_table import artifact_lines, explanation_lines, layer_totals
from tulle.cli.reporter import TerminalReporter

__all__ = ["command"]

_LAYOUT = "oci:"


@click.command("build")
@click.argument("model", required=False)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="The project's folder, with tulle.toml if there is one.  [default: the current folder]",
)
@click.option(
    "--type", "kind", type=click.Choice([str(kind) for kind in PackageType]), help="What to build."
)
@click.option(
    "--runtime", type=click.Choice(RUNTIMES), help="Lambda's runtime.  [default: python3.13]"
)
@click.option(
    "--architecture",
    type=click.Choice(ARCHITECTURES),
    help="Lambda's processor.  [default: x86_64]",
)
@click.option("--labels", help="The model's labels, if it has none: a file, or a list: cat,dog.")
@click.option("--preprocessing", metavar="NAME", help="What the model was trained with.")
@click.option("--handler", metavar="MODULE.NAME", help="A handler of your own, with its folder.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file or folder to write.  [default: in the project's dist folder]",
)
@click.option("--base", metavar="REFERENCE", help="The image to build on.  [default: AWS's own]")
@click.option("--push", metavar="REFERENCE", help="Push the image, such as REGISTRY/NAME:TAG.")
@click.option("--explain", is_flag=True, help="Tell of every file why it is in, or why it is not.")
@click.option("--json", "as_json", is_flag=True, help="Print what was built as one JSON object.")
def command(*, model: str | None, as_json: bool, explain: bool, **options: Any) -> None:
    """Build the function: a container image, a zip, or a Dockerfile with its folder.

    MODEL is a .tflite, .keras or .h5 file, a SavedModel's folder or a built-in model's name. What it and the
    options leave open stands in tulle.toml, or has a default. No Docker is needed.
    """
    start = time.monotonic()
    project = read_project(options["folder"], _for_the_project(model, options))
    request = BuildRequest(project=project, output=options["output"], push=options["push"])
    reporter = TerminalReporter()
    artifact = build(request, environ=os.environ, reporter=reporter)
    for warning in artifact.warnings:
        reporter.warn(f"{warning.message}\n  hint: {warning.hint}")
    seconds = time.monotonic() - start
    if as_json:
        click.echo(_json(artifact, seconds, explain=explain))
        return
    if explain:
        click.echo("\n".join(explanation_lines(artifact)) + "\n")
    click.echo("\n".join(artifact_lines(artifact, seconds)))


def _for_the_project(model: str | None, options: dict[str, Any]) -> dict[str, dict[str, object]]:
    """Put options under the keys of tulle.toml; paths here are relative to the current folder."""
    base, labels = options["base"], options["labels"]
    if base and base.startswith(_LAYOUT):
        base = _LAYOUT + str(Path(base.removeprefix(_LAYOUT)).absolute())
    if labels and Path(labels).is_file():
        labels = str(Path(labels).absolute())
    if model and Path(model).exists():
        model = str(Path(model).absolute())
    sections = {
        "model": {"path": model, "labels": labels, "preprocessing": options["preprocessing"]},
        "function": {name: options[name] for name in ("runtime", "architecture", "handler")},
        "package": {"type": options["kind"], "base": base},
    }
    return {
        section: {key: value for key, value in values.items() if value is not None}
        for section, values in sections.items()
    }


def _json(artifact: Artifact, seconds: float, *, explain: bool) -> str:
    bundle, model = artifact.gathered.bundle, artifact.gathered.model
    content: dict[str, object] = {
        "schema": 1,
        "type": artifact.type,
        "path": str(artifact.path) if artifact.path else None,
        "digest": artifact.digest,
        "size_bytes": artifact.size_bytes,
        "unpacked_bytes": bundle.size,
        "layers": [
            {"layer": layer, "files": files, "unpacked_bytes": size}
            for layer, files, size in layer_totals(artifact)
        ],
        "runtime": bundle.target.runtime,
        "architecture": bundle.target.architecture,
        "handler": bundle.handler,
        "model_sha256": model.sha256 if model else None,
        "packages": [package.origin for package in artifact.gathered.dependencies.packages],
        "sbom": str(artifact.sbom) if artifact.sbom else None,
        "unchanged": artifact.unchanged,
        "seconds": round(seconds, 3),
        "warnings": [
            {"code": finding.code, "message": finding.message, "hint": finding.hint}
            for finding in artifact.warnings
        ],
    }
    if artifact.delivery:
        delivery = artifact.delivery
        content["pushed"] = {"name": delivery.name, "sent_bytes": delivery.sent_bytes}
    if explain:
        content["files"] = [asdict(entry) for entry in explanations(artifact.gathered)]
    return json.dumps(content, ensure_ascii=False, indent=2)
