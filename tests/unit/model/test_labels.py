from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tulle.errors import InvalidLabels, UsageError
from tulle.model.labels import (
    are_numbered,
    check_count,
    check_labels,
    check_source_count,
    parse_labels,
    read_labels,
)

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
    with pytest.raises(InvalidLabels, match="1 output and 3 labels are") as refusal:
        check_count(("cat", "dog", "hen"), 1)
    assert "what 0 stands for" in refusal.value.hint


@pytest.mark.parametrize("labels", [("cat",), ("cat", "dog")])
def test_a_single_output_of_a_source_may_have_a_label_or_two(labels: tuple[str, ...]) -> None:
    check_source_count(labels, 1)


def test_a_finished_model_has_as_many_labels_as_outputs() -> None:
    with pytest.raises(InvalidLabels, match="1 output and 2 labels"):
        check_count(("cat", "dog"), 1)


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (b"0 Rock\n1 Paper\n2 Scissors cut\n", ("Rock", "Paper", "Scissors cut")),
        (b"0 Rock\r\n1 Paper\r\n", ("Rock", "Paper")),
        (b"1 Rock\n2 Paper\n", ("Rock", "Paper")),
        (b"0: Rock\n1: Paper\n", ("Rock", "Paper")),
        (b"0 Rock\n2 Paper\n", ("0 Rock", "2 Paper")),
        (b"7 up\ncola\n", ("7 up", "cola")),
        (b"0\n1\n2\n", ("0", "1", "2")),
        (b"\n\ncat\n\n  \ndog\n", ("cat", "dog")),
        (b"\xef\xbb\xbf0 cat\n1 dog", ("cat", "dog")),
        ("cat\ndög\n".encode("utf-16"), ("cat", "dög")),
        (b"crane\nhen\ncrane\ncrane\n", ("crane", "hen", "crane (2)", "crane (3)")),
    ],
)
def test_reads_files_as_others_write_them(content: bytes, labels: tuple[str, ...]) -> None:
    assert parse_labels(content, "labels.txt") == labels


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_refuses_an_empty_file(content: bytes) -> None:
    with pytest.raises(InvalidLabels, match=r"labels\.txt holds no labels"):
        parse_labels(content, "labels.txt")


@pytest.mark.parametrize(
    ("content", "numbered"),
    [
        (b"0 Rock\r\n1 Paper cut\r\n", True),
        (b"\xef\xbb\xbf0 Rock\n1 Paper\n", True),
        (b"Rock\nPaper\n", False),
        (b"1 Rock\n2 Paper\n", False),
        (b"0\n1\n", False),
        (b"", False),
        (b"\xff\xd8\xff", False),
    ],
)
def test_knows_teachable_machine_s_labels(content: bytes, numbered: bool) -> None:
    assert are_numbered(content) is numbered


@pytest.mark.parametrize(
    "content",
    [
        '["cat", "dog", "hen"]',
        '{"0": "cat", "2": "hen", "1": "dog"}',
        '{"cat": 0, "dog": 1, "hen": 2}',
        '{"1": "cat", "2": "dog", "3": "hen"}',
        '{"0": ["n01", "cat"], "1": ["n02", "dog"], "2": ["n03", "hen"]}',
        "0,cat\n1,dog\n2,hen\n",
        "0: cat\n1: dog\n2: hen\n",
    ],
)
def test_reads_the_numbers_that_others_write(content: str) -> None:
    assert parse_labels(content.encode(), "labels") == ("cat", "dog", "hen")


@pytest.mark.parametrize(
    "content",
    ['{"a": "cat"}', '{"0": {"name": "cat"}}', "[1, 2]", '{"0": "cat", "2": "hen"}', "{}"],
)
def test_refuses_json_without_an_order(content: str) -> None:
    with pytest.raises(InvalidLabels, match="JSON of which no order can be read") as refusal:
        parse_labels(content.encode(), "labels.json")
    assert "names and their numbers from 0" in refusal.value.hint


def test_a_bracket_begins_a_label_as_well() -> None:
    assert parse_labels(b"[none]\ncat\n", "labels.txt") == ("[none]", "cat")


def test_says_where_the_background_may_be_missing() -> None:
    with pytest.raises(InvalidLabels, match="1001 outputs and 1000 labels") as refusal:
        check_count(("label",) * 1000, 1001)
    assert "write `background` as the first line" in refusal.value.hint
