"""Owns the whole look at a bundle: every check, and every finding at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.bundle.audit.compiled_files import find_compiled_problems
from tulle.bundle.audit.imports import find_import_problems
from tulle.bundle.audit.secret_files import find_secrets
from tulle.bundle.audit.sizes import find_size_problems

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.bundle.bundle import Bundle
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
    return (
        *find_size_problems(bundle, is_zip=is_zip),
        *find_secrets(bundle),
        *find_compiled_problems(bundle, cache),
        *find_import_problems(bundle, base_is_aws=base_is_aws),
    )
