"""Owns pushing images to registries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tulle.errors import DigestMismatch, RegistryDenied
from tulle.registry.client import RegistryClient, failure
from tulle.registry.patience import patiently
from tulle.registry.transport import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tulle.errors import RegistryError
    from tulle.registry.access import Access
    from tulle.registry.content import Blob, Descriptor, Document
    from tulle.registry.reference import RegistryReference, Repository
    from tulle.registry.transport import Answer

__all__ = ["RegistryDestination"]

_OCTETS = {"Content-Type": "application/octet-stream"}
_EMPTY = {"Content-Length": "0"}


class RegistryDestination:
    """Pushes one image to a registry."""

    def __init__(self, reference: RegistryReference, access: Access) -> None:
        self._reference = reference
        self._repository = reference.repository
        self._access = access
        self._client = RegistryClient(reference.repository, access)
        self._scopes = (f"repository:{reference.repository.path}:pull,push",)
        self.name = str(reference)

    def has(self, descriptor: Descriptor) -> bool:
        """Ask whether a blob is there already."""
        url = self._client.url(f"blobs/{descriptor.digest}")
        answer = self._client.ask("HEAD", url, scopes=self._scopes)
        if answer.status not in {200, 404}:
            raise self._failure(answer)
        return answer.status == 200

    def put(self, blob: Blob) -> None:
        """Have a blob lent by its repository if that is a neighbour, else send it; what is cut is sent anew."""
        patiently(lambda: self._put(blob), self._repository.registry, self._access)

    def finish(self, manifest: Document) -> None:
        """Store the manifest under the reference's tag."""
        url = self._client.url(f"manifests/{self._reference.tag}")
        headers = {"Content-Type": manifest.media_type}
        answer = self._client.ask(
            "PUT", url, scopes=self._scopes, headers=headers, body=manifest.content
        )
        if answer.status != 201 and not self._is_there(url, manifest):
            raise self._failure(answer)
        self._check(answer, manifest.descriptor)

    def _is_there(self, url: str, manifest: Document) -> bool:
        """Tell whether the tag means this very manifest, which a registry may refuse to store twice."""
        headers = {"Accept": manifest.media_type}
        answer = self._client.ask("HEAD", url, scopes=self._scopes, headers=headers)
        stored = answer.headers.get("Docker-Content-Digest")
        return answer.status == 200 and stored == manifest.descriptor.digest

    def _put(self, blob: Blob) -> None:
        session = self._begin(blob)
        if session is None:
            return
        chunk_bytes = self._access.chunk_bytes
        if chunk_bytes is None:
            answer = self._close(session, blob.descriptor, blob.chunks(), blob.descriptor.size)
        else:
            answer = self._put_in_chunks(session, blob, chunk_bytes)
        self._check(answer, blob.descriptor)

    def _begin(self, blob: Blob) -> str | None:
        """Start an upload and give its address; or none, if the blob was lent by its repository."""
        url = self._client.url("blobs/uploads/")
        lender = blob.repository
        if lender and lender.registry == self._repository.registry and lender != self._repository:
            answer = self._borrow(url, blob.descriptor, lender)
            if answer and answer.status == 201:
                return None
            if answer and answer.status == 202:
                return self._location(answer, accepted={202})
        answer = self._client.ask_once("POST", url, scopes=self._scopes, headers=_EMPTY, body=b"")
        return self._location(answer, accepted={202})

    def _borrow(self, url: str, descriptor: Descriptor, lender: Repository) -> Answer | None:
        """Ask for a blob to be lent: 201 says that it was, 202 that it has to be sent."""
        query = urlencode({"mount": descriptor.digest, "from": lender.path})
        scopes = (*self._scopes, f"repository:{lender.path}:pull")
        try:
            return self._client.ask_once(
                "POST", f"{url}?{query}", scopes=scopes, headers=_EMPTY, body=b""
            )
        except RegistryDenied:  # of the lender, perhaps; if not, sending says so
            return None

    def _put_in_chunks(self, session: str, blob: Blob, chunk_bytes: int) -> Answer:
        """Send a blob in pieces, the last of them with the request that closes the upload.

        ECR answers 201 where the specification has 202, its `Range` does not advance, and it may fail on an empty
        last request (aws/containers-roadmap#2831, cirruslabs/tart#159): so the offset is counted here.
        """
        offset = 0
        for piece in _regrouped(blob.chunks(), chunk_bytes):
            end = offset + len(piece)
            headers = {
                **_OCTETS,
                "Content-Length": str(len(piece)),
                "Content-Range": f"{offset}-{end - 1}",
            }
            if end == blob.descriptor.size:
                return self._close(session, blob.descriptor, piece, len(piece), headers)
            answer = self._client.ask_once(
                "PATCH", session, scopes=self._scopes, headers=headers, body=piece
            )
            session = self._location(answer, accepted={201, 202})
            offset = end
        return self._close(session, blob.descriptor, b"", 0)

    def _close(
        self,
        session: str,
        descriptor: Descriptor,
        body: bytes | Iterable[bytes],
        size: int,
        headers: Mapping[str, str] = _OCTETS,
    ) -> Answer:
        """Send the whole of a blob, or its last piece, and say which it was."""
        url = f"{session}{'&' if urlsplit(session).query else '?'}{urlencode({'digest': descriptor.digest})}"
        answer = self._client.ask_once(
            "PUT",
            url,
            scopes=self._scopes,
            headers={**headers, "Content-Length": str(size)},
            body=body,
        )
        if answer.status != 201:
            raise self._failure(answer)
        return answer

    def _location(self, answer: Answer, *, accepted: set[int]) -> str:
        """Give the address that an upload goes on at."""
        location = answer.headers.get("Location")
        if answer.status not in accepted or not location:
            raise self._failure(answer)
        return resolve(answer.url, location)

    def _check(self, answer: Answer, descriptor: Descriptor) -> None:
        """Compare what the registry says that it stored."""
        stored = answer.headers.get("Docker-Content-Digest", descriptor.digest)
        if stored != descriptor.digest:
            raise DigestMismatch(
                f"{self._repository} stored {stored} in place of {descriptor.digest}",
                hint="try again; if it stays so, something on the way there changes what is sent",
            )

    def _failure(self, answer: Answer) -> RegistryError:
        return failure(answer, self._repository, f"{self.name} cannot be pushed")


def _regrouped(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Cut a stream into pieces of one size; the last may be smaller."""
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) >= size:
            yield bytes(rest[:size])
            del rest[:size]
    if rest:
        yield bytes(rest)
