"""Layers: the right entries, and the same bytes every time."""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from made_functions import entry, make_function
from tulle.bundle.bundle import Layer, file_of
from tulle.bundle.image.layer import ImageLayer, build_layer
from tulle.errors import BundleChanged, OutputUnavailable
from tulle.registry.content import digest_of

if TYPE_CHECKING:
    from pathlib import Path


def build(folder: Path, layer: Layer = Layer.DEPENDENCIES) -> ImageLayer:
    files = [file for file in make_function().files if file.layer is layer]
    return build_layer(layer, files, folder)


def test_a_file_has_all_its_folders_before_it(tmp_path: Path) -> None:
    with tarfile.open(build(tmp_path).blob.path) as archive:
        entries = {member.name: (member.type, oct(member.mode)) for member in archive}
    assert list(entries.items()) == [
        ("var", (tarfile.DIRTYPE, "0o755")),
        ("var/task", (tarfile.DIRTYPE, "0o755")),
        ("var/task/PIL", (tarfile.DIRTYPE, "0o755")),
        ("var/task/lib", (tarfile.DIRTYPE, "0o755")),
        ("var/task/PIL/ü a.py", (tarfile.REGTYPE, "0o644")),
        ("var/task/lib/libthing.so", (tarfile.REGTYPE, "0o755")),
    ]


def test_nobody_owns_a_file_and_it_has_no_time(tmp_path: Path) -> None:
    with tarfile.open(build(tmp_path).blob.path) as archive:
        assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in archive} == {(0, 0, "", "", 0)}


def test_its_digests_are_of_the_bytes(tmp_path: Path) -> None:
    layer = build(tmp_path)
    content = layer.blob.path.read_bytes()
    assert b"".join(layer.blob.chunks()) == content
    assert layer.blob.descriptor.digest == digest_of(content)
    assert layer.blob.descriptor.size == len(content)
    assert layer.diff_id == digest_of(gzip.decompress(content))
    assert layer.size == len(gzip.decompress(content))


def test_the_same_files_in_another_place_make_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "elsewhere"
    source.write_bytes(b"x" * 100_000)
    os.utime(source, (1, 1))
    source.chmod(0o600)
    path, layer = PurePosixPath("a/b.py"), Layer.CODE
    on_disk = file_of(path, source, origin="disk", layer=layer)
    in_memory = file_of(path, b"x" * 100_000, origin="memory", layer=layer)
    one = build_layer(layer, [on_disk], tmp_path / "one")
    other = build_layer(layer, [in_memory], tmp_path / "other")
    assert one.blob.descriptor == other.blob.descriptor
    assert one.blob.path.read_bytes() == other.blob.path.read_bytes()


def test_the_archive_is_the_same_on_every_machine(tmp_path: Path) -> None:
    # Compressed bytes depend on the build of zlib; what is compressed must not.
    expected = "sha256:c78ca1aa38bcedb57f57f0f21c46c2ef78dafc057443eb1602c064b89a4d885b"
    assert build(tmp_path).diff_id == expected


def test_a_layer_that_is_kept_is_not_made_again(tmp_path: Path) -> None:
    first = build(tmp_path)
    before = first.blob.path.stat().st_ino
    assert build(tmp_path) == first
    assert first.blob.path.stat().st_ino == before


def test_another_mode_is_another_layer(tmp_path: Path) -> None:
    plain = build_layer(Layer.CODE, [entry("a", b"", Layer.CODE)], tmp_path)
    runnable = build_layer(Layer.CODE, [entry("a", b"", Layer.CODE, executable=True)], tmp_path)
    assert plain.diff_id != runnable.diff_id


@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_changed_meanwhile_is_an_error_and_leaves_nothing(
    tmp_path: Path, *, gone: bool
) -> None:
    source, folder = tmp_path / "app.py", tmp_path / "layers"
    source.write_text("one")
    file = file_of(PurePosixPath("app.py"), source, origin="project", layer=Layer.CODE)
    source.unlink() if gone else source.write_text("two")
    with pytest.raises(BundleChanged, match=r"app\.py"):
        build_layer(Layer.CODE, [file], folder)
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputUnavailable):
        build(tmp_path / "taken" / "layers")
