"""Owns `tulle export`: its options, and where the template goes."""

from __future__ import annotations

from pathlib import Path

import click

from tulle.api.export import (
    ExportRequest,
    ImageCode,
    TemplateFormat,
    ZipCode,
    export,
    read_project,
    write_template,
)
from tulle.cli.aws_options import stage_option
from tulle.cli.project_options import folder_option
from tulle.cli.reporter import TerminalReporter

__all__ = ["command"]


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice([str(one) for one in TemplateFormat]))
@click.argument("model", required=False)
@folder_option
@stage_option
@click.option(
    "--image", metavar="URI", help="The function's image in ECR.  [default: a parameter, ImageUri]"
)
@click.option(
    "--bucket", help="The bucket that holds the function's zip.  [default: a parameter, CodeBucket]"
)
@click.option("--key", help="The zip's key in it.  [default: a parameter, CodeKey]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write.  [default: stdout]",
)
def command(  # noqa: PLR0913 (what the command line has)
    *,
    form: str,
    model: str | None,
    folder: Path,
    stage: str,
    image: str | None,
    bucket: str | None,
    key: str | None,
    output: Path | None,
) -> None:
    """Write the template of a deployment, for tools of your own: FORMAT is cloudformation or sam.

    It is the template that `tulle deploy` uses; nothing is built, and nothing is asked of AWS. MODEL, if it is
    given, stands in for the one in tulle.toml.
    """
    code = _code(image, bucket, key)
    options: dict[str, dict[str, object]] = {} if model is None else {"model": {"path": model}}
    request = ExportRequest(
        project=read_project(folder, options, stage=stage),
        format=TemplateFormat(form),
        stage=stage,
        code=code,
    )
    exported = export(request)
    if output is None:
        click.echo(exported.text, nl=False)
        return
    write_template(exported, output)
    reporter = TerminalReporter()
    reporter.done(f"{output} is written; to deploy it:")
    reporter.note(exported.deploying(output))


def _code(image: str | None, bucket: str | None, key: str | None) -> ImageCode | ZipCode | None:
    if image is not None and (bucket is not None or key is not None):
        raise click.UsageError("name an image, or a zip by --bucket and --key")
    if (bucket is None) is not (key is None):
        raise click.UsageError("--bucket and --key go together")
    if image is not None:
        return ImageCode(uri=image)
    return None if bucket is None or key is None else ZipCode(bucket=bucket, key=key)
