"""ECR's registry: a real one, entered as ECR's is, whose repositories and images are those that moto has."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ecr import ECRClient

_HOP = {"connection", "transfer-encoding", "content-length", "date", "server", "location"}
_HOST = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com")
_PATH = re.compile(r"/v2/(?P<name>.+?)/(?P<rest>(?:blobs|manifests|tags)/.*)")


@dataclass
class EcrRegistry:
    """Passes what is allowed on to a registry; repositories are made, and tags kept, as ECR does it.

    Of ECR it has: basic authentication with the token of `GetAuthorizationToken`; 404 for a repository that
    nobody made; tags that cannot be moved; no blob lent to another repository; 201 for a piece of an upload.
    """

    registry: str
    """`host:port` of the real one, or of a `FaultyProxy` before it."""
    client: Callable[[str], ECRClient]
    """Gives moto's ECR in a region."""
    address: str = ""
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and size of the body of each request that was let in."""

    def uploaded(self) -> int:
        """Count the bytes of blobs that were sent."""
        return sum(size for method, path, size in self.requests if "/blobs/uploads/" in path)

    def folder(self, region: str, name: str) -> str | None:
        """Name the real registry's repository: a new one whenever ECR's was made anew; None if there is none."""
        try:
            found = self.client(region).describe_repositories(repositoryNames=[name])
        except ClientError:
            return None
        made = int(found["repositories"][0]["createdAt"].timestamp() * 1_000_000)
        return f"{region}/{made}/{name}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, ecr: EcrRegistry) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ecr = ecr


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        ecr = self.server.ecr
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host, path = _HOST.match(self.headers.get("Host", "")), _PATH.match(self.path)
        if host is None:
            self._refuse(400, "NAME_INVALID", "not a host of ECR's")
        elif not _is_let_in(self.headers.get("Authorization", ""), host[1]):
            challenge = f'Basic realm="https://{host[0]}/",service="ecr.amazonaws.com"'
            headers = {"WWW-Authenticate": challenge}
            self._refuse(401, "UNAUTHORIZED", "Not Authorized", headers)
        elif path is None:
            self._answer(200, {}, b"{}")
        elif (folder := ecr.folder(host[2], path["name"])) is None:
            what = f"The repository with name '{path['name']}' does not exist in the registry with id '{host[1]}'"
            self._refuse(404, "NAME_UNKNOWN", what)
        else:
            ecr.requests.append((self.command, self.path, len(body)))
            self._in_repository(path["name"], folder, path["rest"], body)

    def _in_repository(self, name: str, folder: str, rest: str, body: bytes) -> None:
        tag = rest.removeprefix("manifests/") if self.command == "PUT" else rest
        client = self.server.ecr.client(folder.partition("/")[0])
        if tag != rest and _is_taken(client, name, tag):
            message = f"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten"
            self._refuse(400, "TAG_INVALID", f"{message} because the repository is immutable.")
            return
        status, headers, content = self._ask(folder, _without_mount(rest), body)
        if tag != rest and status == 201:
            client.put_image(
                repositoryName=name,
                imageManifest=body.decode(),
                imageManifestMediaType=self.headers["Content-Type"],
                imageTag=tag,
                imageDigest=f"sha256:{hashlib.sha256(body).hexdigest()}",
            )
        if "Location" in headers:
            parts = urlsplit(headers["Location"])
            path = parts.path.replace(f"/v2/{folder}/", f"/v2/{name}/")
            headers["Location"] = f"{path}?{parts.query}" if parts.query else path
        if self.command == "PATCH" and status == 202:
            status = 201
        self._answer(status, headers, content)

    def _ask(self, folder: str, rest: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.server.ecr.registry)
        kept = {k: v for k, v in self.headers.items() if k not in {"Authorization", "Host"}}
        try:
            upstream.request(self.command, f"/v2/{folder}/{rest}", body, kept)
            answer = upstream.getresponse()
            headers = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP}
            if self.command == "HEAD":
                headers["Content-Length"] = answer.getheader("Content-Length", "0")
            if location := answer.getheader("Location"):
                headers["Location"] = location
            return answer.status, headers, answer.read()
        except http.client.HTTPException as exc:
            raise ConnectionAbortedError from exc
        finally:
            upstream.close()

    def _refuse(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        errors = {"errors": [{"code": code, "message": message}]}
        self._answer(status, headers or {}, json.dumps(errors).encode())

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _pass_on  # noqa: N815 (names of http.server)


def _is_let_in(authorization: str, account: str) -> bool:
    """Compare with the token that moto gives."""
    token = base64.b64encode(f"AWS:{account}-auth-token".encode()).decode()
    return authorization == f"Basic {token}"


def _without_mount(rest: str) -> str:
    path, _, query = rest.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in {"mount", "from"}]
    return f"{path}?{urlencode(kept)}" if kept else path


def _is_taken(client: ECRClient, name: str, tag: str) -> bool:
    repository = client.describe_repositories(repositoryNames=[name])["repositories"][0]
    images = client.describe_images(repositoryName=name)["imageDetails"]
    is_there = any(tag in image.get("imageTags", ()) for image in images)
    return is_there and repository["imageTagMutability"] == "IMMUTABLE"


@contextmanager
def ecr_registry(registry: str, client: Callable[[str], ECRClient]) -> Iterator[EcrRegistry]:
    """Run ECR's registry on loopback, before a real one."""
    ecr = EcrRegistry(registry, client)
    with _Server(ecr) as server:
        ecr.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield ecr
        finally:
            server.shutdown()
            thread.join()
