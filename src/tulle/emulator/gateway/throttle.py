"""Owns the counting of requests: what comes too fast, and what is more than was agreed on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tulle.project.api import Period

if TYPE_CHECKING:
    from tulle.project.api import Quota, Throttle

__all__ = ["QuotaCount", "TokenBucket"]


class TokenBucket:
    """A request takes a token; `rate` of them come back each second, until there are `burst`.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._tokens = float(throttle.burst)
        self._seen_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Take a token; False if there is none."""
        if self._seen_s is not None:
            back = max(now_s - self._seen_s, 0) * self._throttle.rate
            self._tokens = min(self._tokens + back, self._throttle.burst)
        self._seen_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class QuotaCount:
    """How much of a quota is used since it last began anew: at midnight UTC, of the period's first day."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._since: datetime | None = None
        self._used = 0

    def take(self, now_s: float) -> bool:
        """Use one request of it; False if there is none left."""
        since = _beginning(self._quota.period, datetime.fromtimestamp(now_s, UTC))
        if since != self._since:
            self._since, self._used = since, 0
        if self._used >= self._quota.limit:
            return False
        self._used += 1
        return True


def _beginning(period: Period, now: datetime) -> datetime:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.DAY:
            return today
        case Period.WEEK:
            return today - timedelta(days=today.weekday())
        case Period.MONTH:
            return today.replace(day=1)
