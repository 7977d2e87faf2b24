"""Owns the words in which Lambda says why a payload is no JSON.

Lambda reads payloads with a Java library, Jackson, and passes its words on. Those for a byte that no
UTF-8 character begins with, for a character with which no value begins, and for a bare word, are as
recorded on AWS; the others follow their form.
"""

from __future__ import annotations

import json
import re

__all__ = ["json_complaint"]

_A_VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'"
_WANTED = {
    "Expecting property name enclosed in double quotes": (
        "was expecting double-quote to start field name"
    ),
    "Illegal trailing comma before end of object": "was expecting double-quote to start field name",
    "Expecting ',' delimiter": "was expecting comma to separate entries",
    "Expecting ':' delimiter": "was expecting a colon to separate field name and value",
    "Extra data": "Expected space separating root-level values",
}


class _Constant(ValueError):
    """NaN or an infinity, which Python's parser takes for a number."""


def json_complaint(payload: bytes) -> str | None:
    """Say what is wrong with a payload, or give None for one that is JSON."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as exc:
        return _byte_complaint(payload, exc.start)
    try:
        _DECODER.decode(text)
    except _Constant as exc:
        return f"Non-standard token '{exc}'" + _place(text, text.find(str(exc)))
    except json.JSONDecodeError as exc:
        return _character_complaint(text, exc)
    except (ValueError, RecursionError):
        return "the document has more levels or digits than can be read"
    return None


def _refuse(constant: str) -> object:
    raise _Constant(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _byte_complaint(payload: bytes, position: int) -> str:
    before, byte = payload[:position].decode(), payload[position]
    if not before.strip():
        complaint = _character(chr(byte), f"expected a valid value ({_A_VALUE})")
        return complaint + _place(before, len(before))
    return f"Invalid UTF-8 start byte 0x{byte:x}" + _place(before, len(before) + 1)


def _character_complaint(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :]
    word = re.match(r"[\w$]+", rest)
    if error.msg.startswith(("Unterminated", "Invalid")):  # within a string
        reason = error.msg.removesuffix(" at").removesuffix(" starting")
    elif not rest.strip():
        reason = "Unexpected end-of-input"
    elif error.msg == "Expecting value" and word and not word[0][0].isdigit():
        return f"Unrecognized token '{word[0]}': was expecting ({_A_VALUE})" + _place(
            text, error.pos + len(word[0]) + 1
        )
    else:
        wanted = _WANTED.get(error.msg, f"expected a valid value ({_A_VALUE})")
        reason = _character(rest.lstrip()[0], wanted)
    return reason + _place(text, error.pos)


def _character(character: str, wanted: str) -> str:
    code = ord(character)
    shown = f"'{character}' (code {code})" if 32 <= code < 127 else f"(CTRL-CHAR, code {code})"
    return f"Unexpected character ({shown}): {wanted}"


def _place(text: str, position: int) -> str:
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return (
        "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
        f"line: {line}, column: {column}]"
    )
