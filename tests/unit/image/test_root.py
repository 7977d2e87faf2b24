"""Layers laid out one upon the other, and never beside the folder that is meant."""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
from typing import TYPE_CHECKING

import pytest

from made_images import DOCKER, OCI, MadeImage, tar_of, write_image
from made_layers import archive, entry, file, folder, link
from tulle.bundle.image.root import unpack_image
from tulle.errors import ArtifactUnusable, DigestMismatch
from tulle.registry.layout import LayoutSource
from tulle.registry.reference import LayoutReference
from tulle.registry.source import pull_image

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.registry.source import PulledImage

TAR = f"{OCI}.layer.v1.tar"


def read(layout: Path) -> PulledImage:
    return pull_image(LayoutSource(LayoutReference(path=layout)), "amd64")


def unpacked(tmp_path: Path, *layers: bytes, image: MadeImage | None = None) -> Path:
    """Lay layers out upon one another."""
    image = image or MadeImage(files={}, upper=layers, layer_type=TAR)
    write_image(tmp_path / "layout", image)
    root = tmp_path / "around" / "root"
    root.mkdir(parents=True)
    unpack_image(read(tmp_path / "layout"), root)
    return root


def names(root: Path) -> set[str]:
    """List what is there beside the places that every root has."""
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    return found - {"proc", "dev", "tmp", "etc", "etc/hosts", "etc/resolv.conf"}


@pytest.mark.parametrize(
    "layer_type",
    [TAR, f"{OCI}.layer.v1.tar+gzip", f"{DOCKER}.image.rootfs.diff.tar.gzip", f"{DOCKER}.image.rootfs.diff.tar"],
)  # fmt: skip
def test_reads_each_kind_of_layer_that_lambda_takes(tmp_path: Path, layer_type: str) -> None:
    upper = tar_of({"a": b"upper"})
    image = MadeImage(
        files={"a": b"lower", "b": b"b" * 100_000}, upper=(upper,), layer_type=layer_type
    )
    root = unpacked(tmp_path, image=image)
    assert (root / "a").read_bytes() == b"upper"
    assert (root / "b").read_bytes() == b"b" * 100_000


def test_reads_a_layer_that_was_compressed_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_pieces(_self: MadeImage, content: bytes) -> bytes:
        half = len(content) // 2
        return gzip.compress(content[:half]) + gzip.compress(content[half:])

    monkeypatch.setattr(MadeImage, "packed", in_pieces)
    root = unpacked(tmp_path, image=MadeImage(files={"a": os.urandom(5000), "b": b"b"}))
    assert (root / "b").read_bytes() == b"b"


def test_what_a_layer_says_is_gone_is_gone(tmp_path: Path) -> None:
    lower = archive(folder("d"), file("d/gone"), file("d/stays"), file("e/f/g"), link("l", "d"))
    upper = archive(file("d/.wh.gone"), file(".wh.e"), file(".wh.l"), file(".wh.never-was"))
    assert names(unpacked(tmp_path, lower, upper)) == {"d", "d/stays"}


@pytest.mark.parametrize("order", [1, -1], ids=["mark first", "mark last"])
def test_an_opaque_folder_shows_nothing_from_below(tmp_path: Path, order: int) -> None:
    lower = archive(folder("d"), file("d/old"), file("d/sub/old"), file("beside"))
    entries = [file("d/.wh..wh..opq"), folder("d/sub"), file("d/sub/new"), file("d/new")][::order]
    root = unpacked(tmp_path, lower, archive(folder("d"), *entries))
    assert names(root) == {"d", "d/new", "d/sub", "d/sub/new", "beside"}


def test_a_mark_hides_what_is_below_and_not_its_own_layer(tmp_path: Path) -> None:
    lower = archive(file("x", b"old"), file("d/old"))
    upper = archive(file("x", b"new"), file(".wh.x"), folder("d"), file("d/new"), file(".wh.d"))
    root = unpacked(tmp_path, lower, upper)
    assert names(root) == {"x", "d", "d/new"}
    assert (root / "x").read_bytes() == b"new"


def test_what_comes_later_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    lower = archive(file("a"), file("b/c"), link("s", "b"), folder("d"), file("d/kept"))
    upper = archive(file("a/b"), file("b"), folder("s"), folder("d", 0o700))
    with pytest.raises(ArtifactUnusable, match=r"damaged: (Not a directory|File exists)"):
        unpacked(tmp_path, lower, upper)
    upper = archive(folder("a"), file("b"), folder("s"), folder("d", 0o700))
    root = unpacked(tmp_path / "again", lower, upper)
    assert names(root) == {"a", "b", "s", "d", "d/kept"}
    assert (root / "a").is_dir()
    assert (root / "b").is_file()
    assert (root / "s").is_dir()
    assert not (root / "s").is_symlink()
    assert stat.S_IMODE((root / "d").stat().st_mode) == 0o700


def test_a_file_that_is_replaced_leaves_its_other_names_alone(tmp_path: Path) -> None:
    lower = archive(file("a", b"one"), link("b", "a", tarfile.LNKTYPE))
    root = unpacked(tmp_path, lower, archive(file("a", b"two")))
    assert ((root / "a").read_bytes(), (root / "b").read_bytes()) == (b"two", b"one")


