"""2,000 events as 10,000 shuffled, repeated deliveries over 8 connections: the same end each time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import Enterprise
from classes.models import Lesson
from console.inbox import processing
from console.inbox.models import Callback
from tests.faults.callback_senders import (
    LATE,
    Deliver,
    build_deliveries,
    build_events,
    create_school_with_lessons,
    in_process,
    link_late_lessons,
    over_http,
    result_state,
    signed_callback_path,
)
from tests.faults.goals import goal
from tests.faults.sizes import dice, size
from tests.support.programs import Console

CONNECTIONS = 8

pytestmark = pytest.mark.timeout(size(full=7200, ci=900))


def check_disorder(deliver: Deliver, *, seeds: int, told: int, sent: int) -> None:
    """Deliver the same events in another disorder for each seed; every end must be the same."""
    ends = []
    for number in range(seeds):
        school = create_school_with_lessons(number)
        began = time.monotonic()
        statuses = _one_disorder(deliver, school, number, told, sent)
        ends.append(result_state(school))
        rows = Callback.objects.filter(enterprise=school)
        counted = rows.aggregate(all=Sum("deliveries"))["all"] or 0
        goal(
            "callbacks",
            shuffle=number,
            events=told,
            deliveries=len(statuses),
            rows=rows.count(),
            lost=max(0, told - rows.count()) + max(0, sent - counted),
            doubled=max(0, rows.count() - told),
            not_acknowledged=len(statuses) - statuses.count(200),
            **{"5xx": sum(status >= 500 for status in statuses)},
            seconds=time.monotonic() - began,
        )
        assert statuses.count(200) == sent, "some were not acknowledged"
        assert (rows.count(), counted) == (told, sent), "a row for each event, a count for each delivery"
        _all_settled(school)
        for part, was in ends[0].items():
            assert ends[-1][part] == was, f"{part} depend on the order"


def _one_disorder(deliver: Deliver, school: Enterprise, number: int, told: int, sent: int) -> list[int]:
    """Deliver all; the inbox handles meanwhile, and late lessons become known somewhere in the middle."""
    chance = dice(f"callbacks {number}")
    bodies = build_deliveries(build_events(told), sent, chance)
    cut = chance.randrange(len(bodies) // 4, len(bodies) // 2)
    address = signed_callback_path(school)
    statuses = _meanwhile(deliver, address, bodies[:cut])
    link_late_lessons(school)
    statuses += _meanwhile(deliver, address, bodies[cut:])
    _drained()
    return statuses


def _meanwhile(deliver: Deliver, address: str, bodies: list[bytes]) -> list[int]:
    """Deliver while the inbox handles what is there."""
    if deliver is in_process:
        half = len(bodies) // 2
        first = deliver(address, bodies[:half])
        _drained()
        return first + deliver(address, bodies[half:])
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(deliver, address, bodies)
        while not sending.done():
            _drained(limit=100)
            time.sleep(0.5)  # repeats that come in between are one look
        return sending.result()


def _drained(limit: int = 10_000) -> None:
    try:
        processing.process_due_callbacks(limit)
    except ZeroDivisionError:
        raise AssertionError("an event that cannot be handled stopped the inbox") from None


def _all_settled(school: Enterprise) -> None:
    """Only what really waits still waits, and news of a lesson that is known asked for a look at it."""
    rows = Callback.objects.filter(enterprise=school)
    known = {row.remote_id: row for row in Lesson.objects.filter(enterprise=school)}
    for row in rows.exclude(state="done"):
        assert row.reason in ("unknown_class", "no_class", "handler_failed"), row.reason
        assert row.class_id not in known, f"an event of lesson {row.class_id} still waits"
    heard = {row.class_id for row in rows.exclude(event="online_record_stop")}
    for class_id in heard & {str(number) for number in LATE}:
        assert known[class_id].look_at, f"lesson {class_id} is not looked at"


def test_neither_order_nor_repeats_nor_connections_change_the_end(
    start_console: Callable[..., Console], tmp_path: Any
) -> None:
    url = start_console(SWEEP_EVERY_S="600", CONSOLE_DATA=str(tmp_path)).url
    told, sent = size(full=2_000, ci=102), size(full=10_000, ci=306)
    check_disorder(over_http(url, CONNECTIONS), seeds=size(full=20, ci=2), told=told, sent=sent)
