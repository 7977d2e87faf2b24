"""Owns downloading the picture behind a URL that a stranger named.

Every address that a host resolves to must be globally routable, the connection goes to the very address that was
checked, every redirect is checked again, and bytes and time are bounded. Rules and traps: OWASP's guidance on
server-side request forgery, and Python's `ipaddress`, which calls some dangerous addresses global.
"""

import ipaddress
import socket
import threading
import time
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from tulle_runtime.exchange import BodyTooLarge, Connection, ProtocolError
from tulle_runtime.faults import BadGateway, BadRequest, PayloadTooLarge, PictureTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

__all__ = ["MAX_PICTURE_BYTES", "fetch", "is_any", "is_public"]

MAX_PICTURE_BYTES = 20 * 1024 * 1024
_MAX_REDIRECTS = 5
_HEADERS = {
    "User-Agent": "tulle",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}

# Prefixes whose addresses carry an IPv4 address, and how many bits stand after it.
_IPV4_CARRIERS = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),  # NAT64 (RFC 6052)
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4 (RFC 3056)
)
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments: global up to Python 3.12
        "168.63.129.16/32",  # Azure's host services
        "::/96",  # IPv4-compatible, obsolete
        "64:ff9b:1::/48",  # local-use NAT64 (RFC 8215)
        "2001::/32",  # Teredo
        "fec0::/10",  # site-local, obsolete
    )
)


def is_public(address: "Address") -> bool:
    """Tell whether an address may be reached on behalf of a stranger."""
    for prefix, bits_after in _IPV4_CARRIERS:
        if address in prefix:
            return is_public(ipaddress.IPv4Address((int(address) >> bits_after) & 0xFFFF_FFFF))
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not any(address in network for network in _NEVER)
    )


def is_any(_: "Address") -> bool:
    """Let every address be reached: for a local run, where the user serves the pictures."""
    return True


def fetch(
    url: str, *, may_reach: "Callable[[Address], bool]" = is_public, timeout_s: float = 10.0
) -> bytes:
    """Download a picture.

    Args:
        url: an absolute `http` or `https` URL.
        may_reach: says of an address whether it may be reached; anything but `is_public` is for a local run only.
        timeout_s: how long all of it may take, redirects included.

    Returns:
        The body, at most 20 MiB.

    Raises:
        BadRequest: the URL cannot be meant, or leads to an address that is not public.
        BadGateway: the host does not resolve, refuses, fails, or redirects too often.
        PictureTimeout: it took longer.
        PayloadTooLarge: the body is larger.
    """
    deadline = time.monotonic() + timeout_s
    for _ in range(_MAX_REDIRECTS + 1):
        parts = _split(url)
        status, headers, body = _get(parts, deadline, may_reach)
        if status not in (301, 302, 303, 307, 308):
            break
        if "location" not in headers:
            raise BadGateway(
                f"{parts.hostname} answered {status} without saying where the picture is."
            )
        url = urljoin(url, headers["location"])
    else:
        raise BadGateway(
            f"The URL was redirected more than {_MAX_REDIRECTS} times. Give the picture's own address."
        )
    if status != 200:
        raise BadGateway(
            f"{parts.hostname} answered {status} when asked for the picture. Check the URL."
        )
    return body


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise BadRequest(
            "'url' is not a URL. Give one like https://example.com/picture.jpg."
        ) from exc
    if parts.scheme not in ("http", "https"):
        raise BadRequest(
            f"'url' has the scheme {parts.scheme!r}; only http and https are fetched. "
            "Send the picture itself as 'image' (base64) otherwise."
        )
    if not parts.hostname:
        raise BadRequest("'url' names no host. Give one like https://example.com/picture.jpg.")
    if parts.username is not None or parts.password is not None:
        raise BadRequest("'url' carries a user name or password. Give a URL that needs none.")
    if port is not None and port < 1024 and port not in (80, 443):
        raise BadRequest(
            f"'url' names port {port}, where no pictures are served. Use 80, 443 or one over 1023."
        )
    return parts


def _get(
    parts: SplitResult, deadline: float, may_reach: "Callable[[Address], bool]"
) -> tuple[int, dict[str, str], bytes]:
    """Make one request to a checked address of the URL's host, and turn what goes wrong into faults."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = _resolve(host, port, deadline)
        if not all(
            may_reach(ipaddress.ip_address(address.partition("%")[0])) for address in addresses
        ):
            raise BadRequest(
                "'url' leads to an address that is not public. Give a URL that anyone can reach."
            )
        with _connect(addresses, port, deadline) as plain:
            sock = _wrap(plain, host, deadline) if parts.scheme == "https" else plain
            with sock:
                connection = Connection(sock, deadline)
                connection.send("GET", _target(parts), {"Host": _host_header(parts), **_HEADERS})
                return connection.receive(MAX_PICTURE_BYTES)
    except TimeoutError as exc:
        raise PictureTimeout(
            f"{host} did not deliver the picture in time. Try again, or use another host."
        ) from exc
    except BodyTooLarge as exc:
        raise PayloadTooLarge(
            f"The picture at 'url' is larger than {MAX_PICTURE_BYTES // 1024**2} MiB. Give a smaller one."
        ) from exc
    except ProtocolError as exc:
        raise BadGateway(f"{host} did not answer as a web server should: {exc}.") from exc
    except OSError as exc:
        raise BadGateway(f"{host} cannot be reached ({_reason(exc)}). Check the URL.") from exc


def _resolve(host: str, port: int, deadline: float) -> list[str]:
    """Ask the resolver, which keeps no time limit of its own, in a thread that may be left behind."""
    found: list[str] = []
    failure: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(
                str(entry[4][0])
                for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as exc:
            failure.append(exc)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        raise TimeoutError
    if failure:
        raise BadGateway(f"The host name {host!r} does not resolve. Check the URL.") from failure[0]
    return found


def _connect(addresses: list[str], port: int, deadline: float) -> socket.socket:
    """Connect to the first address that answers."""
    refusal: OSError | None = None
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as exc:
            refusal = exc
    raise refusal or TimeoutError


def _wrap(sock: socket.socket, host: str, deadline: float) -> socket.socket:
    import ssl  # noqa: PLC0415 (a picture over plain HTTP does not pay for it)

    context = ssl.create_default_context()
    sock.settimeout(max(0.001, deadline - time.monotonic()))  # a handshake keeps to it as a whole
    return context.wrap_socket(sock, server_hostname=host)


def _target(parts: SplitResult) -> str:
    """Give the request line's path and query, with what may not stand there escaped."""
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return target + ("?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else "")


def _host_header(parts: SplitResult) -> str:
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    return name if parts.port is None else f"{name}:{parts.port}"


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
