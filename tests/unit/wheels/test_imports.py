"""Which modules a module imports."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from tulle.bundle.wheels.imports import import_closure, imports_of

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, **sources: str) -> dict[str, Path]:
    modules = {}
    for name, source in sources.items():
        path = folder / f"{name}.py"
        path.write_text(dedent(source))
        modules["thing" if name == "__init__" else f"thing.{name}"] = path
    return modules


def test_reads_every_way_to_import(tmp_path: Path) -> None:
    modules = write(
        tmp_path,
        one="""
            from __future__ import annotations
            import json, os.path
            from . import two
            from .three import name
            from thing import four
            try:
                from . import five
            except ImportError:
                five = None
            TYPE_CHECKING = False
            if TYPE_CHECKING:
                from . import never
            else:
                from . import six
            class A:
                from . import seven
            def f():
                from . import later
        """,
    )
    names = imports_of(modules["thing.one"], "thing.one", later=False)
    wanted = {
        "json",
        "os.path",
        *(f"thing.{name}" for name in ("two", "three", "four", "five", "six", "seven")),
    }
    assert wanted <= set(names)
    assert not {"thing.never", "thing.later"} & set(names)
    assert "thing.later" in imports_of(modules["thing.one"], "thing.one", later=True)


def test_relative_imports_of_a_package_begin_with_itself(tmp_path: Path) -> None:
    modules = write(tmp_path, __init__="from . import one\nfrom .two import three")
    names = imports_of(modules["thing"], "thing", later=False)
    assert {"thing.one", "thing.two", "thing.two.three"} <= set(names)


def test_follows_imports_and_tells_those_apart_that_come_later(tmp_path: Path) -> None:
    modules = write(
        tmp_path,
        __init__="",
        root="from . import a, _fast\ndef f():\n    from . import b",
        a="import thing.root",
        b="from . import c",
        c="",
        unused="",
    )
    modules["thing._fast"] = tmp_path / "_fast.cpython-313-x86_64-linux-gnu.so"
    closure = import_closure(["thing.root"], modules)
    assert closure.loaded == {"thing", "thing.root", "thing.a", "thing._fast"}
    assert closure.later == {"thing.b", "thing.c"}
