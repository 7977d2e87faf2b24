"""Owns a request to a gateway, to be changed by a test."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from tulle.emulator.gateway.http_request import HttpHead, HttpRequest, Ids
from tulle.emulator.gateway.routes import Match
from tulle.project.route import Route

__all__ = ["head", "request"]

_REQUEST = {
    "match": Match(route=Route(method="POST", path="/predict")),
    "api_key": None,
    "body": b"",
}
_HEAD = {
    "method": "POST",
    "path": "/predict",
    "raw_path": "/predict",
    "query": "",
    "protocol": "HTTP/1.1",
    "headers": (("Host", "localhost:8000"),),
    "source_ip": "127.0.0.1",
    "port": 8000,
    "ids": Ids(
        gateway_id="JKJaXmPLvHcESHA=",
        request_id="5417234a-4be1-4f8e-a55e-1d927f0c42d3",
        trace_id="Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e;Parent=0;Sampled=0",
    ),
    "now_s": 1583348638.390,
}


def head(**changes: Any) -> HttpHead:
    return HttpHead(**{**_HEAD, **changes})


def request(**changes: Any) -> HttpRequest:
    own = {field.name for field in fields(HttpRequest)}
    of_head = {name: value for name, value in changes.items() if name not in own}
    of_request = {name: value for name, value in changes.items() if name in own}
    return HttpRequest(**{**_REQUEST, **of_request, "head": head(**of_head)})
