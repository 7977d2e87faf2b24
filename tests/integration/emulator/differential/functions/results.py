"""Handlers that give a result of each kind."""

import dataclasses
import datetime
import decimal
import enum
import uuid
from collections import OrderedDict, namedtuple


def result(event, context):
    return RESULTS[event["which"]]()


class Colour(str, enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


@dataclasses.dataclass
class Point:
    x: int = 1


class WithAsDict:
    def _asdict(self):
        return {"as": "dict"}


class WithForJson:
    def for_json(self):
        return {"for": "json"}


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def circular():
    value = []
    value.append(value)
    return value


RESULTS = {
    "none": lambda: None,
    "true": lambda: True,
    "zero": lambda: 0,
    "huge integer": lambda: 10**40,
    "float": lambda: 0.1 + 0.2,
    "float with exponent": lambda: [1e300, 1e-7, -0.0, 100000.0],
    "NaN": lambda: float("nan"),
    "infinities": lambda: {"up": float("inf"), "down": float("-inf")},
    "decimal": lambda: decimal.Decimal("1.10"),
    "empty text": lambda: "",
    "text": lambda: 'quote " slash / backslash \\ tab \t line \n null \0 del \x7f',
    "unicode": lambda: {"é": "中文 🎉 \u2028 </script>"},
    "lone surrogate": lambda: "\ud800",
    "surrogate pair in two": lambda: "\ud83c\udf89",
    "list": lambda: [1, "two", None, [3]],
    "tuple": lambda: (1, 2),
    "namedtuple": lambda: namedtuple("Pair", "a b")(1, 2),
    "object": lambda: {"b": 1, "a": {"c": []}},
    "ordered": lambda: OrderedDict(z=1, a=2),
    "keys that are no text": lambda: {1: "int", None: "none", True: "true", 1.5: "float"},
    "tuple as key": lambda: {(1, 2): 3},
    "text enum": lambda: Colour.RED,
    "integer enum": lambda: Number.ONE,
    "dataclass": lambda: Point(),
    "as dict": lambda: WithAsDict(),
    "for json": lambda: WithForJson(),
    "bytes": lambda: b'{"raw": true}',
    "bytes that are no text": lambda: bytes(range(256)),
    "empty bytes": lambda: b"",
    "bytes within": lambda: {"body": b"x"},
    "bytearray": lambda: bytearray(b"x"),
    "set": lambda: {1},
    "generator": lambda: (n for n in range(3)),
    "range": lambda: range(3),
    "datetime": lambda: datetime.datetime(2026, 1, 1),
    "uuid": lambda: uuid.UUID(int=1),
    "instance": lambda: OSError("an exception, returned"),
    "function": lambda: print,
    "nested 200 deep": lambda: nested(200),
    "nested 100000 deep": lambda: nested(100_000),
    "circular": lambda: circular(),
    "an HTTP response": lambda: {"statusCode": 200, "body": "{}"},
    "what looks like an error": lambda: {"errorType": "E", "errorMessage": "m"},
}


def large(event, context):
    return "x" * event["length"]


def large_unicode(event, context):
    return "é" * event["length"]


def large_bytes(event, context):
    return b"x" * event["length"]
