"""Owns `Endpoints`: live URLs, asked as boto3 asks AWS, with its proxies, its certificates and its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from tulle.aws.failure import translated

if TYPE_CHECKING:
    from tulle.aws.session import AwsSession

__all__ = ["Endpoints", "HttpAnswer", "HttpRequest"]

_CONNECT_S, _ANSWER_S = 15, 910  # a function URL may take as long as a function


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What is asked of a URL.

    Args:
        signed_for: the AWS service that the user's signature is meant for; None sends none.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    signed_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back.

    Args:
        headers: by names in lower case.
    """

    status: int
    headers: dict[str, str]
    body: bytes


class Endpoints:
    """Asks URLs of functions and of API Gateway."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._verify: str | bool = session.authorities() or True
        self._open: dict[bool, URLLib3Session] = {}

    def ask(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and read the answer.

        Raises:
            AwsUnreachable: nobody answers; the name of a new API may take a moment to be known.
        """
        made = AWSRequest(
            method=request.method,
            url=request.url,
            data=request.body,
            headers=dict(request.headers),
        )
        if request.signed_for is not None:
            credentials = self._session.credentials()
            SigV4Auth(credentials, request.signed_for, self._session.region).add_auth(made)
        with translated("execute-api"):
            response = self._http(request.url).send(made.prepare())
            return HttpAnswer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=response.content,
            )

    def _http(self, url: str) -> URLLib3Session:
        proxies = get_environ_proxies(url)
        if bool(proxies) not in self._open:
            self._open[bool(proxies)] = URLLib3Session(
                verify=self._verify,  # type: ignore[arg-type]  # the stubs are narrower than botocore
                proxies=proxies,
                timeout=(_CONNECT_S, _ANSWER_S),  # type: ignore[arg-type]  # likewise
            )
        return self._open[bool(proxies)]
