"""Owns telling `uv` what the user has told `pip`: which index, whose certificates."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["with_pip_settings"]

# pip's setting → uv's variable, and the ones of which each means that uv has been told already.
_VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", ("UV_INDEX_URL",)),
    "extra-index-url": ("UV_INDEX", ("UV_EXTRA_INDEX_URL",)),
    "find-links": ("UV_FIND_LINKS", ()),
    "cert": ("SSL_CERT_FILE", ("SSL_CERT_DIR",)),
    "trusted-host": ("UV_INSECURE_HOST", ()),
    "proxy": ("ALL_PROXY", ("HTTPS_PROXY", "https_proxy", "all_proxy")),
    "timeout": ("UV_HTTP_TIMEOUT", ()),
}
# pip's sections that hold for an installation, the stronger last.
_SECTIONS = ("global", "install", ":env:")


def with_pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Add to an environment what `uv` should know of `pip`'s settings.

    Where uv has settings of its own, in variables or in its files, those hold and pip's are not asked for.
    """
    result = dict(environ)
    if _uv_is_told(environ):
        return result
    for name, value in _pip_settings(environ).items():
        variable, others = _VARIABLES[name]
        if variable not in environ and not any(other in environ for other in others):
            result[variable] = _in_uvs_words(name, value)
    if "UV_INDEX" in result:
        # pip takes the best version of all indexes; uv would take the first index that knows the name.
        result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result


def _uv_is_told(environ: Mapping[str, str]) -> bool:
    told = {"UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"}
    if told & environ.keys():
        return True
    home = Path(environ.get("HOME", "~")).expanduser()
    folders = (Path(environ.get("XDG_CONFIG_HOME") or home / ".config"), Path("/etc"))
    return any((folder / "uv/uv.toml").is_file() for folder in folders)


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Ask pip, which alone knows where its files are; a tulle that is installed without it has no settings of it."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={**environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = {section: dict(_section(answer.stdout, section)) for section in _SECTIONS}
    return {name: value for section in _SECTIONS for name, value in found[section].items()}


def _section(listing: str, section: str) -> Iterator[tuple[str, str]]:
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        name = key.removeprefix(f"{section}.").replace("_", "-")
        if key.startswith(f"{section}.") and name in _VARIABLES:
            yield name, str(ast.literal_eval(value))


def _in_uvs_words(name: str, value: str) -> str:
    words = value.split()
    if name == "find-links":
        # pip passes over a folder that is not there; uv would stop.
        return ",".join(word for word in words if "://" in word or Path(word).exists())
    return " ".join(words)
