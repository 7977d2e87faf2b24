"""`tulle build` as a real process, with a cache that the tests share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from integration.emulator.dev_process import TULLE

__all__ = ["built", "run_build", "shared_cache"]


@cache
def shared_cache() -> Path:
    """Make one cache for the whole run, so that packages are fetched once."""
    holder = tempfile.TemporaryDirectory(prefix="tulle-cache-")
    _HELD.append(holder)
    return Path(holder.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def run_build(
    *arguments: str | Path,
    folder: Path,
    cache_folder: Path | None = None,
    most_bytes: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `tulle build`; where files may have at most so many bytes, it fares as on a full disk."""
    limit = ["prlimit", f"--fsize={most_bytes}"] if most_bytes else []
    known, lock = shared_cache() / "tulle.lock", folder / "tulle.lock"
    if known.exists() and not lock.exists():
        shutil.copyfile(known, lock)
    ran = subprocess.run(
        [*limit, *TULLE, "build", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(cache_folder or shared_cache())},
        capture_output=True,
        text=True,
        check=False,
    )
    if lock.exists():
        shutil.copyfile(lock, known)
    return ran


def built(*arguments: str | Path, folder: Path, cache_folder: Path | None = None) -> dict[str, Any]:
    """Build, and give what `--json` says."""
    ran = run_build(*arguments, "--json", folder=folder, cache_folder=cache_folder)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
