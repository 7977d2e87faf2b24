"""What `tulle.lock` remembers."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tulle.bundle.wheels.lock import Choice, Wheel, find_choice, write_choice
from tulle.errors import InvalidLock
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

TARGET = find_target("python3.13", "arm64")
CHOICE = Choice(
    runtime="python3.13",
    architecture="arm64",
    request_sha256="a" * 64,
    wheels=(
        Wheel(
            name="thing",
            version="1.0",
            file="thing-1.0-py3-none-any.whl",
            sha256="b" * 64,
            of_runtime=True,
        ),
        Wheel(
            name="zoe-2", version="2.0rc1+cpu", file="zoë-2.whl", sha256="c" * 64, of_runtime=False
        ),
    ),
    passed_over=('thing 1.1: needs "more"',),
)


def test_remembers_a_choice(tmp_path: Path) -> None:
    lock = tmp_path / "tulle.lock"
    write_choice(lock, CHOICE)
    assert find_choice(lock, TARGET, "a" * 64) == CHOICE
    assert list(tmp_path.iterdir()) == [lock]
    assert tomllib.loads(lock.read_text(encoding="utf-8"))["version"] == 1


def test_has_nothing_for_other_requests_and_targets(tmp_path: Path) -> None:
    lock = tmp_path / "tulle.lock"
    assert find_choice(lock, TARGET, "a" * 64) is None
    write_choice(lock, CHOICE)
    assert find_choice(lock, TARGET, "d" * 64) is None
    assert find_choice(lock, find_target("python3.13", "x86_64"), "a" * 64) is None


def test_keeps_other_targets_and_replaces_its_own(tmp_path: Path) -> None:
    lock = tmp_path / "tulle.lock"
    other = replace(CHOICE, architecture="x86_64", passed_over=())
    newer = replace(CHOICE, request_sha256="d" * 64)
    for choice in (CHOICE, other, newer):
        write_choice(lock, choice)
    assert find_choice(lock, TARGET, "a" * 64) is None
    assert find_choice(lock, TARGET, "d" * 64) == newer
    assert find_choice(lock, find_target("python3.13", "x86_64"), "a" * 64) == other


def test_the_order_of_writing_changes_no_byte(tmp_path: Path) -> None:
    other = replace(CHOICE, architecture="x86_64")
    one, two = tmp_path / "one", tmp_path / "two"
    for lock, choices in ((one, (CHOICE, other)), (two, (other, CHOICE))):
        for choice in choices:
            write_choice(lock, choice)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "thing\\n--index-url https://example.com"),
        ("version", "1.0 --hash=sha256:00"),
        ("file", "../thing.whl"),
        ("sha256", "b" * 63),
    ],
)
def test_refuses_words_that_no_lock_has(field: str, text: str, tmp_path: Path) -> None:
    lock = tmp_path / "tulle.lock"
    write_choice(lock, CHOICE)
    content = lock.read_text(encoding="utf-8")
    was = getattr(CHOICE.wheels[0], field)
    lock.write_text(content.replace(f'{field} = "{was}"', f'{field} = "{text}"'), encoding="utf-8")
    with pytest.raises(InvalidLock, match="is none of its words"):
        find_choice(lock, TARGET, "a" * 64)


@pytest.mark.parametrize(
    "text",
    [
        "version = 2",
        "version = ",
        "<<<<<<< HEAD",
        'version = 1\n[[target]]\nruntime = "x"',
        "version = 1\ntarget = 3",
        "\udcff",
    ],
)
def test_refuses_a_damaged_lock(text: str, tmp_path: Path) -> None:
    lock = tmp_path / "tulle.lock"
    lock.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidLock, match=r"tulle\.lock") as caught:
        find_choice(lock, TARGET, "a" * 64)
    assert "delete it" in caught.value.hint
