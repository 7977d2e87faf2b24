"""Owns `ApiSection`: how a function is reached over HTTP, as `[api]` says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tulle.project.route import Route, read_route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ApiKey",
    "ApiSection",
    "ApiType",
    "Authorizer",
    "Cors",
    "Jwt",
    "Period",
    "Quota",
    "Throttle",
    "read_api",
]


class ApiType(StrEnum):
    """What stands before a function."""

    HTTP = "http"
    REST = "rest"
    URL = "url"
    NONE = "none"


class Authorizer(StrEnum):
    """Who decides whether a request may come, on AWS alone."""

    IAM = "iam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt:
    """`[api.jwt]`: whose tokens an HTTP API takes, on AWS alone."""

    issuer: str
    audience: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    """One of them must be in the token; empty asks for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """`[api.cors]`: which pages of other origins may call, in AWS's own words."""

    allow_origins: tuple[str, ...] = ()
    """Exact ones, `*`, or `https://*` and `http://*` for all of a scheme."""
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age_s: int | None = None
    allow_credentials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How many requests may come: `rate` a second, and `burst` at once.

    The defaults are those of an AWS account:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """

    rate: float = 10_000
    burst: int = 5_000


class Period(StrEnum):
    """The time after which a quota begins anew."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests a key may make in a day, a week or a month."""

    limit: int
    period: Period = Period.MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`[api.keys.NAME]`: one who may call a REST API, and how much."""

    name: str
    from_env: str | None = None
    """The environment variable that holds the key; None has one made at each start."""
    throttle: Throttle | None = None
    quota: Quota | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSection:
    """`[api]`: how the function is reached."""

    type: ApiType = ApiType.HTTP
    routes: tuple[Route, ...] = (Route(path="/predict"),)
    stage: str | None = None
    """None is `$default` for an HTTP API and `prod` for a REST API."""
    stage_variables: tuple[tuple[str, str], ...] = ()
    base_path: str | None = None
    """The path under which a custom domain has the API; it stands where the stage would."""
    domain: str | None = None
    """A custom domain that the account has, to which a deployment ties the API."""
    binary_media_types: tuple[str, ...] = ("image/*", "application/octet-stream")
    timeout_s: float | None = None
    """How long the gateway waits for the function; None is as long as AWS's does."""
    throttle: Throttle = Throttle()
    """For each route by itself."""
    route_throttle: tuple[tuple[str, Throttle], ...] = ()
    """For single routes, by their keys."""
    cors: Cors | None = None
    keys: tuple[ApiKey, ...] = ()
    access_logs: bool = False
    authorizer: Authorizer | None = None
    jwt: Jwt | None = None

    @property
    def stage_name(self) -> str:
        """The stage, also where none is named."""
        return self.stage or ("prod" if self.type is ApiType.REST else "$default")

    @property
    def prefix(self) -> str:
        """What stands before the routes in a URL: `/dev`, or nothing."""
        if self.base_path:
            return f"/{self.base_path.strip('/')}"
        return f"/{self.stage}" if self.stage and self.type is ApiType.HTTP else ""


def read_api(content: Mapping[str, Any]) -> ApiSection:
    """Read the section, which has been checked."""
    given = dict(content)
    texts = given.pop("routes", None) or [given.pop("route", "/predict")]
    readers: dict[str, Callable[[Any], object]] = {
        "type": ApiType,
        "stage_variables": lambda value: tuple(value.items()),
        "binary_media_types": tuple,
        "throttle": lambda value: Throttle(**value),
        "route_throttle": _route_throttle,
        "cors": lambda value: Cors(**_tuples(value)),
        "authorizer": Authorizer,
        "jwt": lambda value: Jwt(**_tuples(value)),
        "keys": lambda value: tuple(_key(name, said) for name, said in value.items()),
    }
    for name, read in readers.items():
        if name in given:
            given[name] = read(given[name])
    routes = tuple(route for text in texts if (route := read_route(text)) is not None)
    return ApiSection(routes=routes, **given)


def _route_throttle(value: Mapping[str, Any]) -> tuple[tuple[str, Throttle], ...]:
    routes = ((read_route(text), throttle) for text, throttle in value.items())
    return tuple((route.key, Throttle(**throttle)) for route, throttle in routes if route)


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(item) if isinstance(item, list) else item for name, item in said.items()}


def _key(name: str, said: Mapping[str, Any]) -> ApiKey:
    throttle, quota = said.get("throttle"), said.get("quota")
    return ApiKey(
        name=name,
        from_env=said.get("from_env"),
        throttle=None if throttle is None else Throttle(**throttle),
        quota=None
        if quota is None
        else Quota(limit=quota["limit"], period=Period(quota.get("period", Period.MONTH))),
    )
