"""For each defence of the mirror: with it a service in trouble does no harm, without it the check fails."""

import secrets
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from classes.models import Lesson
from console.iclass import NotFound
from console.mirror import backup_restore, registry
from console.mirror.reconciliation import start_run
from console.mirror.remote_deletions import check_missing_rows
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import SyncState
from tests.faults.divergence import DivergentSchool
from tests.faults.goals import sabotage, without_goal_lines
from tests.faults.processes import POLL, expire_leases
from tests.faults.sizes import dice
from tests.faults.test_divergence import check
from tests.support.iclass_service import create_class_remotely, create_lesson

pytestmark = pytest.mark.django_db(transaction=True)
LAG = {"list_lag_s": 3600}


@pytest.fixture(autouse=True)
def straight(iclass, settings):
    """Knobs and faults as before, whatever a control left behind."""
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10_000
    yield
    iclass.control("knobs", {"list_lag_s": None})


@pytest.fixture
def lesson(connected, alice, bob):
    """One that the service has, and that no walk has missed."""
    made = create_lesson(bob, alice)
    relay.drain()
    registry.reconcile(connected)
    made.refresh_from_db()
    assert made.sync_state == SyncState.IN_SYNC
    return made


SHOWN_AS_GONE = "it stands at the service and is shown as gone"


def with_and_without(defence, harmless):
    """Return what the goal says without the defence, after it held with it."""
    harmless()
    return sabotage(defence, harmless)


def never_gone(lesson):
    state = Lesson.objects.values_list("sync_state", flat=True).get(pk=lesson.pk)
    assert state != SyncState.GONE, SHOWN_AS_GONE


def test_absent_twice(lesson, connected, iclass):
    """A replica that is behind leaves a lesson out of the list and does not know it either, once."""

    def one_bad_moment():
        iclass.control("knobs", LAG)
        iclass.control(
            "faults", {"arm": {"kind": "refuse", "match": "class/info", "error_code": 10230, "times": 0}}
        )
        registry.reconcile(connected)
        iclass.control("faults", {"clear": True})
        iclass.control("knobs", {"list_lag_s": None})
        never_gone(lesson)
        registry.reconcile(connected)

    assert with_and_without("mirror.absent_twice", one_bad_moment) == SHOWN_AS_GONE


def test_info_decides(lesson, connected, iclass):
    def lists_that_lag():
        iclass.control("knobs", LAG)
        registry.reconcile(connected)
        registry.reconcile(connected)
        iclass.control("knobs", {"list_lag_s": None})
        never_gone(lesson)

    assert with_and_without("mirror.info_decides", lists_that_lag) == SHOWN_AS_GONE


def test_an_incomplete_list(lesson, connected):
    """The service loses a line of each page, and does not know that lesson when it is asked for it."""

    def lose_lines():
        for _ in range(3):
            walk_badly(connected, lesson, lambda page: msgspec.structs.replace(page, lines=page.lines[1:]))
        never_gone(lesson)

    assert with_and_without("mirror.incomplete", lose_lines) == SHOWN_AS_GONE


def test_lines_that_shift(lesson, connected, alice, bob):
    """A row slides into the next page and is shown twice, so that the number of lines is right."""
    create_lesson(bob, alice)
    relay.drain()

    def show_twice():
        for _ in range(3):
            walk_badly(
                connected,
                lesson,
                lambda page: msgspec.structs.replace(page, lines=[page.lines[-1], *page.lines[1:]]),
            )
        never_gone(lesson)

    assert with_and_without("mirror.dedupe", show_twice) == SHOWN_AS_GONE


def walk_badly(school: Any, lesson: Lesson, spoil: Any) -> None:
    """A walk whose pages come spoilt: `spoil` takes away the first line, which is made our lesson."""
    walk = start_run(school, "lessons")
    classes = school.client().classes

    def fetch(index: int, size: int) -> Any:
        page = classes.list(index, size)
        ours = [line for line in page.lines if line.class_id == lesson.class_id]
        others = [line for line in page.lines if line.class_id != lesson.class_id]
        return spoil(msgspec.structs.replace(page, lines=[*ours, *others]))

    result = walk.read(fetch, lambda line: line.class_id)
    seen = {str(line.class_id) for line in result.lines}
    check_missing_rows(walk, Lesson, {lesson.remote_id: lesson.pk}, seen, _nobody_knows)
    walk.finish()


def _nobody_knows(class_id: str) -> Any:
    raise NotFound(f"no class {class_id}")


def test_nothing_is_adopted_that_an_operation_may_have_made(connected, alice, bob, iclass, settings):
    settings.PROBE_DELAY_S = 60

    def lose_an_answer():
        iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
        made = create_lesson(bob, alice)
        relay.drain()
        registry.reconcile(connected)
        assert Lesson.objects.filter(topic=made.topic).count() == 1, "the lesson has two rows"

    with_and_without("mirror.adopt_unclaimed", lose_an_answer)


def test_a_look_that_was_paused_past_its_lease(lesson, connected, iclass, forge):
    def pause():
        old, new = (f"Topic {secrets.token_hex(4)}" for _ in range(2))
        iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": old})
        Lesson.objects.filter(pk=lesson.pk).update(look_at=timezone.now(), look_until=None)
        slow = forge.start(POLL, faults={"mirror.polled": "stop@1"})
        assert slow.stopped()
        iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": new})
        expire_leases(slow.pid)
        Lesson.objects.filter(pk=lesson.pk).update(look_at=timezone.now())
        assert registry.poll_due_rows() == 1
        slow.resume()
        slow.ended()
        assert Lesson.objects.get(pk=lesson.pk).observed["topic"] == new, "an old look was written over it"

    with_and_without("mirror.lease", pause)


@pytest.mark.full
def test_what_is_as_it_was_is_not_written(connected, alice, bob, iclass):
    def divergence():
        with without_goal_lines():
            check(DivergentSchool(iclass, connected, alice, bob, dice("quiet")), 40)

    with_and_without("mirror.quiet", divergence)


def test_a_restore_sends_nothing_before_it_is_compared(connected, alice, bob, iclass):
    def restored():
        made = create_lesson(bob, alice)
        create_class_remotely(iclass, made)
        backup_restore.hold_operations(connected)
        relay.drain()
        backup_restore.compare_with_service(connected)
        relay.drain()
        there = [line for line in every_class(iclass) if line["class_topic"] == made.topic]
        assert len(there) == 1, "it was made twice"
        made.refresh_from_db()
        assert made.remote_id == str(there[0]["class_id"])
        assert not Operation.objects.exclude(state="done").exists()

    with_and_without("mirror.restore_hold", restored)


def every_class(iclass: Any) -> list[dict[str, Any]]:
    told = iclass.call("class/list", {"index": 0, "size": 100})
    assert told["finish"], "more classes than this control reads"
    return list(told["list"])
