"""What is said where packages cannot be had."""

from __future__ import annotations

import re

import pytest

from tulle.bundle.wheels.failures import explain_choosing, explain_unpacking, name_other_runtimes
from tulle.errors import (
    IndexUnavailable,
    LockedPackageGone,
    NoWheelFits,
    OnlySource,
    OutputUnavailable,
    PackagesConflict,
)
from tulle.target import find_target

AL2 = find_target("python3.11", "x86_64")
AL2023 = find_target("python3.13", "x86_64")

# What uv 0.13 says.
NO_SOURCE = """error: No solution found when resolving dependencies
  cause: Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2, we can conclude …

hint: Wheels are required for `docopt` because building from source is disabled (i.e., with `--no-build`)"""
NO_PLATFORM = """error: No solution found when resolving dependencies
  cause: Because thing has no wheels with a matching platform tag (e.g., `manylinux_2_17_x86_64`) …

hint: Wheels are available for `thing` (v2.3.0) on the following platforms: `manylinux_2_27_aarch64`"""
NO_PYTHON = """error: No solution found when resolving dependencies
  cause: Because all versions of thing have no wheels with a matching Python ABI tag (e.g., `cp313`) …

hint: You require CPython 3.13 (`cp313`), but we only found wheels for `thing` (v2.14.0) with the following
Python ABI tags: `cp310`, `cp311`"""
UNREACHABLE = """error: Request failed after 3 retries in 9.6s
  cause: Failed to fetch: http://127.0.0.1:9/simple/thing/"""
REFUSED = """error: No solution found when resolving dependencies
  cause: Because thing was not found in the package registry and you require thing, we can conclude …

hint: An index URL (http://127.0.0.1:9/simple) could not be queried due to a lack of valid authentication
credentials (401 Unauthorized)"""
FULL = "error: Failed to install: thing.whl\n  cause: No space left on device (os error 28)"
CONFLICT = """error: No solution found when resolving dependencies
  cause: Because you require numpy<2 and numpy>2, we can conclude …"""


@pytest.mark.parametrize(
    ("said", "error", "message", "hint"),
    [
        (
            NO_SOURCE,
            OnlySource,
            "`docopt` has no wheel for python3.11",
            "build its wheel on Amazon Linux 2,",
        ),
        (NO_PLATFORM, NoWheelFits, "`thing` has no wheel for python3.11 on x86_64", "`python3.14`"),
        (UNREACHABLE, IndexUnavailable, "does not answer", "pip config list"),
        (REFUSED, IndexUnavailable, "credentials", "netrc"),
        (FULL, OutputUnavailable, "cannot be unpacked", "make room"),
        (CONFLICT, PackagesConflict, "no choice of packages", "loosen"),
    ],
)
def test_tells_failures_apart(said: str, error: type[Exception], message: str, hint: str) -> None:
    found = explain_choosing(said, AL2, {"other": ("other 2.0: needs GLIBC_2.27",)})
    assert type(found) is error
    assert message in found.message
    assert hint in found.hint
    assert found.detail is not None
    assert not re.search("error: |cause: |hint: |No solution|--no-build", found.detail)


def test_names_the_versions_that_were_passed_over() -> None:
    found = explain_choosing(CONFLICT, AL2, {"numpy": ("numpy 2.0: needs GLIBC_2.27",)})
    assert type(found) is NoWheelFits
    assert found.message.startswith("no version of `numpy` that is asked for loads on python3.11")
    assert found.detail is not None
    assert found.detail.startswith("numpy 2.0: needs GLIBC_2.27\n")


def test_names_the_runtime_whose_python_there_are_wheels_for() -> None:
    found = explain_choosing(NO_PYTHON, AL2023, {})
    assert type(found) is NoWheelFits
    assert "`python3.11`" in found.hint
    assert "python3.12" not in found.hint


def test_names_newer_systems() -> None:
    assert name_other_runtimes(AL2) == (
        "choose another runtime: `python3.14`, `python3.13`, `python3.12`, "
        "on Amazon Linux 2023, which has glibc 2.34"
    )


def test_names_newer_systems_also_where_there_is_but_source_code() -> None:
    old = explain_choosing(NO_SOURCE, AL2, {})
    assert "`python3.13`" in old.hint
    new = explain_choosing(NO_SOURCE, AL2023, {})
    assert new.hint.startswith("ask for another version")


def test_says_where_no_runtime_helps() -> None:
    assert "no runtime of Lambda's fits" in name_other_runtimes(AL2023)


def test_says_that_a_locked_file_is_gone() -> None:
    found = explain_unpacking("error: Failed to download `six==1.17.0`\n  cause: Hash mismatch")
    assert type(found) is LockedPackageGone
    assert "delete tulle.lock" in found.hint
    assert type(explain_unpacking(UNREACHABLE)) is IndexUnavailable
