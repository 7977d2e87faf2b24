"""Which addresses and URLs a stranger may have the function reach."""

from __future__ import annotations

import ipaddress

import pytest

from tulle_runtime.faults import BadRequest
from tulle_runtime.fetch import fetch, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 (an address to refuse)
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.100.1",  # Lambda's own Runtime API
        "169.254.169.254",  # instance metadata
        "169.254.170.2",  # task credentials
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:a9fe:a9fe::",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_refuses_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "2606:2800:220:1:248:1893:25c8:1946",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_lets_a_public_address_be_reached(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.jpg",
        "http://localhost/a.jpg",
        "http://[::1]/a.jpg",
        "http://[::ffff:127.0.0.1]/a.jpg",
        "http://[::ffff:7f00:1]/a.jpg",
        "http://2130706433/a.jpg",
        "http://0x7f000001/a.jpg",
        "http://0x7f.1/a.jpg",
        "http://017700000001/a.jpg",
        "http://0177.0.0.1/a.jpg",
        "http://127.1/a.jpg",
        "http://0/a.jpg",
        "http://１２７.0.0.1/a.jpg",  # noqa: RUF001 (full-width digits are the point)
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.100.1:9001/2018-06-01/runtime/invocation/next",
        "http://10.0.0.1/a.jpg",
        "https://192.168.0.1/a.jpg",
    ],
)
def test_refuses_a_url_that_leads_to_an_inner_address(url: str) -> None:
    with pytest.raises(BadRequest, match="not public"):
        fetch(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("file:///etc/passwd", "scheme 'file'"),
        ("ftp://example.com/a.jpg", "scheme 'ftp'"),
        ("gopher://example.com/", "scheme 'gopher'"),
        ("data:image/png;base64,AAAA", "scheme 'data'"),
        ("example.com/a.jpg", "scheme ''"),
        ("", "scheme ''"),
        ("http://", "names no host"),
        ("http:///a.jpg", "names no host"),
        ("http://[::1", "not a URL"),
        ("http://example.com:99999/", "not a URL"),
        ("http://example.com:abc/", "not a URL"),
        ("http://user:secret@example.com/", "user name or password"),
        ("http://example.com:22/", "port 22"),
        ("http://example.com:25/", "port 25"),
    ],
)
def test_refuses_a_url_that_cannot_be_meant(url: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as caught:
        fetch(url)
    assert "secret" not in str(caught.value)
