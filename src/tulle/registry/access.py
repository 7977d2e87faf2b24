"""Owns `Access`: what registries are reached with, all of it given by the caller."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tulle.progress import Reporter

__all__ = ["Access", "Credentials", "is_loopback", "root_url"]

_HOSTS = {"docker.io": "registry-1.docker.io"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user's name and password, or a token that stands for both."""

    username: str = ""
    password: str = ""
    identity_token: str | None = None

    @property
    def basic(self) -> str:
        """Give them as HTTP's basic authentication."""
        both = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(both).decode()}"

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What registries are reached with."""

    environ: Mapping[str, str]
    """`DOCKER_CONFIG`, `PATH` for credential helpers, `HTTPS_PROXY` and its kin, `SSL_CERT_FILE`."""
    home: Path
    """The user's home folder, which has `.docker/config.json`."""
    reporter: Reporter
    plain_http: frozenset[str] = frozenset()
    """Registries (host and port) that are spoken to without TLS; those on this machine always are."""
    chunk_bytes: int | None = None
    """Blobs are sent in pieces of this size, for registries behind a proxy that takes no large bodies."""
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    """What registries (by host) are logged in to with, in place of what the user's files say; never written."""
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


def root_url(registry: str, access: Access) -> str:
    """Give the address of a registry."""
    host = _HOSTS.get(registry, registry)
    plain = registry in access.plain_http or is_loopback(host)
    return f"{'http' if plain else 'https'}://{host}"


def is_loopback(authority: str) -> bool:
    """Tell whether a host, with or without its port, is this machine."""
    host = authority.rpartition("@")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
