"""Owns `Gate`: who may come in, and how often."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tulle.emulator.gateway.kind import Refusal, Refused
from tulle.emulator.gateway.throttle import QuotaCount, TokenBucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tulle.emulator.gateway.api_keys import IssuedKey
    from tulle.project.api import Throttle
    from tulle.project.route import Route

__all__ = ["Gate"]


class Gate:
    """Lets a request in, or refuses it. Keys are looked at first, then their limits, then the route's.

    Args:
        throttle: for each route by itself.
        route_throttle: for single routes instead, by their keys.
        keys: who may call; nobody is asked for a key where there are none. Nor is a route that is
            for OPTIONS alone: browsers send no keys with a preflight.
    """

    def __init__(
        self,
        throttle: Throttle,
        route_throttle: Mapping[str, Throttle] | None = None,
        keys: Iterable[IssuedKey] = (),
    ) -> None:
        self._throttle = throttle
        self._route_throttle = route_throttle or {}
        self._routes: dict[str, TokenBucket] = {}
        self._callers = [_Caller(key) for key in keys]

    def admit(self, route: Route, key_value: str, now_s: float) -> IssuedKey | None:
        """Let a request in, and tell whose key it showed.

        Raises:
            Refused: it may not come in.
        """
        caller = None if route.method == "OPTIONS" else self._find(key_value)
        if caller is not None:
            caller.count(now_s)
        if route.key not in self._routes:
            throttle = self._route_throttle.get(route.key, self._throttle)
            self._routes[route.key] = TokenBucket(throttle)
        if not self._routes[route.key].take(now_s):
            raise Refused(Refusal.TOO_MANY_REQUESTS)
        return None if caller is None else caller.issued

    def _find(self, key_value: str) -> _Caller | None:
        if not self._callers:
            return None
        shown = key_value.encode()
        for caller in self._callers:
            if secrets.compare_digest(caller.issued.value.encode(), shown):
                return caller
        raise Refused(Refusal.UNKNOWN_KEY)


class _Caller:
    """A key with what it has used."""

    def __init__(self, issued: IssuedKey) -> None:
        self.issued = issued
        throttle, quota = issued.key.throttle, issued.key.quota
        self._bucket = None if throttle is None else TokenBucket(throttle)
        self._quota = None if quota is None else QuotaCount(quota)

    def count(self, now_s: float) -> None:
        if self._bucket is not None and not self._bucket.take(now_s):
            raise Refused(Refusal.TOO_MANY_REQUESTS)
        if self._quota is not None and not self._quota.take(now_s):
            raise Refused(Refusal.QUOTA_EXCEEDED)
