"""Owns the cases of handlers that give a result, and of what each result becomes."""

from __future__ import annotations

import sys

from integration.emulator.differential.case import Case, Difference, event
from integration.emulator.differential.cases_of_failures import STATUS_502
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]

_RESULTS = (
    "none", "true", "zero", "huge integer", "float", "float with exponent", "NaN", "infinities", "decimal",
    "empty text", "text", "unicode", "list", "tuple", "namedtuple",
    "object", "ordered", "keys that are no text", "text enum", "integer enum", "as dict", "bytes",
    "bytes that are no text", "empty bytes", "bytes within", "nested 200 deep", "an HTTP response",
    "what looks like an error",
)  # fmt: skip
_NO_RESULTS = (
    "tuple as key", "dataclass", "for json", "bytearray", "set", "generator", "range", "datetime", "uuid",
    "instance", "function", "nested 100000 deep", "circular",
)  # fmt: skip

# What AWS is known to give, from running its own Python client 4.2.2, and its documentation.
_KNOWN = {
    "none": "null",
    "set": '{"errorMessage": "Unable to marshal response: Object of type set is not JSON serializable", '
    '"errorType": "Runtime.MarshalError", "requestId": "<id>", "stackTrace": []}',
    "NaN": "NaN",
    "bytes": '{"raw": true}',
}

_LIMIT = 6 * 1024 * 1024 + 100
_TOO_LARGE = (
    "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    "Function.ResponseSizeTooLarge",
)
_FORMS = (
    Case(name="text of the largest size", body=event("results.large", length=_LIMIT - 2)),
    Case(name="bytes of the largest size", body=event("results.large_bytes", length=_LIMIT)),
    *(
        Case(
            name=f"{what} that are too large",
            body=event(f"results.{do}", length=length),
            fails=True,
            aws='{{"errorMessage":"{}","errorType":"{}"}}'.format(*_TOO_LARGE),
            differences=(
                Difference(
                    where="status",
                    rie=502,
                    fact="AWS answers 200: LocalStack's recordings of AWS, 2025-11-25",
                ),
                Difference(
                    where="payload",
                    rie='{{"errorType":"{1}","errorMessage":"{0}"}}'.format(*_TOO_LARGE),
                    fact="AWS has the keys in the other order: LocalStack's recordings, 2025-11-25",
                ),
            ),
        )
        for what, do, length in (
            ("letters", "large", _LIMIT - 1),
            ("bytes", "large_bytes", _LIMIT + 1),
            ("accents", "large_unicode", _LIMIT),
        )
    ),
)

_HANDLERS = (
    Case(
        name="a class instance as handler",
        body=b"{}",
        setup=Setup(handler="odd.instance"),
        aws='"called"',
        then=b"{}",
    ),
    Case(
        name="a bound method as handler", body=b"{}", setup=Setup(handler="odd.method"), then=b"{}"
    ),
    *(
        Case(
            name=f"{name} as handler",
            body=b"{}",
            setup=Setup(handler=handler),
            fails=True,
            then=b"{}",
        )
        for name, handler in (
            ("an async function", "odd.asynchronous"),
            ("a generator", "odd.generating"),
            ("a function of one argument", "odd.one_argument"),
            ("a function of three arguments", "odd.three_arguments"),
            ("a class", "odd.Callable"),
            ("a number", "odd.not_callable"),
            ("a function written in C", "os.getpid"),
        )
    ),
)

# From Python 3.12 on the client writes text as UTF-8, which has no surrogates: it ends.
_ESCAPES = sys.version_info < (3, 12)
_SURROGATES = tuple(
    Case(
        name=f"result: {name}",
        body=body,
        fails=not _ESCAPES,
        differences=() if _ESCAPES else (STATUS_502,),
    )
    for name, body in {
        "lone surrogate": event("results.result", which="lone surrogate"),
        "surrogate pair in two": event("results.result", which="surrogate pair in two"),
        "a surrogate of the input": b'"\\ud800"',
    }.items()
)

CASES = (
    *_SURROGATES,
    *(
        Case(
            name=f"result: {which}",
            body=event("results.result", which=which),
            aws=_KNOWN.get(which),
        )
        for which in _RESULTS
    ),
    *(
        Case(
            name=f"no result: {which}",
            body=event("results.result", which=which),
            fails=True,
            aws=_KNOWN.get(which),
        )
        for which in _NO_RESULTS
    ),
    *_FORMS,
    *_HANDLERS,
)
