"""Which libraries a compiled file is loaded with."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from made_elf import make_library
from tulle.bundle.elf.closure import library_closure


def test_follows_libraries_to_where_their_users_look(tmp_path: Path) -> None:
    contents = {
        "PIL/_imaging.so": make_library(
            libraries=("liba.so", "libc.so.6"), search_path="$ORIGIN/../libs"
        ),
        "libs/liba.so": make_library(libraries=("libb.so",), search_path="${ORIGIN}"),
        "libs/libb.so": make_library(libraries=("liba.so",)),
        "libs/libunused.so": make_library(),
        "other/libb.so": make_library(),
    }
    files = {}
    for name, content in contents.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        files[PurePosixPath(name)] = path
    closure = library_closure([PurePosixPath("PIL/_imaging.so")], files)
    assert {str(path) for path in closure} == {"libs/liba.so", "libs/libb.so"}
