"""A token server as registries use them: who may do what, signed with its own key."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fakes.docker_registry import TokenAuth

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

_SERVICE, _ISSUER = "test registry", "test issuer"
IDENTITY_TOKEN = "a token that stands for `user`"  # noqa: S105 (of a test)
_RIGHTS = {"": {"pull"}, "reader": {"pull"}, "user": {"pull", "push"}}
PASSWORD = "pass word"  # noqa: S105 (of a test)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class TokenServer:
    """Gives tokens: to nobody for pulling, to `user` for pushing too."""

    authority: trustme.CA
    leaf: trustme.LeafCert
    address: str = ""
    asked: list[str] = field(default_factory=list)
    """The methods of the requests."""

    def auth(self, folder: Path) -> TokenAuth:
        """Say to a registry where to send its clients."""
        certificates = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(certificates))
        realm = f"{self.address}/token?account=x"
        return TokenAuth(realm=realm, service=_SERVICE, issuer=_ISSUER, certificates=certificates)

    def token(self, user: str, scopes: list[str]) -> str:
        """Sign what a user may do of what is asked for."""
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            allowed = sorted(set(actions.split(",")) & _RIGHTS[user])
            access.append({"type": kind, "name": name, "actions": allowed})
        now = int(time.time())
        chain = [pem.bytes() for pem in self.leaf.cert_chain_pems[:1]]
        body = b"".join(line for line in chain[0].splitlines() if b"-" not in line).decode()
        head = {"typ": "JWT", "alg": "RS256", "x5c": [body]}
        claims = {
            "iss": _ISSUER,
            "sub": user,
            "aud": _SERVICE,
            "exp": now + 300,
            "nbf": now - 10,
            "iat": now,
            "jti": str(time.monotonic_ns()),
            "access": access,
        }
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (head, claims))
        key = load_pem_private_key(self.leaf.private_key_pem.bytes(), None)
        assert isinstance(key, RSAPrivateKey)
        return f"{signed}.{_base64url(key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}"


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    tokens: TokenServer

    def log_message(self, *_: object) -> None:
        pass

    def _give(self) -> None:
        self.tokens.asked.append(self.command)
        query = urlsplit(self.path).query
        user = self._who()
        if self.command == "POST":
            query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = parse_qs(query)
        if self.command == "POST" and fields["refresh_token"] == [IDENTITY_TOKEN]:
            user = "user"
        if user is None or fields["service"] != [_SERVICE]:
            self._answer(401, {"details": "wrong username or password"})
            return
        scopes = [scope for text in fields["scope"] for scope in text.split(" ")]
        name = "access_token" if self.command == "POST" else "token"
        self._answer(200, {name: self.tokens.token(user, scopes)})

    def _who(self) -> str | None:
        scheme, _, both = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return ""
        user, _, password = base64.b64decode(both).decode().partition(":")
        return user if user in _RIGHTS and password == PASSWORD else None

    def _answer(self, status: int, fields: dict[str, str]) -> None:
        content = json.dumps(fields).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _give  # noqa: N815 (names of http.server)


@contextmanager
def token_server(*, tls: ssl.SSLContext | None = None) -> Iterator[TokenServer]:
    """Run a token server on loopback, with TLS if there is a context for it."""
    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    tokens = TokenServer(authority, authority.issue_cert("signer", key_type=trustme.KeyType.RSA))
    handler = type("Handler", (_Handler,), {"tokens": tokens})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        scheme = "http"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        tokens.address = f"{scheme}://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield tokens
        finally:
            server.shutdown()
            thread.join()
