"""What is compiled, and how it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from made_wheels import make_wheel
from tulle.bundle.wheels.bytecode import bytecode_path, compile_modules, find_interpreter

if TYPE_CHECKING:
    from integration.wheels.project import Project
    from tulle.bundle.wheels.bytecode import Interpreter
    from tulle.target import Target

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def interpreter() -> Interpreter:
    found = find_interpreter(THIS, os.environ)
    assert found is not None
    return found


def test_finds_this_interpreter(interpreter: Interpreter) -> None:
    assert interpreter.tag == sys.implementation.cache_tag
    assert interpreter.version == sys.version.split()[0]


def script(path: Path, said: str, status: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {said}\nexit {status}\n")
    path.chmod(0o755)


def test_finds_an_interpreter_on_the_path(tmp_path: Path) -> None:
    script(tmp_path / "python3.99", "cpython-399 3.99.7")
    found = find_interpreter("3.99", {"PATH": str(tmp_path)})
    assert found is not None
    assert (found.path.name, found.version) == ("python3.99", "3.99.7")


def test_finds_an_interpreter_that_uv_installed(tmp_path: Path) -> None:
    for release in ("3.99.1", "3.99.2"):
        script(tmp_path / f"cpython-{release}-linux/bin/python3.99", f"cpython-399 {release}")
    found = find_interpreter("3.99", {"PATH": "", "UV_PYTHON_INSTALL_DIR": str(tmp_path)})
    assert found is not None
    assert found.version == "3.99.2"


@pytest.mark.parametrize(
    ("said", "status"), [("pyenv: not found", 127), ("pypy399 3.99.7", 0), ("", 0)]
)
def test_passes_over_what_is_no_such_interpreter(said: str, status: int, tmp_path: Path) -> None:
    script(tmp_path / "python3.99", said, status)
    assert find_interpreter("3.99", {"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


def test_bytecode_is_loaded_without_a_look_at_its_source(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    module = tmp_path / "thing/answer.py"
    module.parent.mkdir()
    module.write_text("text = 'compiled'")
    compile_modules([PurePosixPath("thing/answer.py")], tmp_path, interpreter)
    module.write_text("text = 'a source that changed since'")
    code = "import sys; sys.path.insert(0, sys.argv[1]); import thing.answer as a; print(a.text)"
    answer = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "compiled\n"


def test_bytecode_names_files_as_lambda_will(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text("")
    path = PurePosixPath("answer.py")
    compile_modules([path], tmp_path, interpreter)
    content = (tmp_path / bytecode_path(path, interpreter)).read_bytes()
    assert b"/var/task/answer.py" in content
    assert str(tmp_path).encode() not in content


def test_what_does_not_compile_stays_as_it_is(interpreter: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("this is a template, {{ not }} python")
    (tmp_path / "good.py").write_text("")
    modules = [PurePosixPath("bad.py"), PurePosixPath("good.py")]
    compile_modules(modules, tmp_path, interpreter)
    there = [(tmp_path / bytecode_path(module, interpreter)).is_file() for module in modules]
    assert there == [False, True]


def test_packages_are_compiled_where_an_interpreter_is_at_hand(
    offline: Project, index: Path, this_machine: Target
) -> None:
    make_wheel(index, "thing", files={"thing/core.py": b"a = 1"})
    found = offline.dependencies(this_machine, "thing", with_runtime=False)
    compiled = f"thing/__pycache__/core.{sys.implementation.cache_tag}.pyc"
    assert {compiled, "thing/core.py"} <= {str(file.path) for file in found.files}
    assert found.bytecode == sys.version.split()[0]
    assert {file.origin for file in found.files} == {"thing 1.0"}
