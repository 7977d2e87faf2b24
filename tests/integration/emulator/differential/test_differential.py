"""Every handler runs under AWS's own emulator and under ours; where the two differ, AWS is with us."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.emulator.differential import (
    cases_of_extensions,
    cases_of_failures,
    cases_of_init,
    cases_of_input,
    cases_of_logs,
    cases_of_results,
    cases_of_the_runtime_api,
)
from integration.emulator.differential.sides import Answer, Loop, Ours, Rie, Setup, Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator.differential.case import Case

FUNCTIONS = Path(__file__).with_name("functions")
HOSTILE = Path(__file__).parents[1] / "hostile" / "functions"
PATIENCE_S = 10.0
CASES = (
    *cases_of_results.CASES,
    *cases_of_failures.CASES,
    *cases_of_init.CASES,
    *cases_of_logs.CASES,
    *cases_of_input.CASES,
    *cases_of_the_runtime_api.CASES,
    *cases_of_extensions.CASES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The same function in both."""

    rie: Rie
    ours: Ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one side did; `logged_before` lines of its log are older."""

    answer: Answer
    then: Answer
    logged_before: int


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("differential") / "functions"
    shutil.copytree(FUNCTIONS, made)
    shutil.copytree(HOSTILE, made, dirs_exist_ok=True)
    (made / "init_syntax.py").write_text("def\n")
    return made


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with Loop.running() as running:
        yield running


@pytest.fixture(scope="module")
def sides(request: pytest.FixtureRequest, folder: Path, loop: Loop) -> Iterator[Sides]:
    setup: Setup = request.param
    rie = Rie(setup, folder)
    ours = Ours(setup, folder, loop)
    yield Sides(rie=rie, ours=ours)
    rie.stop()
    ours.stop()


@pytest.mark.parametrize(
    ("sides", "case"),
    [pytest.param(case.setup, case, id=case.name) for case in CASES],
    indirect=["sides"],
    scope="module",
)
def test_where_the_two_differ_aws_is_with_us(sides: Sides, case: Case, folder: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        rie_call = both.submit(run, sides.rie, case)
        ours = run(sides.ours, case)
        rie = rie_call.result()

    assert ours.answer.status == case.status
    assert ours.answer.function_error == ("Unhandled" if case.fails else None)
    if case.aws is not None:
        assert text(ours.answer, folder) == case.aws

    known = {difference.where: difference.rie for difference in case.differences}
    assert rie.answer.status == known.get("status", ours.answer.status)
    assert rie.answer.function_error is None
    payload = text(ours.answer, folder)
    assert short(text(rie.answer, folder)) == short(known.get("payload", payload))
    assert text(rie.then, folder) == known.get("then", text(ours.then, folder))
    assert_same_log(sides, rie, ours, case, folder)


def test_each_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


def run(side: Side, case: Case) -> Seen:
    logged_before = len(side.log())
    answer = side.invoke(case.body, case.headers)
    return Seen(answer=answer, then=side.invoke(case.then, {}), logged_before=logged_before)


def text(answer: Answer, folder: Path) -> str:
    return normal(answer.body.decode(errors="replace"), folder)


def assert_same_log(sides: Sides, rie: Seen, ours: Seen, case: Case, folder: Path) -> None:
    """Compare what both logged; some of it may come after the answer."""
    known = [difference.rie for difference in case.differences if difference.where == "log"]
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        theirs = normal("\n".join(sides.rie.log()[rie.logged_before :]), folder)
        own = normal("\n".join(sides.ours.log()[ours.logged_before :]), folder)
        expected = known[0] if known else own
        if is_as(theirs, expected) or time.monotonic() > deadline_s:
            break
        time.sleep(0.02)
    if not is_as(theirs, expected):
        assert short(theirs) == short(expected)
    if known:
        assert own != theirs, "they log the same now: remove the difference"


def is_as(written: str, expected: object) -> bool:
    if isinstance(expected, re.Pattern):
        return expected.fullmatch(written) is not None
    return written == expected


def normal(written: str, folder: Path) -> str:
    """Replace what cannot be the same twice, or on two machines."""
    written = written.replace(str(folder), "/var/task")
    for pattern, replacement in (
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
        (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "<time>"),
        (r"\[\d{13}\]", "[<time>]"),
        (r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]", "<trace>"),
        (r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", "<stream>"),
    ):
        written = re.sub(pattern, replacement, written)
    return written


def short(value: object) -> str:
    """Cut what would take a test's report minutes to compare."""
    whole = str(value)
    if len(whole) < 10_000:
        return whole
    return f"{whole[:2000]}… {len(whole)} characters, {hashlib.sha256(whole.encode()).hexdigest()}"
