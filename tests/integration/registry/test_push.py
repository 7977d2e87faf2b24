"""Images pushed to a real registry: all of it arrives, and nothing that is there is sent again."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from debian_programs import needs
from fakes.docker_registry import docker_registry
from integration.registry.shipping import build_image, in_chunks, make_access, ship
from made_functions import make_function
from made_images import MadeImage, write_image
from tulle.errors import ImageNotFound, InvalidReference

if TYPE_CHECKING:
    from pathlib import Path

    from tulle.registry.access import Access

pytestmark = needs("docker-registry", "skopeo")


def inspect(name: str, *options: str) -> dict[str, Any]:
    ran = subprocess.run(
        ["skopeo", "inspect", "--tls-verify=false", *options, f"docker://{name}"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    content: dict[str, Any] = json.loads(ran.stdout)
    return content


def copy(source: str, target: str, *options: str) -> None:
    plain = [f"--{side}-tls-verify=false" for side in ("src", "dest")]
    subprocess.run(
        ["skopeo", "copy", "--quiet", *plain, *options, source, target],  # noqa: S607
        check=True,
        capture_output=True,
    )


def test_a_pushed_image_is_what_was_made(registry: str, access: Access, base: str) -> None:
    image = build_image(base, access)
    delivery = ship(image, f"{registry}/pushed:1", access)
    seen = inspect(f"{registry}/pushed:1")
    assert seen["Digest"] == image.digest == delivery.digest
    assert seen["Architecture"] == "amd64"
    assert len(seen["Layers"]) == 4
    assert inspect(f"{registry}/pushed:1", "--config") == json.loads(image.config.content)
    assert delivery.sent_blobs == 5


def test_nothing_is_sent_twice(registry: str, access: Access, base: str) -> None:
    ship(build_image(base, access), f"{registry}/twice:1", access)
    again = ship(build_image(base, access), f"{registry}/twice:2", access)
    assert (again.sent_bytes, again.present_blobs) == (0, 5)


def test_a_changed_line_sends_the_code_alone(registry: str, access: Access, base: str) -> None:
    ship(build_image(base, access), f"{registry}/line:1", access)
    changed = build_image(base, access, bundle=make_function(code=b"changed"))
    delivery = ship(changed, f"{registry}/line:1", access)
    code = changed.layers[-1].blob.descriptor.size
    assert delivery.sent_bytes == code + changed.config.descriptor.size


def test_a_base_of_the_same_registry_is_lent(
    registry: str, access: Access, base: str, tmp_path: Path
) -> None:
    copy(f"{base}:latest", f"docker://{registry}/lender:1")
    image = build_image(f"{registry}/lender:1", access)
    delivery = ship(image, f"{registry}/borrower:1", access)
    new = sum(layer.blob.descriptor.size for layer in image.layers)
    assert delivery.sent_bytes == new + image.config.descriptor.size
    assert delivery.present_blobs == 1
    copy(f"docker://{registry}/borrower:1", f"dir:{tmp_path / 'copy'}")


def test_a_base_of_another_registry_is_copied(
    registry: str, access: Access, base: str, tmp_path: Path
) -> None:
    with docker_registry(tmp_path / "other") as other:
        copy(f"{base}:latest", f"docker://{other}/base:1")
        image = build_image(f"{other}/base:1", access)
        ship(image, f"{registry}/from-afar:1", access)
        assert image.base.name == f"{other}/base:1"
    copy(f"docker://{registry}/from-afar:1", f"dir:{tmp_path / 'copy'}")


def test_a_base_is_fetched_once(base: str, tmp_path: Path) -> None:
    access, kept = make_access(tmp_path), tmp_path / "kept"
    with docker_registry(tmp_path / "other") as other:
        copy(f"{base}:latest", f"docker://{other}/base:1")
        image = build_image(f"{other}/base:1", access, kept=kept)
        ship(image, f"oci:{tmp_path / 'one'}", access)
    ship(image, f"oci:{tmp_path / 'two'}", access)
    names = [
        sorted(path.name for path in (tmp_path / place).rglob("blobs/*/*"))
        for place in ("one", "two")
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize("chunk_bytes", [70_000, 256 * 1024, 10_000_000])
def test_blobs_are_sent_in_pieces_where_told(
    access: Access, base: str, tmp_path: Path, chunk_bytes: int
) -> None:
    with docker_registry(tmp_path / "registry") as registry:
        image = build_image(base, access)
        ship(image, f"{registry}/pieces:1", in_chunks(access, chunk_bytes))
        copy(f"docker://{registry}/pieces:1", f"dir:{tmp_path / 'copy'}")


def test_of_an_index_the_functions_platform_is_pulled(
    registry: str, access: Access, tmp_path: Path
) -> None:
    write_image(tmp_path / "both", MadeImage(), MadeImage(architecture="arm64", files={"arm": b""}))
    copy(f"oci:{tmp_path / 'both'}:latest", f"docker://{registry}/both:1", "--all")
    image = build_image(f"{registry}/both:1", access, bundle=make_function(architecture="arm64"))
    ship(image, f"{registry}/arm:1", access)
    assert inspect(f"{registry}/arm:1", "--config")["architecture"] == "arm64"


def test_dockers_own_manifests_are_pulled(registry: str, access: Access, base: str) -> None:
    copy(f"{base}:latest", f"docker://{registry}/v2s2:1", "--format=v2s2")
    image = build_image(f"{registry}/v2s2:1", access)
    ship(image, f"{registry}/from-v2s2:1", access)
    assert b"docker" not in image.manifest.content.replace(registry.encode(), b"")


def test_an_image_that_is_not_there(registry: str, access: Access) -> None:
    with pytest.raises(ImageNotFound, match="there is no image"):
        build_image(f"{registry}/nothing:1", access)


def test_a_digest_is_no_place_to_push_to(registry: str, access: Access, base: str) -> None:
    with pytest.raises(InvalidReference):
        ship(build_image(base, access), f"{registry}/x@sha256:{'0' * 64}", access)
