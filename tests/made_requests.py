"""Owns a request to a gateway, to be changed by a test."""

from __future__ import annotations

from typing import Any

from tulle.emulator.gateway.http_request import HttpRequest, Ids
from tulle.emulator.gateway.routes import Match, Route

__all__ = ["request"]


def request(**changes: Any) -> HttpRequest:
    given = {
        "method": "POST",
        "match": Match(route=Route(method="POST", path="/predict")),
        "path": "/predict",
        "raw_path": "/predict",
        "query": "",
        "protocol": "HTTP/1.1",
        "headers": (("Host", "localhost:8000"),),
        "body": b"",
        "source_ip": "127.0.0.1",
        "port": 8000,
        "ids": Ids(
            gateway_id="JKJaXmPLvHcESHA=",
            request_id="5417234a-4be1-4f8e-a55e-1d927f0c42d3",
            trace_id="Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e;Parent=0;Sampled=0",
        ),
        "now_s": 1583348638.390,
    }
    return HttpRequest(**{**given, **changes})
