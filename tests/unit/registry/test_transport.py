"""Where requests go, and what they do not show on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tulle.errors import RegistryRefused
from tulle.progress import SilentReporter
from tulle.registry.access import Access, root_url
from tulle.registry.transport import _follow

ACCESS = Access(
    environ={},
    home=Path("home"),
    reporter=SilentReporter(),
    plain_http=frozenset({"plain.example:80"}),
)
SECRET = {"Authorization": "Basic x", "Range": "bytes=1-"}


@pytest.mark.parametrize(
    ("registry", "url"),
    [
        ("docker.io", "https://registry-1.docker.io"),
        ("public.ecr.aws", "https://public.ecr.aws"),
        ("plain.example:80", "http://plain.example:80"),
        ("plain.example", "https://plain.example"),
        ("localhost:5000", "http://localhost:5000"),
        ("127.9.9.9", "http://127.9.9.9"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("localhost.example", "https://localhost.example"),
        ("127.0.0.1.example:1", "https://127.0.0.1.example:1"),
    ],
)
def test_only_this_machine_and_what_is_named_goes_without_tls(registry: str, url: str) -> None:
    assert root_url(registry, ACCESS) == url


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/elsewhere", True),
        ("https://a.example/x", True),
        ("https://a.example:443/x", True),
        ("https://a.example:444/x", False),
        ("https://b.example/x", False),
        ("//b.example/x", False),
    ],
)
def test_another_host_is_not_shown_who_asks(location: str, *, shown: bool) -> None:
    _, headers = _follow("https://a.example/v2/", location, SECRET)
    assert ("Authorization" in headers) is shown
    assert headers["Range"] == "bytes=1-"


def test_a_redirect_does_not_lead_away_from_tls() -> None:
    with pytest.raises(RegistryRefused, match="without TLS"):
        _follow("https://a.example/v2/", "http://a.example/x", SECRET)
