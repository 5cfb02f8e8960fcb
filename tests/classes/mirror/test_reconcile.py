"""Comparing all lessons with the local service: what is gone, what came back, what nobody may adopt."""

import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from classes.lessons.services import cancel_lesson, edit_lesson, start_lesson
from classes.models import Attendance, Lesson, Member
from console.audit.models import AuditEntry
from console.mirror import registry
from console.mirror.models import MissingRow, ReconcileState
from console.mirror.reconciliation import start_run
from console.outbox import relay
from console.outbox.states import SyncState
from tests.faults.mutants import mutated
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lesson(connected, alice, bob, mouse):
    """A lesson for tomorrow that the service has."""
    made = create_lesson(bob, alice, students=[mouse])
    relay.drain()
    made.refresh_from_db()
    assert made.remote_id
    return made


def walk(school, times=1):
    for _ in range(times):
        report = registry.reconcile(school)["lessons"]
    return report


def made_outside(iclass, **fields):
    start = int(timezone.now().timestamp()) + 86400
    made = iclass.call(
        "class/create",
        {
            "teacher_id": "bob",
            "class_topic": f"Outside {secrets.token_hex(4)}",
            "class_type": "1vN",
            "start_time": start,
            "stop_time": start + 2700,
            "admin_id": "administrator",
            "admin_sig": "x",
            **fields,
        },
    )
    assert made["error_code"] == 0, made
    return made["class_id"]


def test_a_lesson_deleted_outside_is_gone_after_two_walks_and_keeps_all_that_is_ours(
    lesson, connected, iclass
):
    iclass.call("class/delete", {"class_id": lesson.class_id})
    assert walk(connected).gone == 0
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert walk(connected).gone == 1
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.look_at, lesson.members.count()) == (SyncState.GONE, None, 1)
    assert lesson.cancelled_at is None
    assert AuditEntry.objects.filter(action="lesson.gone", object_id=str(lesson.pk)).count() == 1
    assert walk(connected).gone == 0
    assert not MissingRow.objects.exists()


def test_a_lesson_that_is_gone_is_not_polled_on_and_keeps_its_attendance(
    connected, alice, bob, mouse, iclass
):
    running = create_lesson(bob, alice, students=[mouse], starts_at=timezone.now())
    start_lesson(lesson=running, by=alice)
    relay.drain()
    registry.poll_due_rows()
    marks = Attendance.objects.filter(lesson=running).count()
    assert marks
    iclass.call("class/stop", {"class_id": Lesson.objects.get(pk=running.pk).class_id})
    iclass.call("class/delete", {"class_id": Lesson.objects.get(pk=running.pk).class_id})
    walk(connected, 2)
    running.refresh_from_db()
    assert (running.sync_state, running.look_at) == (SyncState.GONE, None)
    Lesson.objects.filter(pk=running.pk).update(look_at=None)
    assert registry.poll_due_rows() == 0
    assert Attendance.objects.filter(lesson=running).count() == marks


def test_a_lesson_that_only_the_list_leaves_out_is_not_gone(lesson, connected, iclass):
    iclass.control("knobs", {"list_lag_s": 3600})
    try:
        assert [walk(connected).gone for _ in range(3)] == [0, 0, 0]
        lesson.refresh_from_db()
        assert lesson.sync_state == SyncState.IN_SYNC
        with mutated("mirror.info_decides"):
            assert walk(connected).gone > 0
    finally:
        iclass.control("knobs", {"list_lag_s": None})
    assert walk(connected).changed > 0
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert lesson.look_at is not None


def test_a_list_that_was_not_read_whole_counts_nothing_as_absent(lesson, connected, iclass):
    iclass.call("class/delete", {"class_id": lesson.class_id})
    walk(connected)
    assert MissingRow.objects.filter(subject_id=lesson.pk, subject_type="classes.lesson").exists()
    before = ReconcileState.objects.get(enterprise=connected, name="lessons").generation
    iclass.control("faults", {"arm": {"kind": "bad_json", "match": "class/list", "times": 2}})
    for _ in range(2):
        report = walk(connected)
        assert not report.complete
        assert report.problems
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert ReconcileState.objects.get(enterprise=connected, name="lessons").generation == before
    assert walk(connected).gone == 1


def test_what_a_line_does_not_tell_is_seen_too(lesson, connected, iclass):
    """Members and settings stand in /class/info alone."""
    iclass.call("member/delete", {"class_id": lesson.class_id, "list": ["mouse"]})
    iclass.call("class/modify", {"class_id": lesson.class_id, "settings": {"bitrate": 1200}})
    assert walk(connected).changed == 1
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.CHANGED_OUTSIDE
    assert (lesson.observed["members"], lesson.observed["bitrate"], lesson.bitrate) == ({}, 1200, 850)
    assert lesson.members.count() == 1


