"""Who measures time has the machine alone, and waits only for what has begun."""

import fcntl
import threading

from tests.support.timed import locked


def test_a_timed_test_waits_for_what_runs_and_goes_before_what_comes_later() -> None:
    order: list[str] = []
    running, asked, end_running = (threading.Event() for _ in range(3))

    def other_test() -> None:
        with locked("timed-order", fcntl.LOCK_SH):
            running.set()
            end_running.wait(10)
            order.append("running")

    def timed_test() -> None:
        asked.set()
        with locked("timed-order", fcntl.LOCK_EX):
            order.append("timed")

    def later_test() -> None:
        with locked("timed-order", fcntl.LOCK_SH):
            order.append("later")

    first, timed, later = (threading.Thread(target=one) for one in (other_test, timed_test, later_test))
    first.start()
    assert running.wait(10)
    timed.start()
    assert asked.wait(10)
    timed.join(0.3)  # until it holds the turnstile
    later.start()
    later.join(0.3)
    assert order == []
    end_running.set()
    for one in (first, timed, later):
        one.join(10)
    assert order == ["running", "timed", "later"]
