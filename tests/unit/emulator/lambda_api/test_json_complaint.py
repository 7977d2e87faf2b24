"""Payloads that are no JSON, and what Lambda says of them."""

from __future__ import annotations

import pytest

from tulle.emulator.lambda_api.json_complaint import json_complaint

A_VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'"
SOURCE = " at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (
            b"n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt",
            f"Invalid UTF-8 start byte 0x87\n{SOURCE} line: 1, column: 3]",
        ),
        (
            b"\x99\xeb,j\x07\xa1zYh",
            (
                f"Unexpected character ((CTRL-CHAR, code 153)): expected a valid value ({A_VALUE})"
                f"\n{SOURCE} line: 1, column: 1]"
            ),
        ),
        (
            b"Hello World",
            f"Unrecognized token 'Hello': was expecting ({A_VALUE})\n{SOURCE} line: 1, column: 7]",
        ),
    ],
)
def test_says_what_was_recorded_on_aws(payload: bytes, complaint: str) -> None:
    assert json_complaint(payload) == complaint


@pytest.mark.parametrize(
    ("payload", "reason", "place"),
    [
        (b"{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote", (1, 2)),
        (b'{\n "a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon", (2, 6)),
        (b'{"a": 1 "b": 2}', "Unexpected character ('\"' (code 34)): was expecting comma", (1, 9)),
        (b"{} {}", "Unexpected character ('{' (code 123)): Expected space separating", (1, 4)),
        (b'{"a": ', "Unexpected end-of-input", (1, 7)),
        (b"{", "Unexpected end-of-input", (1, 2)),
        (b'{"a": "b', "Unterminated string", (1, 7)),
        (b'["\\x"]', "Invalid \\escape", (1, 3)),
        (b'["a\nb"]', "Invalid control character", (1, 4)),
        (b'{"a": NaN}', "Non-standard token 'NaN'", (1, 7)),
        (b"[-Infinity]", "Non-standard token '-Infinity'", (1, 2)),
        (b"\xef\xbb\xbf{}", "Unexpected character (", (1, 1)),
        (b" ", "Unexpected end-of-input", (1, 2)),
    ],
)
def test_says_what_is_wrong_and_where(payload: bytes, reason: str, place: tuple[int, int]) -> None:
    complaint = json_complaint(payload)
    assert complaint is not None
    assert complaint.startswith(reason)
    assert complaint.endswith(f"line: {place[0]}, column: {place[1]}]")


@pytest.mark.parametrize("payload", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_too_many_levels_are_refused(payload: bytes) -> None:
    assert json_complaint(payload)


@pytest.mark.parametrize(
    "payload", [b"null", b"-0.5e3", b'"\\ud83d"', b" [1, {}]\n", "é".join(['"'] * 2).encode()]
)
def test_json_is_no_reason_to_complain(payload: bytes) -> None:
    assert json_complaint(payload) is None
