"""Registries that want to know who asks."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import trustme

from debian_programs import needs
from fakes.docker_registry import docker_registry
from fakes.faulty_proxy import Fault, faulty_proxy
from fakes.token_server import IDENTITY_TOKEN, PASSWORD, token_server
from integration.registry.shipping import build_image, make_access, ship
from tulle.errors import InvalidCredentials, RegistryDenied, RegistryRefused, RegistryUnavailable
from tulle.progress import SilentReporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tulle.registry.access import Access

pytestmark = needs("docker-registry", "skopeo")


def entry(user: str = "user", password: str = PASSWORD) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def logged_in(home: Path, **config: object) -> Access:
    """Give access with this for Docker's config file."""
    folder = home / ".docker"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    return make_access(home, environ={"PATH": f"{home / 'bin'}:/usr/bin:/bin"})


def write_helper(home: Path, script: str) -> None:
    """Put a credential helper in the path of `logged_in`."""
    path = home / "bin/docker-credential-test"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a registry that asks for a password."""
    with docker_registry(tmp_path_factory.mktemp("locked") / "x", htpasswd=True) as address:
        yield address


def test_credentials_of_dockers_file(locked: str, name: str, base: str, tmp_path: Path) -> None:
    access = logged_in(tmp_path, auths={f"http://{locked}/v2/": entry()})
    ship(build_image(base, access), f"{locked}/{name}:1", access)


def test_credentials_that_skopeo_keeps(locked: str, name: str, base: str, tmp_path: Path) -> None:
    environ = {"REGISTRY_AUTH_FILE": str(tmp_path / "auth.json"), "PATH": "/usr/bin:/bin"}
    login = ["skopeo", "login", "--tls-verify=false", "-u", "user", "-p", "pass word", locked]
    subprocess.run(login, check=True, capture_output=True, env=environ)
    access = make_access(tmp_path, environ=environ)
    ship(build_image(base, access), f"{locked}/{name}:1", access)


def test_credentials_of_a_helper(locked: str, name: str, base: str, tmp_path: Path) -> None:
    secret = json.dumps({"ServerURL": locked, "Username": "user", "Secret": "pass word"})
    write_helper(tmp_path, f"[ \"$1 $(cat)\" = 'get {locked}' ] && echo '{secret}'")
    access = logged_in(tmp_path, credHelpers={locked: "test"})
    ship(build_image(base, access), f"{locked}/{name}:1", access)
    access = logged_in(tmp_path, credsStore="test")
    ship(build_image(base, access), f"{locked}/{name}:2", access)


def test_a_helper_that_has_none_leaves_it_to_the_file(
    locked: str, name: str, base: str, tmp_path: Path
) -> None:
    write_helper(tmp_path, "echo credentials not found in native keychain; exit 1")
    access = logged_in(tmp_path, credsStore="test", auths={locked: entry()})
    ship(build_image(base, access), f"{locked}/{name}:1", access)


class Warnings(SilentReporter):
    def __init__(self) -> None:
        self.heard: list[str] = []

    def warn(self, text: str) -> None:
        self.heard.append(text)


def test_the_helper_for_all_may_be_missing(
    locked: str, name: str, base: str, tmp_path: Path
) -> None:
    warnings = Warnings()
    access = logged_in(tmp_path, credsStore="desktop", auths={locked: entry()})
    access = replace(access, reporter=warnings)
    ship(build_image(base, access), f"{locked}/{name}:1", access)
    assert "docker-credential-desktop" in warnings.heard[0]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo locked >&2; exit 1", "locked"),
        ("echo nonsense", "cannot be read"),
        ("echo '[]'", "cannot be read"),
        (None, "not installed"),
    ],
)
def test_a_helper_that_fails(locked: str, tmp_path: Path, script: str | None, why: str) -> None:
    if script:
        write_helper(tmp_path, script)
    access = logged_in(tmp_path, credHelpers={locked: "test"})
    with pytest.raises(InvalidCredentials, match="docker-credential-test") as raised:
        build_image(f"{locked}/x:1", access)
    assert why in str(raised.value.detail)


@pytest.mark.parametrize(
    ("config", "what"),
    [
        ({}, "wants to know who you are"),
        ({"auths": {"other.example": entry()}}, "wants to know who you are"),
    ],
)
def test_who_may_not_is_told_so(
    locked: str, tmp_path: Path, config: dict[str, object], what: str
) -> None:
    with pytest.raises(RegistryDenied, match=what) as raised:
        build_image(f"{locked}/x:1", logged_in(tmp_path, **config))
    assert f"docker login {locked}" in raised.value.hint


def test_a_wrong_password(locked: str, tmp_path: Path) -> None:
    access = logged_in(tmp_path, auths={locked: entry(password="wrong")})  # noqa: S106 (of a test)
    with pytest.raises(RegistryDenied, match="answered 401") as raised:
        build_image(f"{locked}/x:1", access)
    assert f"docker login {locked}" in raised.value.hint


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": {"REGISTRY": {"auth": "%"}}}'])
def test_a_file_that_cannot_be_read(locked: str, tmp_path: Path, text: str) -> None:
    access = logged_in(tmp_path)
    (tmp_path / ".docker/config.json").write_text(text.replace("REGISTRY", locked))
    with pytest.raises(InvalidCredentials, match=r"config\.json"):
        build_image(f"{locked}/x:1", access)


def test_public_images_need_no_readable_file(registry: str, base: str, tmp_path: Path) -> None:
    access = logged_in(tmp_path)
    (tmp_path / ".docker/config.json").write_text("{")
    ship(build_image(base, access), f"{registry}/public:1", access)


def test_tokens(base: str, tmp_path: Path) -> None:
    with (
        token_server() as tokens,
        docker_registry(tmp_path / "x", token=tokens.auth(tmp_path)) as registry,
    ):
        pushing = logged_in(tmp_path, auths={registry: entry()})
        ship(build_image(base, pushing), f"{registry}/lender:1", pushing)
        image = build_image(f"{registry}/lender:1", pushing)
        delivery = ship(image, f"{registry}/borrower:1", pushing)
        assert delivery.sent_blobs == 4

        nobody = make_access(tmp_path / "nobody")
        build_image(f"{registry}/lender:1", nobody)
        reader = logged_in(tmp_path, auths={registry: entry("reader")})
        for access in (nobody, reader):
            with pytest.raises(RegistryDenied):
                ship(image, f"{registry}/new:1", access)
        wrong = logged_in(tmp_path, auths={registry: entry(password="wrong")})  # noqa: S106 (of a test)
        with pytest.raises(RegistryDenied, match="does not accept") as raised:
            build_image(f"{registry}/lender:1", wrong)
        assert "wrong username" in str(raised.value.detail)


def test_a_token_that_stands_for_the_user(base: str, tmp_path: Path) -> None:
    with (
        token_server() as tokens,
        docker_registry(tmp_path / "x", token=tokens.auth(tmp_path)) as registry,
    ):
        token = {"identitytoken": IDENTITY_TOKEN}
        access = logged_in(tmp_path, auths={registry: token})
        ship(build_image(base, access), f"{registry}/x:1", access)
        assert set(tokens.asked) == {"POST"}


def test_a_token_that_runs_out_is_asked_for_again(base: str, tmp_path: Path) -> None:
    with (
        token_server() as tokens,
        docker_registry(tmp_path / "x", token=tokens.auth(tmp_path)) as registry,
    ):
        challenge = (
            f'Bearer realm="{tokens.address}/token",service="test registry",error="invalid_token"'
        )
        out = [
            Fault(
                method=method,
                path=path,
                times=1,
                status=401,
                headers={"WWW-Authenticate": challenge},
            )
            for method, path in (("PUT", "/blobs/"), ("PUT", "/manifests/"))
        ]
        with faulty_proxy(registry, *out) as proxy:
            access = logged_in(tmp_path, auths={proxy.address: entry()})
            ship(build_image(base, access), f"{proxy.address}/x:1", access)


def test_tokens_come_over_tls_from_whom_is_trusted(base: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with (
        token_server(tls=context) as tokens,
        docker_registry(tmp_path / "x", token=tokens.auth(tmp_path)) as registry,
    ):
        access = logged_in(tmp_path, auths={registry: entry()})
        image = build_image(base, access)
        with pytest.raises(RegistryUnavailable, match="cannot be trusted") as raised:
            ship(image, f"{registry}/x:1", access)
        assert "SSL_CERT_FILE" in raised.value.hint
        ship(image, f"{registry}/x:1", replace(access, environ={"SSL_CERT_FILE": str(trusted)}))


def test_credentials_go_to_no_token_server_without_tls(tmp_path: Path) -> None:
    headers = {"WWW-Authenticate": 'Bearer realm="http://tokens.invalid/x",service="s"'}
    with faulty_proxy("", Fault(method="GET", path="", status=401, headers=headers)) as proxy:
        access = logged_in(tmp_path, auths={proxy.address: entry()})
        with pytest.raises(RegistryRefused, match="without TLS"):
            build_image(f"{proxy.address}/x:1", access)


def test_a_redirect_to_another_host_is_not_shown_who_asks(
    locked: str, registry: str, name: str, base: str, tmp_path: Path
) -> None:
    with faulty_proxy(registry) as elsewhere:
        host = elsewhere.address.replace("127.0.0.1", "localhost")
        config = build_image(base, make_access(tmp_path)).config.descriptor.digest
        path = f"/v2/{name}/blobs/{config}"
        moved = Fault(
            method="GET", path=path, status=307, headers={"Location": f"http://{host}{path}"}
        )
        with faulty_proxy(locked, moved) as proxy:
            access = logged_in(tmp_path, auths={proxy.address: entry(), host: entry()})
            image = build_image(base, access)
            for place in (f"{proxy.address}/{name}:1", f"{registry}/{name}:1"):
                ship(image, place, access)
            build_image(f"{proxy.address}/{name}:1", access)
            assert set(elsewhere.authorizations) == {""}
            assert any(proxy.authorizations)
