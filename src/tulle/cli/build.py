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
    Artifact,
    BuildRequest,
    build,
    explanations,
    read_project,
)
from tulle.cli.aws_options import stage_option
from tulle.cli.build_table import artifact_lines, explanation_lines, layer_totals
from tulle.cli.project_options import for_the_project, project_options
from tulle.cli.reporter import TerminalReporter

__all__ = ["command"]


@click.command("build")
@project_options()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file or folder to write.  [default: in the project's dist folder]",
)
@stage_option
@click.option("--push", metavar="REFERENCE", help="Push the image, such as REGISTRY/NAME:TAG.")
@click.option("--explain", is_flag=True, help="Tell of every file why it is in, or why it is not.")
@click.option("--json", "as_json", is_flag=True, help="Print what was built as one JSON object.")
def command(*, model: str | None, as_json: bool, explain: bool, **options: Any) -> None:
    """Build the function: a container image, a zip, or a Dockerfile with its folder.

    MODEL is a .tflite, .keras or .h5 file, a SavedModel's folder or a built-in model's name. What it and the
    options leave open stands in tulle.toml, or has a default. No Docker is needed.
    """
    start = time.monotonic()
    given = for_the_project(model, options)
    project = read_project(options["folder"], given, stage=options["stage"])
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
