"""Only names and addresses of this machine's own are answered to."""

from __future__ import annotations

import pytest

from tulle.emulator.host_guard import is_allowed_host


@pytest.mark.parametrize("bound", ["127.0.0.1", "localhost", "127.64.3.4", "0.0.0.0", "192.0.2.7"])  # noqa: S104 (nothing listens)
def test_answers_to_loopback_names_wherever_it_listens(bound: str) -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert is_allowed_host(host, bound)


@pytest.mark.parametrize("bound", ["127.64.3.4", "192.0.2.7", "my-machine"])
def test_answers_to_what_it_was_told_to_listen_on(bound: str) -> None:
    assert is_allowed_host(f"{bound}:8000", bound)


@pytest.mark.parametrize("bound", ["127.0.0.1", "127.64.3.4", "0.0.0.0"])  # noqa: S104
def test_answers_to_no_other_name(bound: str) -> None:
    for host in ("evil.example", "localhost.evil.example:8000", "", "[", "127.0.0.1.nip.io"):
        assert not is_allowed_host(host, bound)


def test_answers_to_other_addresses_only_where_others_may_come() -> None:
    assert is_allowed_host("198.51.100.3:8000", "0.0.0.0")  # noqa: S104
    assert not is_allowed_host("198.51.100.3:8000", "127.0.0.1")
    assert not is_allowed_host("127.64.3.4:8000", "127.0.0.1")
