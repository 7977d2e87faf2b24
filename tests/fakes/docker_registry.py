"""Debian's `docker-registry` on loopback: a real registry with an empty store."""

from __future__ import annotations

import json
import re
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# `user` with the password `pass word`, as `htpasswd -B` writes it.
HTPASSWD = "user:$2b$04$n3lXb3saUkqTNgeOm5EupeYkjmejnDEYYgFm5k29RWkVyt.ALzmby\n"


@dataclass(frozen=True, kw_only=True)
class TokenAuth:
    """Where the registry sends its clients for tokens."""

    realm: str
    service: str
    issuer: str
    certificates: Path


@contextmanager
def docker_registry(
    folder: Path, *, htpasswd: bool = False, token: TokenAuth | None = None
) -> Iterator[str]:
    """Run a registry and give its `host:port`."""
    folder.mkdir(parents=True)
    config: dict[str, object] = {
        "version": "0.1",
        "log": {"level": "info", "formatter": "json", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "store")}},
        "http": {"addr": "127.0.0.1:0"},
    }
    if htpasswd:
        (folder / "htpasswd").write_text(HTPASSWD)
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    if token:
        config["auth"] = {
            "token": {
                "realm": token.realm,
                "service": token.service,
                "issuer": token.issuer,
                "rootcertbundle": str(token.certificates),
            }
        }
    file = folder / "config.yml"
    file.write_text(json.dumps(config))  # every JSON is YAML
    log = folder / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(["docker-registry", "serve", str(file)], stderr=out) as process,  # noqa: S607
    ):
        try:
            yield _address(process, log)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the registry listens, and read where from its log."""
    while process.poll() is None:
        if found := re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.02)
    raise AssertionError(f"docker-registry did not start: {log.read_text()}")
