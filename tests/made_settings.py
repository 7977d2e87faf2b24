"""Any settings that a project file may hold, made by Hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["MUCH_OF_HTTP", "MUCH_OF_REST", "Settings", "settings_of_projects", "stages"]

Settings = dict[str, dict[str, object]]

_THROTTLE = {"rate": 5, "burst": 2}
_FUNCTION: dict[str, object] = {
    "environment": {"LEVEL": "info"},
    "tracing": True,
    "reserved_concurrency": 5,
}
_BOTH_HAVE: dict[str, object] = {
    "stage": "v1",
    "stage_variables": {"color": "blue"},
    "domain": "api.example.com",
    "base_path": "v1/cats",
    "timeout_s": 5,
    "throttle": _THROTTLE,
    "access_logs": True,
}
MUCH_OF_HTTP: Settings = {
    "model": {"path": "cats.tflite"},
    "function": _FUNCTION,
    "api": {
        **_BOTH_HAVE,
        "routes": ["POST /predict", "/a/{b}/{c+}", "$default", "OPTIONS /predict"],
        "route_throttle": {"POST /predict": _THROTTLE, "$default": _THROTTLE},
        "cors": {"allow_origins": ["https://example.com"], "allow_methods": ["POST"]},
        "jwt": {"issuer": "https://a.example.com", "audience": ["web"], "scopes": ["read"]},
    },
}
MUCH_OF_REST: Settings = {
    "model": {"path": "cats.tflite"},
    "package": {"type": "zip"},
    "function": _FUNCTION,
    "api": {
        **_BOTH_HAVE,
        "type": "rest",
        "routes": ["POST /predict", "/a/{b}/{c+}", "/", "OPTIONS /predict"],
        "route_throttle": {"POST /predict": _THROTTLE, "/a/{b}/{c+}": _THROTTLE},
        "binary_media_types": ["*/*"],
        "authorizer": "iam",
        "keys": {
            "partner": {"from_env": "PARTNER_KEY", "throttle": _THROTTLE},
            "own": {"quota": {"limit": 100, "period": "day"}},
        },
    },
}

stages = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9])?", fullmatch=True)

_NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{1,10}", fullmatch=True)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
_METHODS = st.sampled_from(["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
_PARTS = st.sampled_from(["a", "A", "ab", "a-b", "a_b", "v1.2", "{name}", "{id}", "x:y", "1"])
_HTTP_PARTS = _PARTS | st.sampled_from(["a%20b", "a+b", "~", ""])
_ORIGINS = st.sampled_from(["*", "https://*", "https://example.com", "http://localhost:3000"])
_HEADERS = st.sampled_from(["*", "content-type", "X-Api-Key", "authorization"])


def _some(**keys: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def _several(items: SearchStrategy[Any]) -> SearchStrategy[list[Any]]:
    return st.lists(items, min_size=1, max_size=3, unique=True)


def _paths(parts: SearchStrategy[str]) -> SearchStrategy[str]:
    between = st.lists(parts, max_size=3, unique=True)
    end = st.sampled_from(["", "/{proxy+}"])
    return (
        st.tuples(between, end)
        .map(lambda said: "/" + "/".join(said[0]) + said[1])
        .map(lambda path: path.replace("//{proxy+}", "/{proxy+}"))
    )


_FUNCTIONS = _some(
    memory_mb=st.integers(128, 10_240),
    timeout_s=st.integers(1, 900),
    runtime=st.sampled_from(["python3.14", "python3.13", "python3.12", "python3.11"]),
    architecture=st.sampled_from(["x86_64", "arm64"]),
    environment=st.dictionaries(_NAMES, _TEXTS, max_size=3),
    tracing=st.booleans(),
    reserved_concurrency=st.integers(0, 1000),
)
_THRESHOLDS = st.integers(1, 1000) | st.just(False)
_DEPLOYS = _some(
    log_retention_days=st.sampled_from([1, 30, 365, 3653]),
    keep=st.integers(2, 1000),
    alarms=_some(
        errors=_THRESHOLDS,
        throttles=_THRESHOLDS,
        p95_ms=_THRESHOLDS,
        topic=st.just("arn:aws:sns:eu-west-1:123456789012:alarms"),
    ),
)
_THROTTLES = _some(
    rate=st.floats(0, 10_000).map(lambda rate: round(rate, 2)), burst=st.integers(0, 5000)
)
_CORS = st.fixed_dictionaries(
    {"allow_origins": _several(_ORIGINS)},
    optional={
        "allow_methods": _several(_METHODS.filter(lambda method: method != "ANY") | st.just("*")),
        "allow_headers": _several(_HEADERS),
        "expose_headers": _several(_HEADERS),
        "max_age_s": st.integers(-1, 86_400),
        "allow_credentials": st.booleans(),
    },
)
_JWT = st.fixed_dictionaries(
    {
        "issuer": st.just("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a"),
        "audience": _several(st.sampled_from(["web", "phone"])),
    },
    optional={"scopes": _several(st.sampled_from(["pictures/read", "openid"]))},
)
_KEYS = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True),
    _some(
        from_env=st.just("PARTNER_KEY"),
        throttle=_THROTTLES,
        quota=st.fixed_dictionaries(
            {"limit": st.integers(1, 10_000)},
            optional={"period": st.sampled_from(["day", "week", "month"])},
        ),
    ),
    max_size=2,
)
_MEDIA_TYPES = st.sampled_from(["image/*", "*/*", "application/octet-stream", "image/png"])
_BOTH: dict[str, SearchStrategy[Any]] = {
    "stage": st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True),
    "stage_variables": st.dictionaries(
        _NAMES, st.from_regex(r"[A-Za-z0-9._~:/?#&=,-]{1,20}", fullmatch=True), max_size=2
    ),
    "domain": st.just("api.example.com"),
    "base_path": st.sampled_from(["v1", "/v1/cats/", "a_b"]),
    "throttle": _THROTTLES,
    "access_logs": st.booleans(),
}


@st.composite
def _routed(
    draw: st.DrawFn,
    parts: SearchStrategy[str],
    more: SearchStrategy[dict[str, Any]],
    *,
    default: bool,
) -> dict[str, Any]:
    """Make the routes, and then bound some of them."""
    routes = st.tuples(_METHODS, _paths(parts)).map(" ".join)
    drawn = draw(
        st.lists(routes | st.just("$default") if default else routes, max_size=5, unique=True)
    )
    api = draw(more)
    if drawn:
        api["routes"] = drawn
        bounded = draw(st.lists(st.sampled_from(drawn), max_size=2, unique=True))
        if bounded:
            api["route_throttle"] = {key: draw(_THROTTLES) for key in bounded}
    return api


_WHO: SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}), st.just({"authorizer": "iam"}), _JWT.map(lambda jwt: {"jwt": jwt})
)
_HTTP = _routed(
    _HTTP_PARTS,
    st.tuples(
        _some(**_BOTH, type=st.just("http"), timeout_s=st.floats(0.05, 30), cors=_CORS), _WHO
    ).map(lambda said: {**said[0], **said[1]}),
    default=True,
)
_REST_KEYS: dict[str, SearchStrategy[Any]] = {
    **_BOTH,
    "timeout_s": st.floats(0.05, 300),
    "binary_media_types": st.lists(_MEDIA_TYPES, max_size=3, unique=True),
    "keys": _KEYS,
    "authorizer": st.just("iam"),
}
_REST = _routed(
    _PARTS,
    _some(**_REST_KEYS).map(lambda api: {**api, "type": "rest"}),
    default=False,
)
_URL = _some(cors=_CORS, authorizer=st.just("iam")).map(lambda api: {**api, "type": "url"})
_NONE: SearchStrategy[dict[str, Any]] = st.just({"type": "none"})

_MODELS = st.sampled_from(["cats", "Cats 2", "ü", "x" * 40]).map(
    lambda name: {"path": f"{name}.tflite"}
)
_ALWAYS: dict[str, SearchStrategy[Any]] = {
    "model": _MODELS,
    "package": st.sampled_from([{"type": "image"}, {"type": "zip"}]),
}
_PERHAPS: dict[str, SearchStrategy[Any]] = {
    "function": _FUNCTIONS,
    "deploy": _DEPLOYS,
    "api": _HTTP | _HTTP | _REST | _REST | _URL | _NONE,
}
settings_of_projects: SearchStrategy[Settings] = st.fixed_dictionaries(_ALWAYS, optional=_PERHAPS)
