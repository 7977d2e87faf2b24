"""Owns the whole look at a bundle: every check, and every finding at once."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from tulle.bundle.audit.imports import find_import_problems
from tulle.bundle.audit.kept import find_once
from tulle.bundle.audit.secret_files import find_secrets
from tulle.bundle.audit.sizes import find_size_problems
from tulle.bundle.elf.problems import find_elf_problems

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tulle.bundle.bundle import Bundle, BundleFile
    from tulle.errors import Finding

__all__ = ["audit"]


def audit(bundle: Bundle, *, is_zip: bool, base_is_aws: bool, cache: Path) -> tuple[Finding, ...]:
    """Find all that would keep a function from running, or that must not ship.

    Args:
        bundle: what would ship.
        is_zip: whether as a zip, for which other limits hold than for an image.
        base_is_aws: whether it runs on AWS's own runtime or base image.
        cache: a folder for what may be found again.
    """
    target = str(bundle.target)
    libraries = [file for file in bundle.files if file.path.suffix not in {".py", ".pyc"}]
    compiled = find_once(
        partial(find_elf_problems, libraries, bundle.target),
        what=["compiled files", target, _names(libraries)],
        cache=cache,
    )
    modules = [file for file in bundle.files if file.path.suffix in {".py", ".pyc", ".so"}]
    imports = find_once(
        partial(find_import_problems, bundle, base_is_aws=base_is_aws),
        what=["imports", target, bundle.handler, base_is_aws, sys.version, _names(modules)],
        cache=cache,
    )
    return (
        *find_size_problems(bundle, is_zip=is_zip),
        *find_secrets(bundle),
        *compiled,
        *imports,
    )


def _names(files: Iterable[BundleFile]) -> list[list[str]]:
    return [[str(file.path), file.sha256, file.origin] for file in files]
