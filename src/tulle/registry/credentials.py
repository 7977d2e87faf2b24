"""Owns the user's credentials for registries: Docker's and Podman's files, and the helpers that these name."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tulle.errors import InvalidCredentials
from tulle.registry.access import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.access import Access

__all__ = ["find_credentials"]

_DOCKER_HUB = "https://index.docker.io/v1/"
_HUB_HOSTS = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_HELPER_TIMEOUT_S = 60


def find_credentials(registry: str, access: Access) -> Credentials | None:
    """Look credentials for a registry up: given ones, else in Docker's config file, or where Podman keeps its own.

    Raises:
        InvalidCredentials: a file cannot be read, or a helper fails.
    """
    if given := access.credentials.get(registry):
        return given
    found = (_look_up(registry, path, access) for path in _files(access))
    return next((credentials for credentials in found if credentials), None)


def _files(access: Access) -> Iterator[Path]:
    environ, home = access.environ, access.home
    yield Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    if own := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(own)
    if running := environ.get("XDG_RUNTIME_DIR"):
        yield Path(running) / "containers/auth.json"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "containers/auth.json"


def _look_up(registry: str, path: Path, access: Access) -> Credentials | None:
    """Ask as Docker does: the registry's own helper, the helper for all, the file itself."""
    config = _read(path)
    key = _DOCKER_HUB if registry in _HUB_HOSTS else registry
    helpers, for_all = config.get("credHelpers"), config.get("credsStore")
    own = (helpers.get(key) or helpers.get(registry)) if isinstance(helpers, dict) else None
    found = None
    if isinstance(own, str):
        found = _ask(own, key, access)
    elif isinstance(for_all, str) and for_all:
        found = _ask_if_installed(for_all, key, access)
    return found or _in_file(config.get("auths"), registry, path)


def _read(path: Path) -> dict[str, object]:
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not isinstance(config, dict):
        raise _unreadable(path)
    return config


def _in_file(auths: object, registry: str, path: Path) -> Credentials | None:
    names = _HUB_HOSTS if registry in _HUB_HOSTS else {registry}
    for key, entry in auths.items() if isinstance(auths, dict) else ():
        if _host(key) in names and isinstance(entry, dict) and entry:
            return _parse(entry, path)
    return None


def _parse(entry: dict[str, str], path: Path) -> Credentials:
    try:
        username, password = entry.get("username", ""), entry.get("password", "")
        if entry.get("auth"):
            both = base64.b64decode(entry["auth"], validate=True).decode()
            username, _, password = both.partition(":")
        token = entry.get("identitytoken") or None
    except (ValueError, TypeError) as error:
        raise _unreadable(path) from error
    return Credentials(username=username, password=password, identity_token=token)


def _host(key: str) -> str:
    """Give the host of an entry: `https://index.docker.io/v1/` and `index.docker.io` are one."""
    return key.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _ask_if_installed(helper: str, key: str, access: Access) -> Credentials | None:
    """Ask the helper for all registries; without it, public images can still be had."""
    if _find(helper, access) is None:
        access.reporter.warn(
            f"Docker's config names the credential helper `docker-credential-{helper}`, which is not installed"
        )
        return None
    return _ask(helper, key, access)


def _ask(helper: str, key: str, access: Access) -> Credentials | None:
    """Ask a helper, by the protocol of `docker-credential-helpers`."""
    program = _find(helper, access)
    if program is None:
        raise _failed(helper, key, "it is not installed")
    try:
        answer = subprocess.run(
            [program, "get"],
            input=key.encode(),
            env=dict(access.environ),
            capture_output=True,
            timeout=_HELPER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(helper, key, str(error)) from error
    said = (answer.stdout + answer.stderr).decode(errors="replace").strip()
    if answer.returncode:
        if "credentials not found" in said:
            return None
        raise _failed(helper, key, said)
    try:
        fields = json.loads(answer.stdout)
        username, secret = str(fields["Username"]), str(fields["Secret"])
    except (ValueError, KeyError, TypeError) as error:
        raise _failed(helper, key, "its answer cannot be read") from error
    if username == "<token>":
        return Credentials(identity_token=secret)
    return Credentials(username=username, password=secret)


def _find(helper: str, access: Access) -> str | None:
    return shutil.which(f"docker-credential-{helper}", path=access.environ.get("PATH", ""))


def _failed(helper: str, key: str, why: str) -> InvalidCredentials:
    return InvalidCredentials(
        f"the credential helper `docker-credential-{helper}` gives nothing for {key}",
        hint=f"try it: `echo {key} | docker-credential-{helper} get`; "
        "or take it out of Docker's config.json",
        detail=why,
    )


def _unreadable(path: Path) -> InvalidCredentials:
    return InvalidCredentials(
        f"`{path}` cannot be read", hint="mend it, or write it anew with `docker login`"
    )
