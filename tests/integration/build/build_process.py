"""`tulle build` as a real process, with a cache that the tests share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from integration.emulator.dev_process import TULLE

__all__ = ["built", "run_build", "shared_cache"]


def shared_cache() -> Path:
    """Give the one cache of the whole run, which all workers share, so that packages are fetched once."""
    return Path(os.environ["TULLE_TEST_CACHE"])


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
        _replace(known, lock)
    return ran


def _replace(known: Path, lock: Path) -> None:
    """Keep a lock for the next build, at once: another worker may be reading the one that is there."""
    with tempfile.NamedTemporaryFile(dir=known.parent, delete=False) as file:
        file.write(lock.read_bytes())
    Path(file.name).replace(known)


def built(*arguments: str | Path, folder: Path, cache_folder: Path | None = None) -> dict[str, Any]:
    """Build, and give what `--json` says."""
    ran = run_build(*arguments, "--json", folder=folder, cache_folder=cache_folder)
    assert ran.returncode == 0, ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
