"""Owns the options that say of a project what `tulle.toml` leaves open, or otherwise, and how they become one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from tulle.api.build import ARCHITECTURES, RUNTIMES, PackageType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["folder_option", "for_the_project", "project_options"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_LAYOUT = "oci:"


def folder_option(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Add --folder, which is where the project is."""
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=Path(),
        help="The project's folder, with tulle.toml if there is one.  [default: the current folder]",
    )(command)


def project_options(
    kinds: Iterable[PackageType] = tuple(PackageType),
) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Add what is said of a project beside its file, MODEL first.

    Args:
        kinds: what it can be packed as here.
    """

    def add(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        for option in reversed(_options(kinds)):
            command = option(command)
        return command

    return add


def for_the_project(model: str | None, options: dict[str, Any]) -> dict[str, dict[str, object]]:
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


def _options(kinds: Iterable[PackageType]) -> tuple[Callable[[Any], Any], ...]:
    return (
        click.argument("model", required=False),
        folder_option,
        click.option(
            "--type",
            "kind",
            type=click.Choice([str(kind) for kind in kinds]),
            help="What to build.",
        ),
        click.option(
            "--runtime",
            type=click.Choice(RUNTIMES),
            help="Lambda's runtime.  [default: python3.13]",
        ),
        click.option(
            "--architecture",
            type=click.Choice(ARCHITECTURES),
            help="Lambda's processor.  [default: x86_64]",
        ),
        click.option(
            "--labels", help="The model's labels, if it has none: a file, or a list: cat,dog."
        ),
        click.option("--preprocessing", metavar="NAME", help="What the model was trained with."),
        click.option(
            "--handler", metavar="MODULE.NAME", help="A handler of your own, with its folder."
        ),
        click.option(
            "--base", metavar="REFERENCE", help="The image to build on.  [default: AWS's own]"
        ),
    )
