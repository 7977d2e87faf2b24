from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidLabels, UsageError
from tulle.model.labels import check_count, check_labels, read_labels

if TYPE_CHECKING:
    from pathlib import Path


def test_reads_one_label_a_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes("\ufefft-shirt\r\nrain coat\r\nÄrmel\r\n\r\n".encode())
    assert read_labels(str(file)) == ("t-shirt", "rain coat", "Ärmel")


def test_reads_a_list_with_commas() -> None:
    assert read_labels("cat, dog,rain coat") == ("cat", "dog", "rain coat")


def test_says_that_there_is_no_such_file() -> None:
    with pytest.raises(UsageError, match=r"no file of labels at labels\.txt"):
        read_labels("labels.txt")


def test_refuses_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InvalidLabels, match="not a text file in UTF-8"):
        read_labels(str(file))


def test_refuses_an_empty_label() -> None:
    with pytest.raises(InvalidLabels, match="label 2 of 3 is empty"):
        check_labels(("cat", "", "dog"))


def test_refuses_a_label_that_is_there_twice() -> None:
    with pytest.raises(InvalidLabels, match="'cat' is there 2 times"):
        check_labels(("cat", "dog", "cat"))


def test_says_both_numbers_when_labels_and_outputs_differ() -> None:
    with pytest.raises(InvalidLabels, match="the model has 10 outputs and 1 label is given"):
        check_count(("cat",), 10)
    with pytest.raises(InvalidLabels, match="1 output and 2 labels are") as refusal:
        check_count(("cat", "dog"), 1)
    assert "sigmoid" in refusal.value.hint
