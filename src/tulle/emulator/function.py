"""Owns `Function`: what is to be run, and under which limits."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import InvalidFunction
from tulle.project.variables import RESERVED_VARIABLES, VARIABLES_BYTES, variables_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tulle.emulator.image import Image

__all__ = ["ACCOUNT_ID", "REGION", "Client", "Function", "runtime_version_arn"]

# AWS's own example account: visibly not anybody's.
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"

# Lambda reserves the credentials and the region too, but here they may be set: some functions call
# AWS while they are tried, and they get nothing of it unless asked.
_RESERVED = RESERVED_VARIABLES - {
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
}


class Client(StrEnum):
    """The program in the child that speaks the Runtime API."""

    AWSLAMBDARIC = "awslambdaric"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda function, as it is run here.

    The defaults for memory and time are those of `tulle.toml`, not Lambda's own 128 MB and 3 s,
    in which few models load.

    Args:
        handler: module and function, as Lambda writes them: `lambda_function.lambda_handler`.
        folder: the task root: where the child works, and where its modules are looked for first.
        python: the interpreter that runs the child; `runtime` is Lambda's name for its version.
        search_path: more folders in which the child finds modules.
        environment: the function's own variables.
        entrypoint: the program that starts the child, with its arguments; empty is `client` under `python`.
        image: what it is instead of files under an interpreter of this machine; then `folder` says only
            where its own code is, and of how it starts this alone counts.
        concurrency: how many invocations may run at once, as Lambda's reserved concurrency.
    """

    name: str
    handler: str
    folder: Path
    python: Path = Path(sys.executable)
    runtime: str = f"python{sys.version_info.major}.{sys.version_info.minor}"
    search_path: tuple[Path, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    memory_mb: int = 1024
    timeout_s: int = 30
    concurrency: int = 10
    client: Client = Client.AWSLAMBDARIC
    entrypoint: tuple[str, ...] = ()
    image: Image | None = None

    def __post_init__(self) -> None:
        """Refuse what Lambda would refuse."""
        if not re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", self.name):
            raise InvalidFunction(
                f"'{self.name}' cannot be a function's name",
                hint="use at most 64 letters, digits, hyphens and underscores",
            )
        if not 128 <= self.memory_mb <= 10240:
            raise InvalidFunction(
                f"{self.memory_mb} MB of memory is not on offer",
                hint="choose from 128 to 10240 MB",
            )
        if not 1 <= self.timeout_s <= 900:
            raise InvalidFunction(
                f"a time limit of {self.timeout_s} s is not on offer",
                hint="choose from 1 to 900 seconds",
            )
        if self.concurrency < 1:
            raise InvalidFunction(
                f"with {self.concurrency} invocations at once, none could ever run",
                hint="allow at least 1",
            )
        if not self.folder.is_dir():
            raise InvalidFunction(
                f"the function's folder {self.folder} is not there",
                hint="name the folder that holds the handler's module",
            )
        _refuse_bad_variables(name for name, _ in self.environment)
        _refuse_many_variables(self.environment)

    @property
    def arn(self) -> str:
        """Name the function as AWS would, without a version."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{self.name}"


def runtime_version_arn() -> str:
    """Name the version of the runtime as AWS would; here it is none of AWS's."""
    return f"arn:aws:lambda:{REGION}::runtime:{'0' * 64}"


def _refuse_bad_variables(names: Iterable[str]) -> None:
    for name in names:
        if name in _RESERVED:
            raise InvalidFunction(
                f"Lambda reserves the variable {name}",
                hint="give the variable another name",
            )
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", name):
            raise InvalidFunction(
                f"'{name}' cannot be the name of a Lambda variable",
                hint="begin with a letter and use at least two letters, digits and underscores",
            )


def _refuse_many_variables(environment: Iterable[tuple[str, str]]) -> None:
    # What AWS gives is not counted.
    own = {name: value for name, value in environment if not name.startswith("AWS_")}
    size = variables_bytes(own)
    if size > VARIABLES_BYTES:
        raise InvalidFunction(
            f"the function's variables hold {size} bytes, and Lambda takes {VARIABLES_BYTES}",
            hint="put what is long into a file of the function",
        )
