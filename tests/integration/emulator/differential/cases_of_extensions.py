"""Owns the cases of functions with internal extensions: what the Extensions API answers, in init and after it."""

from __future__ import annotations

from integration.emulator.differential.case import Case, event
from integration.emulator.differential.cases_of_failures import STATUS_502
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]

_EXTENDED = Setup(handler="extended.handler")

CASES = (
    Case(name="extensions: asked", body=event("ask"), setup=_EXTENDED, then=event("ask again")),
    Case(
        name="extensions: failed",
        body=event("extended.fail"),
        setup=_EXTENDED,
        fails=True,
        then=event("ask"),
        differences=(STATUS_502,),
    ),
)
