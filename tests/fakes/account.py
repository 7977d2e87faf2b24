"""What moto leaves out of an account: IAM's judgement of what somebody may do, and Lambda's limits."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ACCOUNT = "123456789012"

_XML = '<{0}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{0}Result>{1}</{0}Result></{0}Response>'


@dataclass
class Account:
    """Who asks, what the policy allows, and what the account may have."""

    arn: str = f"arn:aws:iam::{ACCOUNT}:user/somebody"
    roles: dict[str, str] = field(default_factory=dict)
    """The ARN of each role."""
    policy: Sequence[Mapping[str, object]] = ()
    """The statements that hold; all allow."""
    concurrency: int = 1000
    unreserved: int = 1000
    denies: frozenset[str] = frozenset()
    """Actions that this account refuses to be asked for."""
    endpoint: str = ""

    def environ(self) -> dict[str, str]:
        """Give a child process all that it takes to meet this account and no other."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def answer(self, action: str, said: Mapping[str, list[str]]) -> tuple[int, str]:
        """Answer in AWS's form, with the status."""
        if action in self.denies:
            return 403, (
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>"
                f"User: {self.arn} is not authorized to perform: iam:{action} on resource: {self.arn}"
                "</Message></Error></ErrorResponse>"
            )
        if action == "GetCallerIdentity":
            inner = f"<Arn>{self.arn}</Arn><Account>{ACCOUNT}</Account><UserId>AIDA</UserId>"
        elif action == "GetRole":
            inner = f"<Role><Arn>{self.roles[said['RoleName'][0]]}</Arn></Role>"
        else:
            assert action == "SimulatePrincipalPolicy", action
            inner = self._judge(said)
        return 200, _XML.format(action, inner)

    def _judge(self, said: Mapping[str, list[str]]) -> str:
        """Hold each action on each resource against the policy."""
        results = ""
        for action in _members(said, "ActionNames"):
            for resource in _members(said, "ResourceArns"):
                fine = any(_allows(one, action, resource, said) for one in self.policy)
                decision = "allowed" if fine else "implicitDeny"
                results += (
                    f"<member><EvalActionName>{action}</EvalActionName>"
                    f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
                    f"<EvalDecision>{decision}</EvalDecision></member>"
                )
        return f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"


def _members(said: Mapping[str, list[str]], name: str) -> list[str]:
    return [values[0] for key, values in said.items() if key.startswith(f"{name}.member.")]


def _allows(
    statement: Mapping[str, object], action: str, resource: str, said: Mapping[str, list[str]]
) -> bool:
    actions, resources = statement["Action"], statement["Resource"]
    assert isinstance(actions, list)
    assert isinstance(resources, list)
    condition = statement.get("Condition", {})
    assert isinstance(condition, dict)
    wanted = condition.get("StringEquals", {})
    given = {
        said[f"ContextEntries.member.{number}.ContextKeyName"][0]: said[
            f"ContextEntries.member.{number}.ContextKeyValues.member.1"
        ][0]
        for number in range(1, 10)
        if f"ContextEntries.member.{number}.ContextKeyName" in said
    }
    return (
        action in actions
        and any(fnmatchcase(resource, one) for one in resources)
        and all(given.get(key) == value for key, value in wanted.items())
    )


@contextmanager
def running_account(account: Account) -> Iterator[Account]:
    """Serve an account on loopback, and tell it where."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            said = parse_qs(self.rfile.read(length).decode())
            self._send(*account.answer(said["Action"][0], said))

        def do_GET(self) -> None:
            assert self.path == "/2016-08-19/account-settings", self.path
            limits = {
                "ConcurrentExecutions": account.concurrency,
                "UnreservedConcurrentExecutions": account.unreserved,
                "TotalCodeSize": 300 * 2**30,
                "CodeSizeUnzipped": 262144000,
                "CodeSizeZipped": 52428800,
            }
            usage = {"TotalCodeSize": 2**30, "FunctionCount": 3}
            self._send(200, json.dumps({"AccountLimit": limits, "AccountUsage": usage}))

        def _send(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        account.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield account
        finally:
            server.shutdown()
            thread.join()
