"""Owns `IssuedKey`: an API key with its value, which stands in no file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tulle.errors import InvalidApiKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tulle.project.api import ApiKey

__all__ = ["IssuedKey", "issue_keys"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A key that may call."""

    key: ApiKey
    value: str


def issue_keys(keys: Iterable[ApiKey], environ: Mapping[str, str]) -> tuple[IssuedKey, ...]:
    """Take keys' values from the environment, and make those that it is not said to hold.

    Raises:
        InvalidApiKey: the environment does not hold one, or holds what AWS does not take.
    """
    return tuple(
        IssuedKey(
            key=key,
            value=secrets.token_urlsafe(30)
            if key.from_env is None
            else _read(key.from_env, environ),
        )
        for key in keys
    )


def _read(name: str, environ: Mapping[str, str]) -> str:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-keys.html
    value = environ.get(name)
    if value is None:
        raise InvalidApiKey(
            f"the environment variable {name}, which holds an API key, is not set",
            hint=f"set it, or take from_env out of tulle.toml to have a key made: export {name}=…",
        )
    if not 20 <= len(value) <= 128:
        raise InvalidApiKey(
            f"the API key in {name} has {len(value)} characters",
            hint="API Gateway takes 20 to 128",
        )
    return value
