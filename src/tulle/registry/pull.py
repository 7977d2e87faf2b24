"""Owns reading images in registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tulle.errors import DigestMismatch, ImageNotFound
from tulle.registry.client import RegistryClient, failure
from tulle.registry.content import Document, digest_of, verified
from tulle.registry.media_types import INDEXES, MANIFESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.access import Access
    from tulle.registry.content import Descriptor
    from tulle.registry.reference import RegistryReference, Repository
    from tulle.registry.transport import Answer

__all__ = ["RegistrySource"]

_ACCEPT = ", ".join(sorted(MANIFESTS | INDEXES))


class RegistrySource:
    """Reads an image in a registry."""

    def __init__(self, reference: RegistryReference, access: Access) -> None:
        self._reference = reference
        self._client = RegistryClient(reference.repository, access)
        self._scopes = (f"repository:{reference.repository.path}:pull",)
        self.name = str(reference)
        self.repository: Repository = reference.repository

    def document(self, descriptor: Descriptor | None = None) -> Document:
        """Fetch the manifest or index that the reference names, or the one that is meant."""
        selector = descriptor.digest if descriptor else self._reference.selector
        answer = self._client.ask(
            "GET",
            self._client.url(f"manifests/{selector}"),
            scopes=self._scopes,
            headers={"Accept": _ACCEPT},
        )
        if answer.status == 404:
            raise ImageNotFound(
                f"there is no image {self.name}",
                hint="check its name and its tag; private ones need a login first",
            )
        if answer.status != 200:
            raise failure(answer, self.repository, f"{self.name} cannot be fetched")
        self._check(answer, selector)
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return Document(media_type=media_type, content=answer.content)

    def chunks(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Fetch a blob, verified."""
        chunks = self._client.chunks(descriptor, scopes=self._scopes)
        return verified(chunks, descriptor, place=str(self.repository))

    def _check(self, answer: Answer, selector: str) -> None:
        expected = selector if ":" in selector else answer.headers.get("Docker-Content-Digest")
        if expected and expected != digest_of(answer.content):
            raise DigestMismatch(
                f"{self.repository} gave another manifest than {expected}",
                hint="try again; if it stays so, what is stored there is damaged",
            )
