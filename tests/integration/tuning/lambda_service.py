"""Owns a Lambda on this machine: its settings are kept by moto, and its invocations run in a real `tulle dev`."""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_lambda import LambdaClient

__all__ = ["Answer", "LambdaService", "lambda_service", "refusal"]

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

_INVOKE = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
_DEV_PATH = "/2015-03-31/functions/function/invocations"
_REGION = "eu-west-1"


@dataclass
class LambdaService:
    """What stands for Lambda.

    Args:
        url: its own.
        moto: where the settings are.
        dev: where invocations run.
        invoked: the qualifier of each invocation.
        before: is called with the qualifier before each; what it gives is answered, if it is anything.
        refuse: is called with method, path and body of each request that changes something; what it gives
            is answered, if it is anything.
        changes: those requests, as method and path.
        hide_tags: whether lambda:ListTags is denied, as AWS has it: it gives a function without its tags.
    """

    url: str
    moto: str
    dev: str
    invoked: list[str] = field(default_factory=list)
    before: Callable[[str], Answer | None] = lambda _: None
    refuse: Callable[[str, str, bytes], Answer | None] = lambda *_: None
    changes: list[str] = field(default_factory=list)
    hide_tags: bool = False

    def begin(self, package: bytes) -> None:
        """Forget all, and make a function of one version, which `live` means, with 512 MB."""
        _tell(self.moto, "POST", "/moto-api/reset")
        iam = _client("iam", self.moto)
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
        iam.close()
        with self.client() as client:
            client.create_function(
                FunctionName="clothing-dev",
                Runtime="python3.13",
                Role=role,
                Handler="app.handler",
                Code={"ZipFile": package},
                MemorySize=512,
                Timeout=30,
                Description="clothes",
                Tags={"tulle:project": "clothing", "tulle:stage": "dev"},
            )
            client.publish_version(FunctionName="clothing-dev", Description="revision=abc")
            client.create_alias(FunctionName="clothing-dev", Name="live", FunctionVersion="1")
        self.invoked.clear()
        self.changes.clear()
        self.before = lambda _: None
        self.refuse = lambda *_: None
        self.hide_tags = False

    def environ(self) -> dict[str, str]:
        """Give a child process all that it takes to meet this Lambda and no other."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": os.environ["HOME"],
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "COLUMNS": "120",
        }

    @contextmanager
    def client(self) -> Iterator[LambdaClient]:
        """Give boto3's client, pointed at moto itself."""
        client = _client("lambda", self.moto)
        try:
            yield client
        finally:
            client.close()

    def versions(self) -> dict[str, tuple[int, str]]:
        """Give memory and description of each version, `$LATEST` among them."""
        with self.client() as client:
            found = client.list_versions_by_function(FunctionName="clothing-dev")["Versions"]
        return {each["Version"]: (each["MemorySize"], each["Description"]) for each in found}


def refusal(status: int, code: str, message: str) -> Answer:
    """Give an answer in which AWS refuses."""
    body = json.dumps({"Type": "User", "message": message}).encode()
    return status, {"x-amzn-ErrorType": code}, body


@contextmanager
def lambda_service(dev: str) -> Iterator[LambdaService]:
    """Run it until the block is left.

    Args:
        dev: the URL of a `tulle dev`.
    """
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        service = LambdaService(
            url=f"http://127.0.0.1:{server.server_port}", moto=f"http://{host}:{port}", dev=dev
        )
        server.service = service  # type: ignore[attr-defined]  # the handler finds it there
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
            moto.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        service: LambdaService = self.server.service  # type: ignore[attr-defined]  # put there above
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        where = urlsplit(self.path)
        if _INVOKE.fullmatch(where.path):
            qualifier = parse_qs(where.query)["Qualifier"][0]
            service.invoked.append(qualifier)
            answer = service.before(qualifier) or _tell(
                service.dev, "POST", _DEV_PATH, body, {"X-Amz-Log-Type": "Tail"}
            )
        else:
            if self.command != "GET":
                service.changes.append(f"{self.command} {self.path}")
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in {"authorization", "content-type", "x-amz-date"}
            }
            refused = None
            if self.command != "GET":
                refused = service.refuse(self.command, self.path, body)
            answer = refused or _tell(service.moto, self.command, self.path, body, kept)
            if service.hide_tags:
                answer = _without_tags(self.path, answer)
        status, headers, content = answer
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower().startswith(("x-amz", "content-type")):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 (the base's names)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Keep the tests' output clean."""


def _without_tags(path: str, answer: Answer) -> Answer:
    """Answer as Lambda does to who may not read tags; the words are from its API reference and its errors."""
    denied = (
        "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: lambda:ListTags"
    )
    if "/tags/" in path:
        return refusal(403, "AccessDeniedException", denied)
    status, headers, content = answer
    said = json.loads(content) if content else None
    if not isinstance(said, dict) or "Tags" not in said:
        return answer
    del said["Tags"]
    said["TagsError"] = {"ErrorCode": "AccessDeniedException", "Message": denied}
    return status, headers, json.dumps(said).encode()


def _tell(
    url: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def _client(service: str, url: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # any of them
        endpoint_url=url,
        region_name=_REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 (no secret)
    )
