"""Registries that fail: what passes is tried again, what stays is one error, and the next run finishes the job."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from fakes.faulty_proxy import Fault, faulty_proxy
from integration.registry.shipping import BASE_BYTES, build_image, ship
from ports import free_ports
from tulle.errors import (
    DigestMismatch,
    ImageNotFound,
    InvalidBase,
    OutputUnavailable,
    RegistryDenied,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tulle.registry.access import Access

pytestmark = needs("docker-registry")


PASSING = [
    Fault(method="PUT", path="/blobs/uploads/", times=2, cut_request_after=50),
    Fault(method="PUT", path="/blobs/uploads/", times=3, status=500),
    Fault(method="POST", path="/blobs/uploads/", times=3, status=503),
    Fault(method="HEAD", path="/blobs/", times=3, status=502),
    Fault(method="PUT", path="/manifests/", times=3, status=429, headers={"Retry-After": "1"}),
    Fault(method="PUT", path="/manifests/", times=2, cut_request_after=0),
    Fault(
        method="PUT",
        path="/blobs/uploads/",
        times=2,
        cut_answer_after=0,
        headers={"Content-Length": "9"},
    ),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_tried_again(
    registry: str, name: str, access: Access, base: str, fault: Fault
) -> None:
    image = build_image(base, access)
    with faulty_proxy(registry, fault) as proxy:
        ship(image, f"{proxy.address}/{name}:1", access)
    assert ship(image, f"{registry}/{name}:1", access).sent_bytes == 0


def test_a_download_that_is_cut_goes_on_from_there(
    registry: str, name: str, access: Access, base: str, tmp_path: Path
) -> None:
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    cut = Fault(method="GET", path="/blobs/", times=3, cut_answer_after=10)
    with faulty_proxy(registry, cut) as proxy:
        image = build_image(f"{proxy.address}/{name}:1", access)
        ship(image, f"oci:{tmp_path / 'image'}", access)
    assert (tmp_path / "image/oci-layout").is_file()


def test_a_manifest_that_is_cut_is_asked_for_again(
    registry: str, name: str, access: Access, base: str
) -> None:
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    cut = Fault(method="GET", path="/manifests/", times=3, cut_answer_after=10)
    with faulty_proxy(registry, cut) as proxy:
        build_image(f"{proxy.address}/{name}:1", access)


def test_an_answer_without_end_is_not_read_to_its_end(access: Access) -> None:
    endless = Fault(method="GET", path="", status=200, body=b"x" * 5_000_000)
    with faulty_proxy("", endless) as proxy, pytest.raises(RegistryRefused, match="more than"):
        build_image(f"{proxy.address}/x:1", access)


def test_retry_after_is_heeded(registry: str, name: str, access: Access, base: str) -> None:
    waited: list[float] = []
    busy = Fault(
        method="GET", path="/manifests/", times=4, status=429, headers={"Retry-After": "7"}
    )
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    with faulty_proxy(registry, busy) as proxy:
        build_image(
            f"{proxy.address}/{name}:1", replace(access, sleep=waited.append, random=lambda: 0)
        )
    assert waited == [7, 7, 7, 7]


def test_it_waits_longer_each_time(access: Access) -> None:
    waited: list[float] = []
    with faulty_proxy("", Fault(method="GET", path="", status=500)) as proxy:
        impatient = replace(access, sleep=waited.append, random=lambda: 0.5)
        with pytest.raises(RegistryUnavailable, match="failed in 5 attempts") as raised:
            build_image(f"{proxy.address}/x:1", impatient)
    assert waited == [0.75, 1.5, 3, 6]
    assert "answered 500" in str(raised.value.detail)


JSON = b'{"errors": [{"code": "TAG_INVALID", "message": "the tag is immutable"}]}'
STAYING = [
    (Fault(method="PUT", path="/blobs/uploads/", status=500), RegistryUnavailable, "500"),
    (Fault(method="POST", path="/uploads/", status=429), RegistryUnavailable, "429"),
    (Fault(method="PUT", path="/blobs/", cut_request_after=9), RegistryUnavailable, "closed"),
    (Fault(method="POST", path="/uploads/", status=403), RegistryDenied, ""),
    (Fault(method="POST", path="/uploads/", status=401), RegistryDenied, ""),
    (Fault(method="POST", path="/uploads/", status=404), ImageNotFound, ""),
    (Fault(method="POST", path="/uploads/", status=202), RegistryRefused, ""),
    (
        Fault(method="PUT", path="/manifests/", status=400, body=JSON),
        RegistryRefused,
        "the tag is immutable",
    ),
    (
        Fault(
            method="PUT", path="/blobs/", headers={"Docker-Content-Digest": f"sha256:{'0' * 64}"}
        ),
        DigestMismatch,
        "",
    ),
    (
        Fault(
            method="PUT",
            path="/manifests/",
            headers={"Docker-Content-Digest": f"sha256:{'0' * 64}"},
        ),
        DigestMismatch,
        "",
    ),
]


@pytest.mark.parametrize("case", STAYING, ids=lambda case: str(case[0]))
def test_what_stays_is_one_error_and_the_next_run_finishes(
    registry: str,
    name: str,
    access: Access,
    base: str,
    case: tuple[Fault, type[RegistryError], str],
) -> None:
    fault, error, detail = case
    image = build_image(base, access)
    with faulty_proxy(registry, fault) as proxy, pytest.raises(error) as raised:
        ship(image, f"{proxy.address}/{name}:1", access)
    assert type(raised.value) is error
    assert detail in str(raised.value.detail)
    with faulty_proxy(registry) as proxy:
        ship(image, f"{proxy.address}/{name}:1", access)
    assert ship(image, f"{registry}/{name}:1", access).sent_bytes == 0


def test_what_arrived_before_a_failure_is_not_sent_again(
    registry: str, name: str, access: Access, base: str
) -> None:
    image = build_image(base, access)
    fault = Fault(method="PUT", path="/manifests/", status=500)
    with faulty_proxy(registry, fault) as proxy, pytest.raises(RegistryUnavailable):
        ship(image, f"{proxy.address}/{name}:1", access)
    with faulty_proxy(registry) as proxy:
        delivery = ship(image, f"{proxy.address}/{name}:1", access)
    assert (delivery.sent_bytes, proxy.uploaded()) == (0, 0)


DAMAGE = [
    (Fault(method="GET", path="/manifests/", damage=True), "another manifest"),
    (Fault(method="GET", path="/blobs/", damage=True), "gave other bytes"),
]


@pytest.mark.parametrize(("fault", "what"), DAMAGE, ids=["manifest", "config"])
def test_damaged_bytes_are_refused(
    registry: str, name: str, access: Access, base: str, fault: Fault, what: str
) -> None:
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    with faulty_proxy(registry, fault) as proxy, pytest.raises(DigestMismatch, match=what):
        build_image(f"{proxy.address}/{name}:1", access)


def test_a_damaged_layer_is_neither_written_nor_kept(
    registry: str, name: str, access: Access, base: str, tmp_path: Path
) -> None:
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    layer = build_image(base, access).base.layers[0].descriptor.digest
    kept, place = tmp_path / "kept", f"oci:{tmp_path / 'image'}"
    damaged = Fault(method="GET", path=f"/blobs/{layer}", times=1, damage=True)
    with faulty_proxy(registry, damaged) as proxy:
        image = build_image(f"{proxy.address}/{name}:1", access, kept=kept)
        with pytest.raises(DigestMismatch):
            ship(image, place, access)
        assert not (tmp_path / "image").exists()
        ship(image, place, access)
    assert (tmp_path / "image/oci-layout").is_file()


def test_what_was_kept_and_is_damaged_since_is_fetched_anew(
    registry: str, name: str, access: Access, base: str, tmp_path: Path
) -> None:
    ship(build_image(base, access), f"{registry}/{name}:1", access)
    kept, place = tmp_path / "kept", f"oci:{tmp_path / 'image'}"
    image = build_image(f"{registry}/{name}:1", access, kept=kept)
    ship(image, place, access)
    algorithm, _, digest = image.base.layers[0].descriptor.digest.partition(":")
    path = kept / algorithm / digest
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DigestMismatch):
        ship(image, place, access)
    ship(image, place, access)


def test_a_registry_that_is_down(access: Access) -> None:
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with pytest.raises(RegistryUnavailable, match=address) as raised:
        build_image(f"{address}/x:1", access)
    assert "refused" in str(raised.value.detail)


def test_a_host_that_does_not_exist(access: Access) -> None:
    with pytest.raises(RegistryUnavailable, match=r"nowhere\.invalid"):
        build_image("nowhere.invalid/x:1", access)


def test_a_web_page_is_no_registry(access: Access) -> None:
    page = Fault(
        method="GET", path="", status=200, headers={"Content-Type": "text/html"}, body=b"<p>"
    )
    with faulty_proxy("", page) as proxy, pytest.raises(InvalidBase, match="JSON"):
        build_image(f"{proxy.address}/x:1", access)


def test_redirects_have_an_end(access: Access) -> None:
    loop = Fault(method="GET", path="", status=307, headers={"Location": "/v2/x/manifests/1"})
    with faulty_proxy("", loop) as proxy, pytest.raises(RegistryRefused, match="redirect"):
        build_image(f"{proxy.address}/x:1", access)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond what a base's layer needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BASE_BYTES // 2, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_layout_on_a_full_disk_leaves_nothing(access: Access, base: str, tmp_path: Path) -> None:
    image = build_image(base, access)
    before = sorted(tmp_path.iterdir())
    with full_disk(), pytest.raises(OutputUnavailable, match="cannot be written"):
        ship(image, f"oci:{tmp_path / 'image'}", access)
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_kept_on_a_full_disk_leaves_nothing(
    registry: str, name: str, access: Access, base: str, tmp_path: Path
) -> None:
    ship(build_image(base, access), f"{registry}/{name}-base:1", access)
    kept = tmp_path / "kept"
    image = build_image(f"{registry}/{name}-base:1", access, kept=kept)
    before = sorted(kept.rglob("*"))
    with full_disk(), pytest.raises(OutputUnavailable, match="cannot be kept"):
        list(image.base.layers[0].chunks())
    assert sorted(kept.rglob("*")) == before
