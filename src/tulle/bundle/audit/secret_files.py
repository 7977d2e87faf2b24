"""Owns which of a project's files look like secrets, which must not ship."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tulle.bundle.project_files import ORIGIN
from tulle.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.bundle.bundle import Bundle, BundleFile

__all__ = ["find_secrets"]

_FOLDERS = {".aws", ".azure", ".docker", ".gnupg", ".kube", ".ssh"}
_NAMES = (
    *(".env", ".env.*", "*.env", ".netrc", ".pgpass", ".pypirc", ".npmrc", ".htpasswd"),
    *(".git-credentials", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
)
_TEMPLATES = (".env.example", ".env.sample", ".env.template")
_MOST_BYTES = 100_000
_PRIVATE_KEY = b"PRIVATE KEY-----"
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def find_secrets(bundle: Bundle) -> tuple[Finding, ...]:
    """Look at the names of the project's own files, and for private keys within them."""
    return tuple(
        Finding(
            severity=Severity.ERROR,
            code="secret",
            message=f"{file.path} must not ship: {reason}",
            hint="move it out of the project, or exclude it: `exclude` under [package]",
            path=str(file.path),
        )
        for file in bundle.files
        if file.origin == ORIGIN
        for reason in _reasons(file)
    )


def _reasons(file: BundleFile) -> Iterator[str]:
    content = file.read() if file.size <= _MOST_BYTES else b""
    folder = next((part for part in file.path.parts[:-1] if part in _FOLDERS), None)
    if folder:
        yield f"{folder} holds credentials"
    elif _PRIVATE_KEY in content:
        yield "it holds a private key"
    elif _is_named_as_secret(file.path.name) and _CERTIFICATE not in content:
        yield "files of that name hold secrets"


def _is_named_as_secret(name: str) -> bool:
    return name not in _TEMPLATES and any(fnmatchcase(name, pattern) for pattern in _NAMES)
