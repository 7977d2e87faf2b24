"""The note that a published version carries says where it comes from, and is read back."""

from __future__ import annotations

import pytest

from tulle.deploy.release import ImageCode, Release, VersionNote, read_version_note, version_note
from tulle.target import find_target

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize("model", [None, SHA])
@pytest.mark.parametrize("revision", [None, "b" * 40])
def test_is_read_back(model: str | None, revision: str | None) -> None:
    release = Release(
        code=ImageCode(uri=f"1.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:{SHA}"),
        target=find_target("python3.13", "x86_64"),
        handler="app.handler",
        digest=f"sha256:{SHA}",
        model_sha256=model,
        revision=revision,
    )
    note = version_note(release)
    assert len(note) <= 256
    assert read_version_note(note) == VersionNote(
        digest=f"sha256:{SHA}", model_sha256=model, revision=revision
    )


def test_reads_nothing_from_other_peoples_words() -> None:
    assert read_version_note("Made by hand, size=9 and so on") == VersionNote()
