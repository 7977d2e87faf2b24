"""Owns proving to a registry who asks: basic authentication, and tokens as the distribution protocol has them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from tulle.errors import RegistryDenied, RegistryRefused
from tulle.registry.access import Credentials, is_loopback
from tulle.registry.credentials import find_credentials
from tulle.registry.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tulle.registry.access import Access
    from tulle.registry.transport import Answer, Transport

__all__ = ["Login"]


class Login:
    """Answers a registry's challenges, with the user's credentials where there are any.

    Nothing is looked up before the registry asks. Several threads may share one.
    """

    def __init__(self, registry: str, access: Access, transport: Transport) -> None:
        self._registry = registry
        self._access = access
        self._transport = transport
        self._lock = threading.Lock()
        self._headers: dict[tuple[str, ...], str] = {}

    def header(self, scopes: tuple[str, ...]) -> str | None:
        """Give the `Authorization` for what is about to be done, if one was needed before."""
        return self._headers.get(scopes)

    def answer(self, answer: Answer, scopes: tuple[str, ...], used: str | None) -> str:
        """Give the `Authorization` that a refusal asks for.

        Args:
            answer: the refusal, with its challenges.
            scopes: what is about to be done, such as `repository:lambda/python:pull`.
            used: the `Authorization` that was refused.

        Raises:
            RegistryDenied: there are no credentials, or they were refused.
            InvalidCredentials: they cannot be read.
        """
        with self._lock:
            known = self._headers.get(scopes)
            if known and known != used:  # another thread was faster
                return known
            header = self._authorization(answer, scopes)
            if header == used:
                raise self._denied("does not accept your credentials")
            self._headers[scopes] = header
            return header

    def _authorization(self, answer: Answer, scopes: tuple[str, ...]) -> str:
        challenges = _challenges(answer.headers.getlist("WWW-Authenticate"))
        if "bearer" in challenges:
            return f"Bearer {self._token(challenges['bearer'], scopes)}"
        if "basic" not in challenges:
            raise self._denied("refuses and does not say how to log in")
        credentials = find_credentials(self._registry, self._access)
        if credentials is None:
            raise self._denied("wants to know who you are")
        return credentials.basic

    def _token(self, challenge: dict[str, str], scopes: tuple[str, ...]) -> str:
        realm = challenge.get("realm", "")
        parts = urlsplit(realm)
        plain = parts.netloc in self._access.plain_http or is_loopback(parts.netloc)
        if parts.scheme != "https" and not plain:
            raise RegistryRefused(
                f"the registry {self._registry} asks for tokens to be fetched without TLS: `{realm}`",
                hint="tulle does not send credentials there; check the registry's name and set-up",
            )
        credentials = find_credentials(self._registry, self._access)
        service = challenge.get("service", "")
        answer = patiently(
            lambda: self._ask(realm, service, scopes, credentials), self._registry, self._access
        )
        if answer.status in {400, 401, 403}:
            who = "does not accept your credentials" if credentials else "wants to know who you are"
            raise self._denied(who, answer)
        token = _token_in(answer)
        if answer.status != 200 or token is None:
            raise RegistryRefused(
                f"{parts.netloc} gives no token for {self._registry} (status {answer.status})",
                hint="check the registry's name, and try again later",
            )
        return token

    def _ask(
        self, realm: str, service: str, scopes: tuple[str, ...], credentials: Credentials | None
    ) -> Answer:
        """Ask for a token: by POST with a token that stands for the user (OAuth 2), by GET otherwise."""
        if credentials and credentials.identity_token:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": credentials.identity_token,
                "client_id": "tulle",
                "service": service,
                "scope": " ".join(scopes),
            }
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return self._transport.ask("POST", realm, headers, urlencode(form).encode())
        query = urlencode([("service", service), *(("scope", scope) for scope in scopes)])
        url = f"{realm}{'&' if urlsplit(realm).query else '?'}{query}"
        return self._transport.ask(
            "GET", url, {"Authorization": credentials.basic} if credentials else {}
        )

    def _denied(self, why: str, answer: Answer | None = None) -> RegistryDenied:
        return RegistryDenied(
            f"the registry {self._registry} {why}",
            hint=f"log in with `docker login {self._registry}` or `skopeo login {self._registry}`, then try again",
            detail=answer.content.decode(errors="replace")[:500] if answer else None,
        )


def _challenges(headers: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read `WWW-Authenticate`: its parameters by scheme."""
    challenges = {}
    for header in headers:
        scheme, _, rest = header.strip().partition(" ")
        pairs = [pair for pair in parse_http_list(rest) if "=" in pair]
        challenges[scheme.lower()] = parse_keqv_list(pairs)
    return challenges


def _token_in(answer: Answer) -> str | None:
    try:
        fields = json.loads(answer.content)
    except ValueError:
        return None
    token = (
        (fields.get("token") or fields.get("access_token")) if isinstance(fields, dict) else None
    )
    return token if isinstance(token, str) else None
