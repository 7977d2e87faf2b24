"""Owns the command line: options in, one call of `tulle.api`, rendering out."""

from __future__ import annotations

from importlib import import_module

import click

from tulle import __version__
from tulle.cli.failure import run_showing_failures

__all__ = ["main"]

# name: (module that holds `command`, what --help says). Importing a module here loads nothing heavy,
# and `tulle --help` imports none of them.
_COMMANDS = {
    "init": ("tulle.cli.init", "Make a project of a folder with a model: write tulle.toml."),
    "convert": (
        "tulle.cli.convert",
        "Turn a trained classifier into one self-contained .tflite file.",
    ),
    "inspect": ("tulle.cli.inspect", "Tell what is in a .tflite file, and how it runs here."),
    "predict": ("tulle.cli.predict", "Classify pictures, as the function would."),
    "evaluate": ("tulle.cli.evaluate", "Judge models on pictures whose categories are known."),
    "build": ("tulle.cli.build", "Pack the function: a container image, a zip or a Dockerfile."),
    "dev": ("tulle.cli.dev", "Run the function in a local Lambda, with a gateway before it."),
    "tune": ("tulle.cli.tune", "Find the memory size that suits the function."),
    "cost": ("tulle.cli.cost", "Tell what a month of the function costs on AWS."),
    "deploy": ("tulle.cli.deploy", "Bring the function up on AWS, and try it out."),
    "invoke": ("tulle.cli.invoke", "Ask the deployed function, or the one on this machine."),
    "status": ("tulle.cli.status", "Tell how the deployments are, and how they do."),
    "logs": ("tulle.cli.logs", "Show what the deployed function logs."),
    "rollback": ("tulle.cli.rollback", "Let callers reach an earlier version again."),
    "destroy": ("tulle.cli.destroy", "Take a deployment away, with all that it has on AWS."),
    "export": ("tulle.cli.export", "Write a deployment's template, for tools of your own."),
    "doctor": ("tulle.cli.doctor", "Look at all that a deployment needs, before it is needed."),
}


class _CommandTable(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.command(cls=_CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tulle")
@click.option("--debug", is_flag=True, help="Show the traceback when a command fails.")
def tulle(*, debug: bool) -> None:
    """Turn a trained image classifier into a serverless endpoint."""


def main() -> None:
    """Run the `tulle` command and leave with its exit code."""
    run_showing_failures(tulle)
