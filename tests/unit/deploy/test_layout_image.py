"""How large an image is at least can be seen from the ends of its layers."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from typing import TYPE_CHECKING

import pytest

from made_artifacts import make_layout
from made_images import MadeImage, write_image
from tulle.deploy.code.layout_image import read_layout_image
from tulle.errors import ArtifactTooLarge, ImageNotFound

if TYPE_CHECKING:
    from pathlib import Path

_TAR = "application/vnd.oci.image.layer.v1.tar"
_GIB = 1024**3


def test_reads_the_image_that_tulle_built(tmp_path: Path) -> None:
    image = make_layout(tmp_path / "image")
    read = read_layout_image(tmp_path / "image")
    assert read.digest == image.digest
    assert read.config.descriptor == image.config.descriptor
    assert [layer.descriptor for layer in read.layers] == [
        blob.descriptor for blob in image.blobs[:-1]
    ]
    unpacked = sum(len(gzip.decompress(layer.path.read_bytes())) for layer in read.layers)
    assert read.size_bytes == unpacked


def test_layers_that_are_not_packed_count_as_they_are(tmp_path: Path) -> None:
    write_image(tmp_path, MadeImage(files={"x": b"x" * 50_000}, layer_type=_TAR))
    read = read_layout_image(tmp_path)
    (layer,) = read.layers
    assert read.size_bytes == layer.descriptor.size


@pytest.mark.parametrize(
    ("packed", "noted", "unpacked"),
    [
        (1000, 4000, 4000),
        (5 * _GIB, 2 * _GIB, 6 * _GIB),  # what gzip notes is without whole times 4 GiB
        (9 * _GIB, 9 * _GIB % (4 * _GIB) - 1000, 9 * _GIB - 1000),
    ],
)
def test_what_gzip_notes_is_no_more_than_32_bits(
    tmp_path: Path, packed: int, noted: int, unpacked: int
) -> None:
    _write(tmp_path, packed=packed, noted=noted)
    assert read_layout_image(tmp_path).size_bytes == unpacked


def test_one_that_is_too_large_is_refused_with_what_makes_it_so(tmp_path: Path) -> None:
    _write(tmp_path, packed=10 * _GIB, noted=_GIB * 3)
    with pytest.raises(ArtifactTooLarge) as caught:
        read_layout_image(tmp_path)
    assert "11264.0 MiB unpacked, where Lambda allows 10240.0 MiB" in caught.value.message
    assert "11264.0 MiB  sha256:" in str(caught.value.detail)


def test_a_folder_that_is_no_layout_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImageNotFound, match="is no OCI image layout"):
        read_layout_image(tmp_path)


def _write(folder: Path, *, packed: int, noted: int) -> None:
    """Write an image with one layer, a sparse file that ends as gzip's do."""
    digest = f"{random.Random(1).getrandbits(256):064x}"
    write_image(folder, MadeImage())
    index = json.loads((folder / "index.json").read_text())
    old = folder / "blobs/sha256" / index["manifests"][0]["digest"].partition(":")[2]
    manifest = json.loads(old.read_text())
    manifest["layers"][0].update(digest=f"sha256:{digest}", size=packed)
    with (folder / "blobs/sha256" / digest).open("wb") as file:
        file.truncate(packed - 4)
        file.seek(0, 2)
        file.write(noted.to_bytes(4, "little"))
    content = json.dumps(manifest).encode()
    name = hashlib.sha256(content).hexdigest()
    (folder / "blobs/sha256" / name).write_bytes(content)
    index["manifests"][0].update(digest=f"sha256:{name}", size=len(content))
    (folder / "index.json").write_text(json.dumps(index))