def test_who_was_taken_off_a_lesson_that_runs_is_seen_without_a_poll(lesson, connected, iclass):
    iclass.call("class/start", {"class_id": lesson.class_id})
    walk(connected)
    lesson.refresh_from_db()
    assert (lesson.status, list(lesson.observed["members"])) == ("ing", ["mouse"])
    iclass.call("member/delete", {"class_id": lesson.class_id, "list": ["mouse"]})
    walk(connected)
    lesson.refresh_from_db()
    assert lesson.observed["members"] == {}
    assert lesson.sync_state == SyncState.CHANGED_OUTSIDE


def test_of_many_coming_lessons_each_walk_asks_for_a_share(connected, alice, bob, iclass, settings):
    lessons = [create_lesson(bob, alice) for _ in range(3)]
    relay.drain()
    walk(connected)
    for lesson in lessons:
        lesson.refresh_from_db()
        iclass.call("class/modify", {"class_id": lesson.class_id, "settings": {"bitrate": 1200}})
    coming = Lesson.objects.filter(enterprise=connected, status="will", cancelled_at=None).count()
    settings.RECONCILE_MAX_LESSONS = coming - 1
    changed = [walk(connected).changed for _ in range(2)]
    assert sum(changed) == 3
    assert 0 < changed[0] < 3


def test_a_lesson_made_outside_comes_with_people_whom_nobody_knew(connected, bob, iclass):
    iclass.call("user/register", {"list": [{"user_id": "dodo", "role": "student", "nickname": "Dodo"}]})
    class_id = made_outside(iclass, members=[{"role": "student", "user_id": "dodo"}])
    registry.reconcile(connected)
    lesson = Lesson.objects.get(remote_id=str(class_id))
    assert (lesson.made_outside, lesson.sync_state) == (True, SyncState.IN_SYNC)
    dodo = Member.objects.get(lesson=lesson).user
    assert (dodo.nickname, dodo.made_outside, dodo.sync_state) == ("Dodo", True, SyncState.IN_SYNC)


def test_a_cancelled_lesson_is_neither_missed_nor_adopted_again(lesson, connected, alice):
    walk(connected)
    cancel_lesson(lesson=lesson, by=alice)
    before = Lesson.objects.count()
    walk(connected)
    relay.drain()
    walk(connected, 2)
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert Lesson.objects.count() == before
    assert not MissingRow.objects.filter(subject_id=lesson.pk).exists()


def test_a_walk_right_after_a_walk_writes_nothing(lesson, connected, alice, bob, iclass):
    made_outside(iclass)
    iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": "Changed outside"})
    walk(connected)
    with CaptureQueriesContext(connection) as asked:
        reports = registry.reconcile(connected)
    assert [report.writes for report in reports.values()] == [0, 0, 0, 0]
    written = [each["sql"] for each in asked if each["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert all("mirror_walked" in sql for sql in written), written
    with mutated("mirror.quiet"):
        assert sum(report.writes for report in registry.reconcile(connected).values()) > 0


def test_the_queries_of_a_quiet_walk_do_not_grow_with_the_rows(connected, alice, bob):
    def queries():
        walk(connected)
        with CaptureQueriesContext(connection) as asked:
            walk(connected)
        return len(asked)

    create_lesson(bob, alice)
    relay.drain()
    few = queries()
    for _ in range(5):
        create_lesson(bob, alice)
    relay.drain()
    assert queries() == few


def test_an_answer_that_was_spoilt_on_the_way_takes_nothing_for_gone(lesson, connected, iclass):
    walk(connected)
    before = set(Lesson.objects.values_list("pk", flat=True))
    iclass.control("faults", {"arm": {"kind": "mutate", "match": "class/list", "times": 2}})
    walk(connected, 2)
    assert before <= set(Lesson.objects.values_list("pk", flat=True))
    assert not Lesson.objects.filter(sync_state=SyncState.GONE).exists()


def test_what_an_operation_wrote_since_the_list_was_read_is_newer(lesson, connected, alice):
    """Else our own change would be shown as one from outside until the next walk."""
    old = connected.client().classes.info(lesson.class_id)
    run = start_run(connected, "lessons")
    edit_lesson(lesson=lesson, by=alice, topic=f"Newer {secrets.token_hex(4)}")
    relay.drain()
    assert old.class_topic != Lesson.objects.get(pk=lesson.pk).observed["topic"]
    with run.write_transaction(lesson) as rows:
        assert rows == []
    run.finish()
    with start_run(connected, "lessons").write_transaction(lesson) as rows:
        assert rows == [lesson]


def test_two_processes_do_not_walk_the_same_at_once(connected):
    ReconcileState.objects.filter(enterprise=connected).delete()
    walk(connected)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mirror_walked SET until = clock_timestamp() + interval '60 s'")
    report = walk(connected)
    assert (report.seen, report.complete) == (0, False)
    assert User.objects.filter(enterprise=connected).exists()
