"""Ways around what a registry or a network does not allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from debian_programs import needs
from fakes.faulty_proxy import Fault, faulty_proxy
from integration.registry.shipping import BASE_BYTES, build_image, in_chunks, ship
from tulle.errors import RegistryUnavailable

if TYPE_CHECKING:
    from tulle.registry.access import Access

pytestmark = needs("docker-registry")


def test_through_the_proxy_that_the_environment_names(
    registry: str, name: str, access: Access, base: str
) -> None:
    image = build_image(base, access)
    with faulty_proxy(registry) as proxy:
        environ = {"http_proxy": f"http://{proxy.address}", "NO_PROXY": "other.invalid"}
        plain = replace(access, plain_http=frozenset({"host.invalid"}), environ=environ)
        ship(image, f"host.invalid/{name}:1", plain)
        direct = replace(plain, environ={**environ, "NO_PROXY": "x, .invalid"})
        with pytest.raises(RegistryUnavailable, match=r"host\.invalid"):
            ship(image, f"host.invalid/{name}:1", direct)
    assert ship(image, f"{registry}/{name}:1", access).sent_bytes == 0


def test_a_tag_that_may_not_be_stored_twice_may_be_pushed_twice(
    registry: str, name: str, access: Access, base: str
) -> None:
    image = build_image(base, access)
    ship(image, f"{registry}/{name}:1", access)
    with faulty_proxy(registry, Fault(method="PUT", path="/manifests/", status=400)) as proxy:
        ship(image, f"{proxy.address}/{name}:1", access)


def test_a_base_that_may_not_be_lent_is_sent(
    registry: str, name: str, access: Access, base: str
) -> None:
    ship(build_image(base, access), f"{registry}/{name}-lender:1", access)
    refused = Fault(method="POST", path="mount=", status=403)
    with faulty_proxy(registry, refused) as proxy:
        image = build_image(f"{proxy.address}/{name}-lender:1", access)
        delivery = ship(image, f"{proxy.address}/{name}:1", access)
    assert delivery.sent_bytes > BASE_BYTES


def test_pieces_are_counted_here_as_ecr_needs_it(
    registry: str, name: str, access: Access, base: str
) -> None:
    image = build_image(base, access)
    ecr = Fault(method="PATCH", path="/uploads/", passed_on_as=201, headers={"Range": "0-99999"})
    with faulty_proxy(registry, ecr) as proxy:
        ship(image, f"{proxy.address}/{name}:1", in_chunks(access, 100_000))
        pieces = [size for method, _, size in proxy.requests if method == "PATCH"]
    assert pieces == [100_000] * 3
    assert ship(image, f"{registry}/{name}:1", access).sent_bytes == 0
