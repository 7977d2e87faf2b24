"""Owns trying again: what fails for a moment is done anew, a bounded number of times, more and more slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tulle.errors import RegistryUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tulle.registry.access import Access

__all__ = ["Momentary", "Patience", "patiently"]

T = TypeVar("T")

_ATTEMPTS = 5
_FIRST_DELAY_S = 0.5
_MAX_DELAY_S = 60.0


class Momentary(Exception):
    """Something failed that may go well the next time.

    Args:
        reason: what happened, for people.
        retry_after_s: how long the other side asked to be left alone.
    """

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Patience:
    """Counts the failures of one piece of work."""

    def __init__(self, registry: str, access: Access) -> None:
        self._registry = registry
        self._access = access
        self._failures = 0

    def wait(self, failure: Momentary) -> None:
        """Wait before the next attempt.

        Raises:
            RegistryUnavailable: it has failed often enough.
        """
        self._failures += 1
        if self._failures == _ATTEMPTS:
            raise RegistryUnavailable(
                f"the registry {self._registry} failed in {_ATTEMPTS} attempts",
                hint="check its name and your network, or try again later: it goes on with what is missing",
                detail=str(failure),
            ) from None  # the detail says all that its causes do
        delay = _FIRST_DELAY_S * 2.0 ** (self._failures - 1) * (1 + self._access.random())
        delay = min(max(delay, failure.retry_after_s or 0), _MAX_DELAY_S)
        self._access.reporter.note(f"{failure}; trying again in {delay:.1f} s")
        self._access.sleep(delay)


def patiently(work: Callable[[], T], registry: str, access: Access) -> T:
    """Do something until it no longer fails for a moment."""
    patience = Patience(registry, access)
    while True:
        try:
            return work()
        except Momentary as failure:
            patience.wait(failure)
