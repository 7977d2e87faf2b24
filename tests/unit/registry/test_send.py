"""Bringing blobs somewhere: what is missing alone, the manifest last, and an end at the first failure."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tulle.progress import SilentReporter
from tulle.registry.content import BytesBlob, Document
from tulle.registry.destination import send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tulle.registry.content import Blob, Descriptor

MANIFEST = Document(media_type="m", content=b"{}")


class Shelf:
    """A destination in memory."""

    name = "shelf"

    def __init__(self, *present: Blob) -> None:
        self.blobs = {blob.descriptor.digest for blob in present}
        self.manifest: Document | None = None

    def has(self, descriptor: Descriptor) -> bool:
        return descriptor.digest in self.blobs

    def put(self, blob: Blob) -> None:
        for _ in blob.chunks():
            assert self.manifest is None
        self.blobs.add(blob.descriptor.digest)

    def finish(self, manifest: Document) -> None:
        self.manifest = manifest


class Progress(SilentReporter):
    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        self.heard.append((done_bytes, total_bytes))


class Endless(BytesBlob):
    """A blob that goes on until it is stopped."""

    __slots__ = ()

    def chunks(self) -> Iterator[bytes]:
        while True:
            yield b"x"


class Failing(BytesBlob):
    __slots__ = ()

    def chunks(self) -> Iterator[bytes]:
        yield b"x"
        raise ZeroDivisionError


def blob(content: bytes) -> BytesBlob:
    return BytesBlob(media_type="b", content=content)


def test_what_is_there_or_comes_twice_is_sent_once() -> None:
    shelf, reporter = Shelf(blob(b"there")), Progress()
    delivery = send(
        [blob(b"new"), blob(b"new"), blob(b"there")], MANIFEST, shelf, reporter=reporter
    )
    assert (delivery.sent_bytes, delivery.sent_blobs, delivery.present_blobs) == (3, 1, 1)
    assert delivery.digest == MANIFEST.descriptor.digest
    assert shelf.manifest == MANIFEST
    assert reporter.heard[-1] == (8, 8)


def test_the_first_failure_stops_the_others_and_no_manifest_is_stored() -> None:
    shelf = Shelf()
    endless = [Endless(media_type="b", content=bytes([n])) for n in range(3)]
    failing = Failing(media_type="b", content=b"failing")
    threads = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        send([*endless, failing], MANIFEST, shelf, reporter=SilentReporter())
    assert shelf.manifest is None
    assert threading.active_count() == threads


class Interrupting(SilentReporter):
    def progress(self, done_bytes: int, total_bytes: int) -> None:  # noqa: ARG002 (a Reporter's)
        raise KeyboardInterrupt


def test_an_interrupt_does_not_wait_for_what_hangs() -> None:
    ended = threading.Event()

    class Hanging(BytesBlob):
        __slots__ = ()

        def chunks(self) -> Iterator[bytes]:
            ended.wait()
            yield b"x"

    shelf = Shelf()
    with pytest.raises(KeyboardInterrupt):
        send([Hanging(media_type="b", content=b"x")], MANIFEST, shelf, reporter=Interrupting())
    assert shelf.manifest is None
    ended.set()
