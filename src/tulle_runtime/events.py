"""Owns the shapes in which a request reaches the function, and the responses that each wants back.

One class a shape; exactly one of them matches an event. What all HTTP shapes share (what a request may say, what an
answer holds) stands once, in `read_request` and `Answer`. Shapes: AWS's documentation of API Gateway, function URLs
and Application Load Balancers.
"""

import binascii
import json
from urllib.parse import unquote_plus

from tulle_runtime.faults import BadRequest, Fault, MethodNotAllowed, UnsupportedMediaType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Event = Mapping[str, Any]

__all__ = [
    "Alb",
    "Answer",
    "HttpApi",
    "Request",
    "RestApi",
    "read_direct",
    "read_request",
    "shape_of",
]

_HOW = (
    'Send {"url": "https://…"} or {"image": "<base64>"} as JSON, or the picture itself as the body.'
)


class Request:
    """What is asked: the picture behind `url`, or the `picture` itself. One of the two is None."""

    __slots__ = ("picture", "url")

    def __init__(self, *, url: str | None = None, picture: bytes | None = None) -> None:
        self.url = url
        self.picture = picture


class Answer:
    """What goes back over HTTP: a JSON body with its status and headers."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, content: dict[str, object], headers: dict[str, str]) -> None:
        self.status = status
        self.body = json.dumps(content, ensure_ascii=False)
        self.headers = headers

    @classmethod
    def of_fault(cls, fault: Fault) -> "Answer":
        """Put a fault into an RFC 9457 problem document."""
        problem = {"title": fault.title, "status": fault.status, "detail": str(fault)}
        headers = {"content-type": "application/problem+json"}
        if fault.status == 405:
            headers["allow"] = "GET, POST"
        return cls(fault.status, problem, headers)


class HttpApi:
    """HTTP API and function URL: payload format 2.0."""

    @staticmethod
    def matches(event: "Event") -> bool:
        """Tell whether an event has this shape."""
        return "http" in _context(event)

    @staticmethod
    def read(event: "Event") -> Request:
        """Read the request."""
        query = event.get("queryStringParameters") or {}
        return read_request(event["requestContext"]["http"]["method"], event, query.get("url"))

    @staticmethod
    def write(answer: Answer, _: "Event") -> dict[str, object]:
        """Write the response."""
        return _proxy_response(answer)


class RestApi:
    """REST API, and HTTP API with payload format 1.0."""

    @staticmethod
    def matches(event: "Event") -> bool:
        """Tell whether an event has this shape."""
        return "httpMethod" in _context(event)

    @staticmethod
    def read(event: "Event") -> Request:
        """Read the request."""
        query = event.get("queryStringParameters") or {}
        return read_request(event["httpMethod"], event, query.get("url"))

    @staticmethod
    def write(answer: Answer, _: "Event") -> dict[str, object]:
        """Write the response."""
        return _proxy_response(answer)


class Alb:
    """Application Load Balancer, with or without multi-value headers. It does not decode the query."""

    @staticmethod
    def matches(event: "Event") -> bool:
        """Tell whether an event has this shape."""
        return "elb" in _context(event)

    @staticmethod
    def read(event: "Event") -> Request:
        """Read the request."""
        query = event.get("queryStringParameters") or {}
        several = event.get("multiValueQueryStringParameters") or {}
        url = query.get("url") or (several.get("url") or [None])[-1]
        return read_request(event["httpMethod"], event, unquote_plus(url) if url else None)

    @staticmethod
    def write(answer: Answer, event: "Event") -> dict[str, object]:
        """Write the response: a balancer with multi-value headers reads only `multiValueHeaders`."""
        response = _proxy_response(answer)
        response["statusDescription"] = (
            f"{answer.status} {'OK' if answer.status == 200 else 'Error'}"
        )
        if "multiValueHeaders" in event:
            response["multiValueHeaders"] = {
                name: [value] for name, value in answer.headers.items()
            }
            del response["headers"]
        return response


def shape_of(event: "Event") -> "type[HttpApi | RestApi | Alb] | None":
    """Find the HTTP shape of an event; None for a direct invoke, which is all that no gateway made."""
    return next((shape for shape in (HttpApi, RestApi, Alb) if shape.matches(event)), None)


def read_direct(event: object) -> Request:
    """Read a direct invoke's request: the event itself, or what a gateway's JSON body holds."""
    if not isinstance(event, dict):
        raise BadRequest(f"The request is not a JSON object. {_HOW}")
    url, image = event.get("url"), event.get("image")
    if url is not None and image is not None:
        raise BadRequest("Both 'url' and 'image' are given. Send one of them.")
    if url is None and image is None:
        raise BadRequest(f"There is no 'url' and no 'image'. {_HOW}")
    if not isinstance(url, str | None) or not isinstance(image, str | None):
        raise BadRequest(f"'url' and 'image' must be strings. {_HOW}")
    return Request(url=url) if image is None else Request(picture=_from_base64(image))


def read_request(method: str, event: "Event", url: str | None) -> Request:
    """Read what an HTTP request asks for, by its method, its content type and its body.

    Args:
        method: GET with `?url=`, or POST.
        event: where `headers` or `multiValueHeaders`, `body` and `isBase64Encoded` stand, as in every HTTP shape.
        url: the decoded query parameter of that name.
    """
    if method in ("GET", "HEAD"):
        if not url:
            raise BadRequest(
                "There is no 'url' in the query. Ask for ?url=https://… or POST a picture."
            )
        return Request(url=url)
    if method != "POST":
        raise MethodNotAllowed(
            f"{method} is not answered here. Use POST, or GET with ?url=https://…."
        )
    content_type = _content_type(event)
    body = _body(event)
    if not body:
        raise BadRequest(f"The body is empty. {_HOW}")
    is_json = content_type == "application/json" or content_type.endswith("+json")
    if is_json or (not content_type and body.lstrip()[:1] == b"{"):
        return _from_json(body)
    if (
        content_type
        and not content_type.startswith("image/")
        and content_type != "application/octet-stream"
    ):
        raise UnsupportedMediaType(
            f"The Content-Type is {content_type}. Say application/json for a JSON body, image/* for a picture."
        )
    if not event.get("isBase64Encoded"):
        raise UnsupportedMediaType(
            "The gateway passed the picture on as text, which breaks it. "
            "Declare image/* as a binary media type there, or send it as base64 in JSON."
        )
    return Request(picture=body)


def _from_json(body: bytes) -> Request:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise BadRequest(f"The body is not JSON ({exc}). {_HOW}") from exc
    return read_direct(content)


def _from_base64(text: str) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError as exc:
        raise BadRequest(
            f"'image' is not base64 ({exc}). Encode the picture file's bytes."
        ) from exc


def _content_type(event: "Event") -> str:
    headers = event.get("headers") or {
        name: values[-1]
        for name, values in (event.get("multiValueHeaders") or {}).items()
        if values
    }
    value = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    return (value or "").partition(";")[0].strip().lower()


def _body(event: "Event") -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode()
    try:
        return binascii.a2b_base64(body)
    except ValueError as exc:
        raise BadRequest(f"The body is marked as base64 and is not ({exc}).") from exc


def _context(event: object) -> "Mapping[str, Any]":
    """Give the request context that every gateway adds, and a direct invoke does not have."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    return context if isinstance(context, dict) else {}


def _proxy_response(answer: Answer) -> dict[str, object]:
    return {
        "statusCode": answer.status,
        "headers": answer.headers,
        "body": answer.body,
        "isBase64Encoded": False,
    }
