"""What a function is tried with."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from made_pictures import noise
from tulle.errors import PictureNotFound, UsageError
from tulle.model.builtin import sample_pictures
from tulle.progress import SilentReporter
from tulle.tuning.events import event_payloads, picture_payloads, trouble_in

if TYPE_CHECKING:
    from pathlib import Path

QUIET = SilentReporter()


def test_sends_the_samples_as_direct_invocations() -> None:
    payloads = picture_payloads(None, QUIET)
    pictures = [base64.b64decode(json.loads(payload)["image"]) for payload in payloads]
    assert pictures == [path.read_bytes() for path in sample_pictures()]


def test_sends_the_pictures_of_a_folder_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    noise(seed=1).save(tmp_path / "deep" / "a.png")
    (tmp_path / "broken.jpg").write_text("<html>")
    assert len(picture_payloads(tmp_path, QUIET)) == 1


def test_refuses_a_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(PictureNotFound):
        picture_payloads(tmp_path, QUIET)


def test_sends_an_event_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_bytes(b'{"a":  1}\n')
    assert event_payloads(tmp_path / "event.json") == (b'{"a":  1}\n',)


@pytest.mark.parametrize("content", [None, b"{a: 1}", b"\xff\xfe"])
def test_refuses_an_event_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "event.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"event\.json"):
        event_payloads(path)


@pytest.mark.parametrize(
    ("payload", "trouble"),
    [
        (b'{"category": "hat"}', None),
        (b'{"statusCode": 200, "body": ""}', None),
        (b"null", None),
        (b"not json", None),
        (
            b'{"statusCode": 422, "body": "no picture"}',
            "it answers with the status 422: no picture",
        ),
    ],
)
def test_tells_refusals_from_answers(payload: bytes, trouble: str | None) -> None:
    assert trouble_in(payload) == trouble
