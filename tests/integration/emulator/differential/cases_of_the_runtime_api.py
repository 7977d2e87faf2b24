"""Owns the cases of functions that talk to the Runtime API past their client, or take its process away."""

from __future__ import annotations

from integration.emulator.differential.case import Case, Difference, event
from integration.emulator.differential.cases_of_failures import STATUS_502
from integration.emulator.differential.sides import Setup

__all__ = ["CASES"]

_HOSTILE = Setup(handler="hostile.handler")
_THEN = event("pong", number=1)

_ANSWERED = Difference(
    where="status",
    rie=502,
    fact="AWS never answers Invoke with 502 for what a function does. The client ends for its own answer is refused; "
    "what the function answered by itself is the payload in both",
)

CASES = (
    *(
        Case(name=f"hostile: {do}", body=event(do), setup=_HOSTILE, then=_THEN)
        for do in (
            "answer_for_another",
            "talk_nonsense",
            "poll_meanwhile",
            "break_stdout",
        )
    ),
    *(
        Case(
            name=f"hostile: {do}",
            body=event(do),
            setup=_HOSTILE,
            fails=fails,
            then=_THEN,
            differences=(difference,),
        )
        for do, fails, difference in (
            ("answer_itself", False, _ANSWERED),
            ("answer_itself_twice", False, _ANSWERED),
            ("fail_itself", True, _ANSWERED),
            ("answer_in_part", True, STATUS_502),
            ("replace_itself", True, STATUS_502),
            ("kill_its_group", True, STATUS_502),
        )
    ),
)
