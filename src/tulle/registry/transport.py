"""Owns HTTP to registries: requests, redirects and proxies; what may go well the next time is `Momentary`."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from tulle.errors import RegistryRefused, RegistryUnavailable
from tulle.registry.access import is_loopback
from tulle.registry.patience import Momentary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tulle.registry.access import Access

__all__ = ["Answer", "Transport", "origin", "resolve"]

_TIMEOUT = urllib3.Timeout(connect=15, read=120)
_CONNECTIONS = 4
_CHUNK_BYTES = 1024 * 1024
_MAX_REDIRECTS = 5
_MAX_ANSWER_BYTES = 4 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOMENTARY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: read whole, or, for a stream, its head."""

    url: str
    status: int
    headers: urllib3.HTTPHeaderDict
    content: bytes


class Transport:
    """Speaks HTTP with any host, through the proxy that the environment names for it."""

    def __init__(self, access: Access) -> None:
        self._proxies = _proxies(access.environ)
        self._authorities = access.environ.get("SSL_CERT_FILE") or None
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
    ) -> Answer:
        """Send a request and read the answer whole; redirects are followed unless something is sent.

        Raises:
            Momentary: no answer came, or one that asks for another attempt.
            RegistryUnavailable: the server cannot be trusted.
        """
        with _translated(url):
            response = self._open(method, url, headers, body)
            try:
                return _read(response, url)
            finally:
                response.close()

    def stream(self, url: str, headers: Mapping[str, str]) -> tuple[Answer, Iterator[bytes]]:
        """Ask for something large: the answer's head, and its body piece by piece where it is a success."""
        with _translated(url):
            response = self._open("GET", url, headers, None)
            if response.status not in {200, 206}:
                return _read(response, url), iter(())
        head = Answer(url=url, status=response.status, headers=response.headers, content=b"")
        return head, _pieces(response, url)

    def _open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Iterable[bytes] | None,
    ) -> urllib3.BaseHTTPResponse:
        for _ in range(_MAX_REDIRECTS):
            response = self._pool(url).urlopen(
                method,
                url,
                body=body,
                headers=dict(headers),
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=_TIMEOUT,
            )
            location = response.headers.get("Location")
            if body is not None or response.status not in _REDIRECTS or not location:
                return response
            response.close()
            url, headers = _follow(url, location, headers)
        raise RegistryRefused(
            f"{url} leads from one redirect to the next", hint="check the registry's name"
        )

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = self._proxies.get(parts.scheme)
        if proxy and self._goes_direct(parts):
            proxy = None
        if proxy not in self._pools:
            manager = partial(urllib3.ProxyManager, proxy) if proxy else urllib3.PoolManager
            self._pools[proxy] = manager(maxsize=_CONNECTIONS, ca_certs=self._authorities)
        return self._pools[proxy]

    def _goes_direct(self, parts: SplitResult) -> bool:
        """Tell whether `NO_PROXY` has a host; this machine needs no proxy either."""
        host = parts.hostname or ""
        names = [name.strip().lstrip(".") for name in self._proxies.get("no", "").split(",")]
        named = any(name in {"*", host} or host.endswith(f".{name}") for name in names if name)
        return named or is_loopback(parts.netloc)


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Read `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in either case."""
    names = {"https": "https_proxy", "http": "http_proxy", "no": "no_proxy"}
    found = {
        scheme: environ.get(name) or environ.get(name.upper(), "") for scheme, name in names.items()
    }
    return {scheme: value for scheme, value in found.items() if value}


def _follow(url: str, location: str, headers: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Give the address that a redirect leads to; another host is not shown who asks."""
    target = resolve(url, location)
    if origin(target) != origin(url):
        headers = {name: value for name, value in headers.items() if name != "Authorization"}
    return target, headers


def resolve(url: str, location: str) -> str:
    """Give the address that an answer's `Location` names; it may not lead away from TLS.

    Raises:
        RegistryRefused: it does.
    """
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if (old.scheme, new.scheme) == ("https", "http"):
        raise RegistryRefused(
            f"{old.netloc} leads to {new.netloc} without TLS",
            hint="tulle does not go there: the registry, or a proxy before it, has to be set up to name https",
        )
    return target


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Say whom an address belongs to: its scheme, its host and its port."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _read(response: urllib3.BaseHTTPResponse, url: str) -> Answer:
    content = bytearray()
    for piece in response.stream(_CHUNK_BYTES, decode_content=False):
        content += piece
        if len(content) > _MAX_ANSWER_BYTES:
            raise RegistryRefused(
                f"{urlsplit(url).netloc} answered with more than {_MAX_ANSWER_BYTES} bytes",
                hint="check the image's name: no manifest is that large",
            )
    if response.status in _MOMENTARY:
        wait = response.headers.get("Retry-After", "")
        raise Momentary(
            f"{urlsplit(url).netloc} answered {response.status} {response.reason}",
            retry_after_s=float(wait) if wait.isdecimal() else None,
        )
    return Answer(url=url, status=response.status, headers=response.headers, content=bytes(content))


def _pieces(response: urllib3.BaseHTTPResponse, url: str) -> Iterator[bytes]:
    with _translated(url):
        try:
            yield from response.stream(_CHUNK_BYTES, decode_content=False)
        finally:
            response.close()


@contextmanager
def _translated(url: str) -> Iterator[None]:
    host = urlsplit(url).netloc
    try:
        yield
    except SSLError as error:
        cause = error.args[0] if error.args else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise RegistryUnavailable(
                f"{host} cannot be trusted: {cause.verify_message}",
                hint="check its name; for an authority of your own, set SSL_CERT_FILE to its certificate",
            ) from error
        raise _momentary(host, error) from error
    except HTTPError as error:
        raise _momentary(host, error) from error


def _momentary(host: str, error: HTTPError) -> Momentary:
    """Say what failed, without urllib3's name for the connection."""
    inner = error.args[-1] if error.args and isinstance(error.args[-1], Exception) else error
    return Momentary(f"{host}: {re.sub(r'HTTPS?Connection(Pool)?[(].*?[)]: ', '', str(inner))}")
