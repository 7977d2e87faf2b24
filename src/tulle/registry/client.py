"""Owns requests to one registry: logged in where it asks for that, tried again, and its refusals as errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tulle.errors import (
    DigestMismatch,
    ImageNotFound,
    RegistryDenied,
    RegistryError,
    RegistryRefused,
)
from tulle.registry.access import root_url
from tulle.registry.login import Login
from tulle.registry.patience import Momentary, Patience, patiently
from tulle.registry.transport import Answer, Transport, origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tulle.registry.access import Access
    from tulle.registry.content import Descriptor
    from tulle.registry.reference import Repository

__all__ = ["RegistryClient", "failure"]


class RegistryClient:
    """Speaks the distribution protocol about one repository. Several threads may share one."""

    def __init__(self, repository: Repository, access: Access) -> None:
        self.repository = repository
        self.access = access
        self._transport = Transport(access)
        self._login = Login(repository.registry, access, self._transport)
        self._root = root_url(repository.registry, access)

    def url(self, path: str) -> str:
        """Give the address of something in the repository, such as `blobs/sha256:…`."""
        return f"{self._root}/v2/{self.repository.path}/{path}"

    def ask(
        self,
        method: str,
        url: str,
        *,
        scopes: tuple[str, ...],
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send a request until it is answered."""
        return patiently(
            lambda: self.ask_once(method, url, scopes=scopes, headers=headers, body=body),
            self.repository.registry,
            self.access,
        )

    def ask_once(
        self,
        method: str,
        url: str,
        *,
        scopes: tuple[str, ...],
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
    ) -> Answer:
        """Send a request one time, and once more if that needs another login and it has no stream for its body."""
        own = headers or {}
        used = self._authorization(url, scopes)
        answer = self._transport.ask(method, url, {**own, **used}, body)
        if answer.status != 401 or not self._is_own(url):
            return answer
        self._log_in(answer, scopes, used)
        if not isinstance(body, bytes | None):
            raise Momentary(f"{self.repository.registry} wanted another login")
        return self._transport.ask(method, url, {**own, **self._authorization(url, scopes)}, body)

    def chunks(self, descriptor: Descriptor, *, scopes: tuple[str, ...]) -> Iterator[bytes]:
        """Fetch a blob; where the connection is cut, go on from there."""
        patience = Patience(self.repository.registry, self.access)
        offset = 0
        while offset < descriptor.size:
            try:
                for chunk in self._chunks_from(offset, descriptor, scopes):
                    offset += len(chunk)
                    yield chunk
            except Momentary as cut:
                patience.wait(cut)
            else:
                return

    def _chunks_from(
        self, offset: int, descriptor: Descriptor, scopes: tuple[str, ...]
    ) -> Iterator[bytes]:
        url = self.url(f"blobs/{descriptor.digest}")
        part = {"Range": f"bytes={offset}-"} if offset else {}
        used = self._authorization(url, scopes)
        head, pieces = self._transport.stream(url, {**part, **used})
        if head.status == 401:
            self._log_in(head, scopes, used)
            head, pieces = self._transport.stream(url, {**part, **self._authorization(url, scopes)})
        if head.status not in {200, 206}:
            raise failure(head, self.repository, "a blob cannot be fetched")
        skip = offset if head.status == 200 else 0
        for piece in pieces:
            yield piece[skip:]
            skip = max(0, skip - len(piece))

    def _authorization(self, url: str, scopes: tuple[str, ...]) -> dict[str, str]:
        """Give what to log in with; other hosts, which uploads may go to, are not shown it."""
        header = self._login.header(scopes) if self._is_own(url) else None
        return {"Authorization": header} if header else {}

    def _log_in(self, answer: Answer, scopes: tuple[str, ...], used: Mapping[str, str]) -> None:
        self._login.answer(answer, scopes, used.get("Authorization"))

    def _is_own(self, url: str) -> bool:
        return origin(url) == origin(self._root)


def failure(answer: Answer, repository: Repository, what: str) -> RegistryError:
    """Make an error of a refusal.

    Args:
        answer: the refusal.
        repository: what was spoken about.
        what: what could not be done, for people.
    """
    codes, detail = _reasons(answer)
    message = f"{what}: the registry answered {answer.status}"
    if "DIGEST_INVALID" in codes:
        hint = "try again; if it stays so, something on the way there changes what is sent"
        return DigestMismatch(message, hint=hint, detail=detail)
    if answer.status in {401, 403}:
        login = f"`docker login {repository.registry}` or `skopeo login {repository.registry}`"
        hint = f"you may not do this, or not with this login: ask for the right, or log in with {login}"
        return RegistryDenied(message, hint=hint, detail=detail)
    if answer.status == 404:
        hint = "check the name and the tag; where registries do not make repositories by themselves, create it first"
        return ImageNotFound(message, hint=hint, detail=detail)
    hint = (
        "change what its reason names, then try again"
        if detail
        else "check that this is a registry of images"
    )
    return RegistryRefused(message, hint=hint, detail=detail)


def _reasons(answer: Answer) -> tuple[set[str], str]:
    """Read the error body of the distribution protocol; of another kind, give its beginning."""
    text = answer.content.decode(errors="replace")
    try:
        errors = json.loads(text)["errors"]
        lines = [f"{error['code']}: {error.get('message', '')}" for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return set(), text[:500]
    return {line.partition(":")[0] for line in lines}, "\n".join(lines)
