"""What a gateway knows of a request: its ids and its trace."""

from __future__ import annotations

import re

import pytest

from tulle.emulator.gateway.http_request import continue_trace, new_gateway_id

OWN = "Root=1-5e6722a7-cc56d5d046db7ae02d4da47e;Parent=1111111111111111;Sampled=0"
ROOT = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"


# The first three as LocalStack's tests recorded them on AWS on 2024-08-07 (test_invocation_trace_id).
@pytest.mark.parametrize(
    ("sent", "continued"),
    [
        ("", OWN),
        (
            f"{ROOT};Parent=7fa8c0f79203be72;Sampled=1",
            f"{ROOT};Parent=7fa8c0f79203be72;Sampled=1",
        ),
        (ROOT, f"{ROOT};Parent=1111111111111111;Sampled=0"),
        (
            "Self=1-x; Root=1-3152b799-8954dae64eda91bc9a23a7e8",
            f"{ROOT};Parent=1111111111111111;Sampled=0",
        ),
        ("Root=nonsense;Parent=7fa8c0f79203be72", OWN),
        ("nonsense", OWN),
        (f"{ROOT};Parent=x\udce9;Sampled=yes", f"{ROOT};Parent=1111111111111111;Sampled=0"),
        (f"{ROOT};Sampled=?;Lineage=x", f"{ROOT};Parent=1111111111111111;Sampled=?"),
    ],
)
def test_a_trace_goes_on(sent: str, continued: str) -> None:
    assert continue_trace(sent, OWN) == continued


def test_a_gateway_id_looks_like_amazons() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", new_gateway_id())
