"""Owns running `uv`: it resolves requirements for a target, and unpacks the files that were chosen."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tulle.bundle.wheels.lock import Wheel
from tulle.bundle.wheels.tags import suitability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tulle.target import Target

__all__ = ["Uv", "UvFailed"]

# The newest glibc of those that `uv` knows wheels of (`--python-platform`), which a target must reach.
_GLIBCS = ((2, 17), (2, 28), (2, 31), (2, 34))


class UvFailed(Exception):
    """`uv` stopped, and said why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Uv:
    """`uv`, in an environment and a folder whose settings it heeds."""

    environ: Mapping[str, str]
    folder: Path

    def resolve(
        self,
        requirements: tuple[str, ...],
        target: Target,
        *,
        constraints: tuple[str, ...],
        of_runtime: bool = False,
    ) -> tuple[Wheel, ...]:
        """Choose the newest versions that have a wheel for the target and satisfy all constraints.

        Args:
            requirements: what is wanted.
            target: what it is for.
            constraints: what else must hold of packages that come to be wanted.
            of_runtime: whether it is the function runtime's need: then nothing that the packages themselves
                require is chosen, for the runtime uses none of it.

        Raises:
            UvFailed: there is no such choice, or no index to choose from.
        """
        with tempfile.TemporaryDirectory(prefix="tulle-") as name:
            wanted, bounds = Path(name, "requirements.txt"), Path(name, "constraints.txt")
            wanted.write_text("\n".join(requirements), encoding="utf-8")
            bounds.write_text("\n".join(constraints), encoding="utf-8")
            answer = self._run(
                ("pip", "compile", "--format", "pylock.toml", "--constraints", str(bounds)),
                ("--no-deps",) if of_runtime else (),
                _for(target),
                (str(wanted),),
            )
        packages = tomllib.loads(answer).get("packages", ())
        return tuple(_wheel(package, target, of_runtime=of_runtime) for package in packages)

    def unpack(self, wheels: tuple[Wheel, ...], target: Target, folder: Path) -> None:
        """Unpack the very files that were chosen, their digests checked.

        Raises:
            UvFailed: a file is not to be had any more, or is another.
        """
        with tempfile.TemporaryDirectory(prefix="tulle-") as name:
            files = Path(name, "requirements.txt")
            lines = (f"{one.name}=={one.version} --hash=sha256:{one.sha256}" for one in wheels)
            files.write_text("\n".join(lines), encoding="utf-8")
            self._run(
                ("pip", "install", "--no-deps", "--require-hashes", "--target", str(folder)),
                # Links into uv's own cache would break when that is emptied.
                ("--link-mode", "hardlink"),
                _for(target),
                ("-r", str(files)),
            )

    def _run(self, *arguments: tuple[str, ...]) -> str:
        from uv import find_uv_bin  # noqa: PLC0415 (a build that has all at hand needs no uv)

        answer = subprocess.run(
            [
                find_uv_bin(),
                "--quiet",
                "--color",
                "never",
                *(part for parts in arguments for part in parts),
            ],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if answer.returncode:
            raise UvFailed(answer.stderr.strip())
        return answer.stdout


def _for(target: Target) -> tuple[str, ...]:
    major, minor = max(glibc for glibc in _GLIBCS if glibc <= target.glibc)
    return (
        *("--python", sys.executable, "--no-python-downloads", "--only-binary", ":all:"),
        *("--python-version", target.python),
        *("--python-platform", f"{target.architecture.machine}-manylinux_{major}_{minor}"),
    )


def _wheel(package: dict[str, Any], target: Target, *, of_runtime: bool) -> Wheel:
    files = {_file_name(wheel): wheel["hashes"]["sha256"] for wheel in package["wheels"]}
    best = min(sorted(files), key=lambda file: suitability(file, target))
    return Wheel(
        name=package["name"],
        version=package["version"],
        file=best,
        sha256=files[best],
        of_runtime=of_runtime,
    )


def _file_name(wheel: dict[str, Any]) -> str:
    address = wheel.get("url") or wheel["path"]
    return PurePosixPath(unquote(urlsplit(address).path)).name
