"""Owns bringing an image to wherever it shall be: only what is missing there, several blobs at a time."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tulle.progress import Reporter
    from tulle.registry.content import Blob, Descriptor, Document
    from tulle.registry.reference import Repository

__all__ = ["Delivery", "ImageDestination", "send"]

_AT_ONCE = 4
_REPORT_EVERY_S = 0.2


class ImageDestination(Protocol):
    """Takes images: a registry, or a layout on disk. Its methods are called from several threads."""

    @property
    def name(self) -> str:
        """Name the place, for people."""

    def has(self, descriptor: Descriptor) -> bool:
        """Tell whether a blob is there already."""

    def put(self, blob: Blob) -> None:
        """Store a blob, or have it lent by the repository that has it."""

    def finish(self, manifest: Document) -> None:
        """Store the manifest: from now on the image is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came of bringing an image somewhere."""

    name: str
    digest: str
    sent_bytes: int
    """Of blobs; what was there already, or was lent by a neighbour, is not among them."""
    sent_blobs: int
    present_blobs: int


def send(
    blobs: Iterable[Blob], manifest: Document, destination: ImageDestination, *, reporter: Reporter
) -> Delivery:
    """Store what is missing of an image, and its manifest last, so that no image is there in part."""
    distinct = {blob.descriptor.digest: blob for blob in blobs}
    transfer = _Transfer(sum(blob.descriptor.size for blob in distinct.values()))
    futures = {_start(blob, destination, transfer) for blob in distinct.values()}
    try:
        _await(futures, transfer, reporter)
    except BaseException as error:
        transfer.stop.set()
        if isinstance(error, Exception):  # an interrupt does not wait for a network that hangs
            wait(futures)
        raise
    destination.finish(manifest)
    sent = [future.result() for future in futures]
    return Delivery(
        name=destination.name,
        digest=manifest.descriptor.digest,
        sent_bytes=sum(sent),
        sent_blobs=sum(size > 0 for size in sent),
        present_blobs=sum(size == 0 for size in sent),
    )


class _Stopped(Exception):
    """Another blob failed, so that this one is not wanted any more."""


class _Transfer:
    """How far the whole of it is, and whether it goes on."""

    def __init__(self, total_bytes: int) -> None:
        self.total_bytes = total_bytes
        self.stop = threading.Event()
        self.places = threading.Semaphore(_AT_ONCE)
        self._bytes: dict[str, int] = {}

    def set(self, blob: Blob, count: int) -> None:
        """Note how many bytes of a blob are through."""
        self._bytes[blob.descriptor.digest] = count

    @property
    def done_bytes(self) -> int:
        """Say how many bytes are through."""
        return sum(tuple(self._bytes.values()))


class _Watched:
    """A blob whose reading is counted, and ends when the transfer does."""

    def __init__(self, blob: Blob, transfer: _Transfer) -> None:
        self._blob = blob
        self._transfer = transfer
        self.sent_bytes = 0

    @property
    def descriptor(self) -> Descriptor:
        """Say which bytes these are."""
        return self._blob.descriptor

    @property
    def repository(self) -> Repository | None:
        """Name where a registry already has it."""
        return self._blob.repository

    def chunks(self) -> Iterator[bytes]:
        """Read it, from its start each time."""
        self.sent_bytes = 0
        for chunk in self._blob.chunks():
            if self._transfer.stop.is_set():
                raise _Stopped
            yield chunk
            self.sent_bytes += len(chunk)
            self._transfer.set(self._blob, self.sent_bytes)


def _start(blob: Blob, destination: ImageDestination, transfer: _Transfer) -> Future[int]:
    """Store a blob in a thread of its own, which does not keep the process from ending as a pool's would."""
    future: Future[int] = Future()

    def work() -> None:
        try:
            with transfer.places:
                future.set_result(_put(blob, destination, transfer))
        except BaseException as error:  # noqa: BLE001 (raised where the result is asked for)
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future


def _put(blob: Blob, destination: ImageDestination, transfer: _Transfer) -> int:
    """Store one blob if it is missing; say how many bytes it took."""
    watched = _Watched(blob, transfer)
    if transfer.stop.is_set():
        raise _Stopped
    if not destination.has(blob.descriptor):
        destination.put(watched)
    transfer.set(blob, blob.descriptor.size)
    return watched.sent_bytes


def _await(futures: set[Future[int]], transfer: _Transfer, reporter: Reporter) -> None:
    """Wait for all; the first that fails ends it."""
    pending = futures
    while pending:
        done, pending = wait(pending, _REPORT_EVERY_S, return_when=FIRST_EXCEPTION)
        reporter.progress(transfer.done_bytes, transfer.total_bytes)
        for future in done:
            future.result()
