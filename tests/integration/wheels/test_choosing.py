"""Which packages are chosen, of wheels made for the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from made_elf import make_library
from made_wheels import make_source, make_wheel
from tulle.errors import NoWheelFits, OnlySource, PackagesConflict
from tulle.target import find_target

if TYPE_CHECKING:
    from pathlib import Path

    from integration.wheels.project import Project
    from tulle.bundle.wheels.store import Dependencies
    from tulle.target import Target

X86_64 = find_target("python3.13", "x86_64")
ARM64 = find_target("python3.13", "arm64")
AL2 = find_target("python3.11", "x86_64")


def origins(found: Dependencies) -> set[str]:
    return {file.origin for file in found.files}


def library(newest: str, machine: str = "x86_64") -> dict[str, bytes]:
    content = make_library(machine, symbols={"libc.so.6": (newest,)}, libraries=("libc.so.6",))
    return {"thing/__init__.py": b"", "thing/fast.so": content}


def test_takes_the_newest_version_whose_files_fit_whatever_its_tag_says(
    offline: Project, index: Path
) -> None:
    tag = "py3-none-manylinux_2_17_x86_64"
    for version, newest in (("1.0", "GLIBC_2.2.5"), ("1.1", "GLIBC_2.34"), ("2.0", "GLIBC_2.38")):
        make_wheel(index, "thing", version, tag=tag, files=library(newest))
    make_wheel(index, "thing", "3.0", tag=tag, files=library("GLIBC_2.17", "aarch64"))
    found = offline.dependencies(X86_64, "thing", with_runtime=False)
    assert origins(found) == {"thing 1.1"}
    reasons = (
        "thing 3.0: fast.so is made for the processor aarch64; the function's is x86_64",
        "thing 2.0: fast.so needs GLIBC_2.38; Amazon Linux 2023 has GLIBC_2.34 at most",
    )
    assert offline.story.notes == [f"passed over {reason}" for reason in reasons]
    assert all(reason in offline.lock.read_text(encoding="utf-8") for reason in reasons)


def test_judges_only_the_files_that_stay(offline: Project, index: Path) -> None:
    files = {"thing/__init__.py": b"", "thing/tests/fast.so": make_library("aarch64")}
    make_wheel(index, "thing", files=files)
    assert origins(offline.dependencies(X86_64, "thing", with_runtime=False)) == {"thing 1.0"}


@pytest.mark.parametrize(
    ("target", "machine"), [(X86_64, "x86_64"), (ARM64, "aarch64"), (AL2, "x86_64")]
)
def test_takes_the_wheels_of_the_target(
    target: Target, machine: str, offline: Project, index: Path
) -> None:
    tag = target.python.replace(".", "")
    for one in ("x86_64", "aarch64"):
        for python in ("311", "313"):
            files = {f"thing_{one}_{python}.py": b""}
            platform = f"cp{python}-cp{python}-manylinux_2_17_{one}"
            make_wheel(index, "thing", tag=platform, files=files)
    found = offline.dependencies(target, "thing", with_runtime=False)
    assert f"thing_{machine}_{tag}.py" in {str(file.path) for file in found.files}


def test_takes_the_wheel_that_suits_best_where_several_do(offline: Project, index: Path) -> None:
    for tag in (
        "py3-none-any",
        "cp313-cp313-manylinux_2_17_x86_64",
        "cp39-abi3-manylinux_2_28_x86_64",
    ):
        make_wheel(index, "thing", tag=tag, files={f"{tag.partition('-')[0]}.py": b""})
    found = offline.dependencies(X86_64, "thing", with_runtime=False)
    assert "cp313.py" in {str(file.path) for file in found.files}
    lesser = offline.dependencies(find_target("python3.12", "x86_64"), "thing", with_runtime=False)
    assert "cp39.py" in {str(file.path) for file in lesser.files}


def test_takes_what_packages_require_of_each_other(offline: Project, index: Path) -> None:
    needs = 'Requires-Dist: other>=2\nRequires-Dist: old; python_version < "3.13"\n'
    make_wheel(index, "thing", metadata=needs)
    for version in ("1.0", "2.0"):
        make_wheel(index, "other", version)
    found = offline.dependencies(X86_64, "thing", with_runtime=False)
    assert origins(found) == {"thing 1.0", "other 2.0"}


def test_a_function_that_asks_for_nothing_gets_nothing(offline: Project) -> None:
    for _ in range(2):
        found = offline.dependencies(X86_64, with_runtime=False)
        assert (found.files, found.packages) == ((), ())


def test_refuses_a_package_of_which_no_version_fits(offline: Project, index: Path) -> None:
    files = library("GLIBC_2.38")
    make_wheel(index, "thing", tag="py3-none-manylinux_2_17_x86_64", files=files)
    with pytest.raises(NoWheelFits, match="no version of `thing` that is asked for") as caught:
        offline.dependencies(X86_64, "thing", with_runtime=False)
    assert "fast.so needs GLIBC_2.38" in (caught.value.detail or "")
    assert not offline.lock.exists()


def test_names_the_runtimes_that_a_package_is_made_for(offline: Project, index: Path) -> None:
    make_wheel(index, "thing", tag="py3-none-manylinux_2_28_x86_64")
    with pytest.raises(NoWheelFits, match=r"`thing` has no wheel for python3\.11") as caught:
        offline.dependencies(AL2, "thing", with_runtime=False)
    assert "`python3.13`" in caught.value.hint
    assert "Amazon Linux 2023" in caught.value.hint


def test_names_the_runtime_whose_python_a_package_is_made_for(
    offline: Project, index: Path
) -> None:
    make_wheel(index, "thing", tag="cp312-cp312-manylinux_2_17_x86_64")
    with pytest.raises(NoWheelFits, match=r"`thing` has no wheel for python3\.13") as caught:
        offline.dependencies(X86_64, "thing", with_runtime=False)
    assert "`python3.12`" in caught.value.hint


def test_refuses_litert_on_amazon_linux_2_and_says_why(offline: Project) -> None:
    with pytest.raises(NoWheelFits, match="`ai-edge-litert`") as caught:
        offline.dependencies(AL2, with_runtime=True)
    assert "`python3.13`" in caught.value.hint
    assert "2.3.0: libLiteRt.so needs GLIBC_2.27; Amazon Linux 2 has" in (caught.value.detail or "")


def test_refuses_what_is_source_code_alone(offline: Project, index: Path) -> None:
    make_source(index, "thing")
    with pytest.raises(OnlySource, match="`thing` has no wheel") as caught:
        offline.dependencies(X86_64, "thing", with_runtime=False)
    assert "UV_FIND_LINKS" in caught.value.hint


def test_refuses_requirements_that_contradict_each_other(offline: Project, index: Path) -> None:
    make_wheel(index, "thing")
    with pytest.raises(PackagesConflict) as caught:
        offline.dependencies(X86_64, "thing<1", "thing>=1", with_runtime=False)
    assert "thing" in (caught.value.detail or "")


def test_refuses_a_name_that_nobody_has(offline: Project) -> None:
    with pytest.raises(PackagesConflict) as caught:
        offline.dependencies(X86_64, "nobody-has-this", with_runtime=False)
    assert "nobody-has-this" in (caught.value.detail or "")
    assert "spelling" in caught.value.hint
