"""The alarm that hangs up: one thread for all, woken for none that is over in time."""

import threading
import time

import pytest

from console.inbox.database_timeout import _TimeoutThread


class Line:
    """What the alarm watches; `cut` is set when it hung up."""

    def __init__(self):
        self.is_finished, self.cut, self.at = False, threading.Event(), 0.0

    def cut_connection(self):
        self.at = time.monotonic()
        self.cut.set()


@pytest.fixture
def alarm():
    return _TimeoutThread()


def test_what_takes_too_long_is_cut_and_what_ended_is_not(alarm):
    ended, hanging = Line(), Line()
    alarm.set(0.2, ended)
    ended.is_finished = True
    began = time.monotonic()
    alarm.set(0.3, hanging)
    assert hanging.cut.wait(5)
    assert hanging.at - began >= 0.3
    assert not ended.cut.is_set()


def test_a_shorter_limit_that_is_set_later_is_kept(alarm):
    long, short = Line(), Line()
    alarm.set(30, long)
    alarm.set(0.1, short)
    assert short.cut.wait(5)
    assert not long.cut.is_set()


def test_after_a_pause_it_watches_again(alarm):
    first, second = Line(), Line()
    alarm.set(0.1, first)
    first.is_finished = True
    time.sleep(0.3)
    alarm.set(0.1, second)
    assert second.cut.wait(5)
