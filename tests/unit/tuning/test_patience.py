"""What must not be left half done is finished, though somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal

import pytest

from tulle.progress import SilentReporter
from tulle.tuning.patience import let_finish, stopped_as_interrupted

STOPPING = [signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", [signal.SIGINT, *STOPPING])
def test_an_interrupt_waits_for_the_end(number: signal.Signals) -> None:
    done: list[str] = []

    def interrupted_work() -> None:
        with let_finish(SilentReporter()):
            os.kill(os.getpid(), number)
            done.append("all")

    with pytest.raises(KeyboardInterrupt):
        interrupted_work()
    assert done == ["all"]


def test_an_error_goes_before_an_interrupt() -> None:
    def broken_work() -> None:
        with let_finish(SilentReporter()):
            os.kill(os.getpid(), signal.SIGINT)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        broken_work()


@pytest.mark.parametrize("number", STOPPING)
def test_what_ends_a_job_is_an_interrupt(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), stopped_as_interrupted():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_as_interrupted(), let_finish(SilentReporter()):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
