"""Owns the programs of external extensions: which an image has, and starting them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.emulator.log import LogPipe
from tulle.emulator.sandbox.sandbox import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tulle.emulator.image import Image
    from tulle.emulator.sandbox.sandbox import Companion, Sandbox

__all__ = ["Program", "program_names"]

_FOLDER = "opt/extensions"
# What is the runtime's own. (AWS Lambda Developer Guide, "Using the Lambda Extensions API")
_NOT_FOR_EXTENSIONS = {
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
}


def program_names(image: Image | None) -> tuple[str, ...]:
    """List the extensions of an image by name: the files in its `/opt/extensions`."""
    if image is None:
        return ()
    root = image.root.resolve()
    folder = (root / _FOLDER).resolve()
    if not folder.is_relative_to(root) or not folder.is_dir():  # a link may lead out of the root
        return ()
    files = (path for path in folder.iterdir() if path.is_symlink() or not path.is_dir())
    return tuple(sorted(path.name for path in files))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A running external extension."""

    name: str
    companion: Companion
    pipe: LogPipe

    @classmethod
    async def start(
        cls,
        name: str,
        sandbox: Sandbox,
        *,
        variables: Mapping[str, str],
        line: Callable[[str], None],
    ) -> Program:
        """Start it where the function will run.

        Raises:
            OSError: it cannot be run.
        """
        own = {key: value for key, value in variables.items() if key not in _NOT_FOR_EXTENSIONS}
        command = Command(words=(f"/{_FOLDER}/{name}",), folder="/", variables=own)
        pipe = LogPipe(line)
        try:
            companion = await sandbox.start_companion(command, pipe.write_end)
        except (OSError, asyncio.CancelledError):
            pipe.close()
            raise
        finally:
            pipe.close_write_end()
        return cls(name=name, companion=companion, pipe=pipe)

    @property
    def exited(self) -> asyncio.Future[int]:
        """Give the code with which it ends."""
        return self.companion.exited
