"""Putting bundles together."""

from __future__ import annotations

from tulle.bundle.assemble import assemble
from tulle.target import find_target
from unit.build.made_bundles import bundle_file


def clashes(*pairs: tuple[str, str]) -> list[str]:
    files = [bundle_file(path, origin=origin) for path, origin in pairs]
    target = find_target("python3.13", "arm64")
    bundle, findings = assemble(files, target=target, handler="app.handler")
    assert [file.path.parts for file in bundle.files] == sorted(f.path.parts for f in bundle.files)
    return [finding.message for finding in findings]


def test_files_of_different_places_get_along() -> None:
    assert clashes(("b/x.py", "project"), ("b.py", "project"), ("a", "tulle 1")) == []


def test_two_files_of_one_place_do_not() -> None:
    pairs = [("PIL/Image.py", "pillow 12"), ("PIL/Image.py", "project")]
    assert clashes(*pairs) == ["PIL/Image.py comes from project and from pillow 12"]


def test_nor_does_a_file_in_the_place_of_a_folder() -> None:
    assert clashes(("lib/a/b.py", "six 1"), ("lib/a", "project")) == [
        "lib/a comes from project and from six 1"
    ]
    assert clashes(("lib", "project"), ("lib/a/b.py", "six 1")) == [
        "lib/a/b.py comes from six 1 and from project"
    ]
