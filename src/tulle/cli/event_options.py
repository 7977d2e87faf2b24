"""Owns the options of `tulle dev` about asynchronous calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tulle.emulator.asynchronous.settings import AGE_LIMITS_S, RETRY_LIMITS, EventSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["event_options", "read_event_settings"]

_OPTIONS = (
    click.option(
        "--event-retries",
        type=click.IntRange(*RETRY_LIMITS),
        help="How often an asynchronous call that failed is tried again.  [default: 2]",
    ),
    click.option(
        "--event-max-age-s",
        type=click.IntRange(*AGE_LIMITS_S),
        help="How old an asynchronous call may become.  [default: 21600]",
    ),
    click.option(
        "--event-retry-wait-s",
        type=click.FloatRange(min=0),
        default=1.0,
        show_default=True,
        help="How long to wait before the first retry, and twice that before the second. "
        "On AWS it is 60.",
    ),
    click.option(
        "--dead-letter-file",
        type=click.Path(dir_okay=False, path_type=Path, resolve_path=True),
        metavar="PATH",
        help="Keep asynchronous calls that are given up, a line of JSON for each.",
    ),
)


def event_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_event_settings(
    retries: int | None,
    maximum_age_s: int | None,
    *,
    retry_wait_s: float,
    dead_letter_file: Path | None,
) -> EventSettings:
    """Make settings of what the options say."""
    return EventSettings(
        maximum_retries=retries,
        maximum_age_s=maximum_age_s,
        retry_waits_s=(retry_wait_s, 2 * retry_wait_s),
        dead_letter_file=dead_letter_file,
    )
