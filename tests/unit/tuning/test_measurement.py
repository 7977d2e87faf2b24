"""What two looks at the processor time say of the work between them."""

from __future__ import annotations

from tulle.emulator.sandbox.processor_time import ProcessorTime, ThreadTime
from tulle.tuning.measurement import Effort, effort_between


def used(total_ms: float, **threads: tuple[float, float]) -> ProcessorTime:
    """Say what threads named `t1`, `t2` ran, and for how long each was held up."""
    return ProcessorTime(
        total_ms=total_ms,
        threads={
            int(name[1:]): ThreadTime(ran_ms=ran_ms, held_up_ms=held_up_ms)
            for name, (ran_ms, held_up_ms) in threads.items()
        },
    )


def effort(serial_ms: float, parallel_ms: float, waiting_ms: float, *, wall_ms: float) -> Effort:
    return Effort(
        wall_ms=wall_ms, serial_ms=serial_ms, parallel_ms=parallel_ms, waiting_ms=waiting_ms
    )


def test_one_thread_shares_nothing_and_waits_for_the_rest() -> None:
    before, after = used(100, t1=(100, 5)), used(130, t1=(130, 5))
    assert effort_between(before, after, wall_ms=50) == effort(30, 0, 20, wall_ms=50)


def test_time_in_which_no_processor_was_free_is_no_waiting() -> None:
    before, after = used(100, t1=(100, 5)), used(130, t1=(130, 20))
    assert effort_between(before, after, wall_ms=50) == effort(30, 0, 5, wall_ms=50)


def test_what_a_second_thread_did_was_done_at_once_with_as_much_of_the_first() -> None:
    before, after = used(10, t1=(10, 0)), used(60, t1=(40, 0), t2=(20, 0))
    assert effort_between(before, after, wall_ms=31) == effort(10, 40, 1, wall_ms=31)


def test_four_workers_for_whom_the_first_thread_waits_share_all() -> None:
    workers = {f"t{number}": (25.0, 0.0) for number in (2, 3, 4, 5)}
    before, after = used(10, t1=(10, 0)), used(110, t1=(10, 0), **workers)
    assert effort_between(before, after, wall_ms=25) == effort(0, 100, 0, wall_ms=25)


def test_one_worker_for_whom_the_first_thread_waits_shares_nothing() -> None:
    before, after = used(10, t1=(10, 0)), used(35, t1=(10, 0), t2=(25, 0))
    assert effort_between(before, after, wall_ms=25) == effort(25, 0, 0, wall_ms=25)


def test_a_thread_that_has_ended_counts_in_the_whole() -> None:
    before, after = used(0), used(30, t1=(20, 0))
    assert effort_between(before, after, wall_ms=20) == effort(20, 10, 0, wall_ms=20)


def test_one_worker_that_has_ended_ran_while_the_first_thread_waited() -> None:
    before, after = used(10, t1=(10, 0)), used(35, t1=(10, 0))
    assert effort_between(before, after, wall_ms=40) == effort(25, 0, 15, wall_ms=40)


def test_workers_that_have_ended_ran_at_once_where_their_time_does_not_fit_otherwise() -> None:
    before, after = used(10, t1=(10, 0)), used(30, t1=(10, 0))
    assert effort_between(before, after, wall_ms=10) == effort(0, 20, 0, wall_ms=10)


def test_without_threads_all_is_one_threads_work() -> None:
    assert effort_between(used(5), used(35), wall_ms=40) == effort(30, 0, 10, wall_ms=40)
