"""Hears which operations AWS's client asks for, in any process: its own monitoring tells it by UDP.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configure-SDK-Metrics.html
"""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIXES = {
    "API Gateway": "apigateway",
    "CloudFormation": "cloudformation",
    "CloudWatch": "cloudwatch",
    "CloudWatch Logs": "logs",
    "ECR": "ecr",
    "IAM": "iam",
    "Lambda": "lambda",
    "S3": "s3",
    "STS": "sts",
}
"""What IAM calls each service."""


@dataclass(frozen=True)
class CallMonitor:
    """Where the calls are told."""

    listener: socket.socket

    @property
    def environ(self) -> dict[str, str]:
        """Give what makes a process tell its calls."""
        host, port = self.listener.getsockname()
        return {"AWS_CSM_ENABLED": "true", "AWS_CSM_HOST": host, "AWS_CSM_PORT": str(port)}

    def operations(self) -> set[str]:
        """List what was asked for until now, as `ecr:PutImage`; the names are those of the API, not IAM's."""
        found: set[str] = set()
        while True:
            try:
                event = json.loads(self.listener.recv(65_536))
            except BlockingIOError:
                return found
            found.add(f"{_PREFIXES[event['Service']]}:{event['Api']}")


@contextmanager
def call_monitor() -> Iterator[CallMonitor]:
    """Listen on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        yield CallMonitor(listener)