def test_a_hard_link_may_mean_a_file_of_a_lower_layer_and_a_link_itself(tmp_path: Path) -> None:
    lower = archive(file("a", b"one"), link("s", "nowhere"))
    upper = archive(link("b", "/a", tarfile.LNKTYPE), link("t", "s", tarfile.LNKTYPE))
    root = unpacked(tmp_path, lower, upper)
    assert (root / "a").samefile(root / "b")
    assert str((root / "t").readlink()) == "nowhere"


@pytest.mark.parametrize(
    "way",
    [
        "/elsewhere",
        "../../elsewhere",
        "../../../../../../elsewhere",
        "/../elsewhere",
        "./elsewhere",
    ],
)
def test_no_link_leads_out(tmp_path: Path, way: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "around").mkdir()
    (tmp_path / "around" / "elsewhere").mkdir()
    lower = archive(link("door", way), file("elsewhere/old"))
    root = unpacked(tmp_path, lower, archive(file("door/new", b"x"), file("door/.wh.old")))
    assert (root / "elsewhere" / "new").read_bytes() == b"x"
    assert names(root) == {"door", "elsewhere", "elsewhere/new"}
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert list((tmp_path / "around" / "elsewhere").iterdir()) == []


def test_a_file_in_a_links_place_does_not_go_where_it_leads(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    root = unpacked(tmp_path, archive(link("x", str(outside))), archive(file("x", b"theirs")))
    assert (outside.read_bytes(), (root / "x").read_bytes()) == (b"mine", b"theirs")


def test_names_that_climb_stay_inside(tmp_path: Path) -> None:
    root = unpacked(tmp_path, archive(file("../../up", b"x"), file("/abs", b"y"), file("a/../b")))
    assert names(root) == {"up", "abs", "b"} | ({"a"} if (root / "a").exists() else set())
    assert sorted(path.name for path in (tmp_path / "around").iterdir()) == ["root"]


@pytest.mark.parametrize("name", ["..", "a/..", ".wh.", ".wh..", ".wh...", "d/.wh..."])
def test_a_name_that_means_what_is_above_is_refused(tmp_path: Path, name: str) -> None:
    keepsake = tmp_path / "around" / "keepsake"
    keepsake.parent.mkdir()
    keepsake.touch()
    with pytest.raises(ArtifactUnusable, match="a layer that is damaged: it has an entry"):
        unpacked(tmp_path, archive(folder("d"), file(name)))
    assert keepsake.exists()


def test_links_in_a_ring_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactUnusable, match="have no end"):
        unpacked(tmp_path, archive(link("a", "b"), link("b", "a"), file("a/c")))


def test_a_hard_link_out_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "around" / "outside"
    outside.parent.mkdir()
    outside.write_bytes(b"mine")
    with pytest.raises(ArtifactUnusable, match="No such file"):
        unpacked(tmp_path, archive(link("x", "../outside", tarfile.LNKTYPE)))


def test_modes_times_and_owners_are_kept(tmp_path: Path) -> None:
    made = entry("run", mode=0o4755)
    made.uid = made.gid = 993
    root = unpacked(tmp_path, archive((made, b"x"), folder("closed", 0o555), link("l", "run")))
    status = (root / "run").stat()
    assert (oct(stat.S_IMODE(status.st_mode)), status.st_mtime) == ("0o4755", 1_000_000)
    assert status.st_uid == (993 if os.geteuid() == 0 else os.geteuid())
    # Whoever unpacks it must be able to remove it.
    assert oct(stat.S_IMODE((root / "closed").stat().st_mode)) == "0o755"
    assert oct(stat.S_IMODE(root.stat().st_mode)) == "0o755"


def test_devices_are_left_out(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path, archive((entry("sda", tarfile.BLKTYPE), b""), (entry("p", tarfile.FIFOTYPE), b""))
    )
    assert names(root) == {"p"}


def test_every_root_has_the_places_that_are_mounted(tmp_path: Path) -> None:
    lower = archive(link("tmp", "/elsewhere"), file("proc"), link("etc/resolv.conf", "../run/x"))
    root = unpacked(tmp_path, lower)
    assert all(
        (root / name).is_dir() and not (root / name).is_symlink() for name in ("tmp", "proc", "dev")
    )
    assert all((root / name).is_file() for name in ("etc/hosts", "etc/resolv.conf"))
    assert not (root / "etc/resolv.conf").is_symlink()


def test_a_layer_of_another_kind_is_refused(tmp_path: Path) -> None:
    image = MadeImage(layer_type=f"{OCI}.layer.v1.tar+zstd")
    with pytest.raises(ArtifactUnusable, match=r"does not take: `.*zstd`") as caught:
        unpacked(tmp_path, image=image)
    assert "--dest-compress-format gzip" in caught.value.hint


@pytest.mark.parametrize(
    "content", [b"no archive", gzip.compress(b"x" * 2000)[:-9]], ids=["no archive", "cut short"]
)
def test_a_layer_that_is_no_archive_is_refused(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MadeImage, "packed", lambda _self, _archive: content)
    with pytest.raises(ArtifactUnusable, match="has a layer that is damaged"):
        unpacked(tmp_path, image=MadeImage())


def test_bytes_behind_the_archive_are_verified_too(tmp_path: Path) -> None:
    write_image(tmp_path, MadeImage(layer_type=TAR))
    image = read(tmp_path)
    blob = tmp_path / "blobs" / image.layers[0].descriptor.digest.replace(":", "/")
    content = bytearray(blob.read_bytes())
    content[-1] = 1
    blob.write_bytes(bytes(content))
    (tmp_path / "root").mkdir()
    with pytest.raises(DigestMismatch):
        unpack_image(image, tmp_path / "root")
