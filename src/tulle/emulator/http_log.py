"""Owns what the HTTP server has to say of its own: refused requests, and faults of tulle."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp.http_exceptions import HttpProcessingError

if TYPE_CHECKING:
    from tulle.progress import Reporter

__all__ = ["http_logger"]

_EXCERPT = 120


def http_logger(reporter: Reporter) -> logging.Logger:
    """Make a logger for `aiohttp` that tells a reporter. It is known to nobody else."""
    logger = logging.Logger("tulle.emulator")  # noqa: LOG001 (a global one would hold every reporter)
    logger.addHandler(_ReporterHandler(reporter))
    return logger


class _ReporterHandler(logging.Handler):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__(logging.WARNING)
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            reason = " ".join(error.message.split())[:_EXCERPT]
            self._reporter.warn(f"a request was refused, for it is not good HTTP: {reason}")
        elif isinstance(error, ConnectionResetError):
            self._reporter.warn("a caller hung up before its request was answered")
        else:
            self._reporter.warn(self.format(record))
