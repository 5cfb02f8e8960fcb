"""The register in the database."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Max
from django.utils import timezone

from accounts.models import Role, User
from classes.attendance.register import is_final, reckoned, recompute, settle
from classes.attendance.rules import freeze_policy, policy_of
from classes.kinds import Status
from classes.models import Attendance, Member, Stay
from tests.classes.attendance.lines import hold, moment, tell_history
from tests.support.cast import person

pytestmark = pytest.mark.usefixtures("nine")

VISITS = {
    "bob": [("7:59", "8:45")],
    "ann": [("7:59:03", "8:20:05"), ("8:24:31", "8:45")],
    "ben": [("8:10:07", "8:38:12")],
    "zoe": [("8:02", "8:44")],
}


def marks(lesson) -> dict[str, str]:
    return dict(lesson.attendance.values_list("user_id", "mark"))


def test_a_polled_lesson_has_marks_for_all_who_are_expected(lesson):
    hold(lesson, VISITS)
    tell_history(lesson, VISITS)
    assert recompute(lesson)
    assert marks(lesson) == {"ann": "present", "ben": "late_and_left_early", "bob": "", "zoe": ""}
    ann = lesson.attendance.get(user_id="ann")
    assert (ann.first_entered_at, ann.last_left_at) == (moment("7:59:03"), moment("8:45"))
    assert (ann.present_seconds, ann.evidence) == (45 * 60 - 266, "two_sources")
    assert list(lesson.stays.filter(user_id="ann").values_list("entered_at", "left_at")) == [
        (moment("7:59:03"), moment("8:20:05")),
        (moment("8:24:31"), moment("8:45")),
    ]


def test_strangers_stand_apart_and_people_of_the_school_are_linked(lesson, ann, bob, school):
    sue = person(school, "sue", Role.SUPERVISOR)
    hold(lesson, VISITS | {"sue": [("8:10", "8:20")]})
    recompute(lesson)
    rows = {row.user_id: row for row in lesson.attendance.all()}
    assert {user_id for user_id, row in rows.items() if not row.expected} == {"sue", "zoe"}
    assert (rows["sue"].person, rows["sue"].role) == (sue, "supervisor")
    assert (rows["ann"].person, rows["bob"].person, rows["zoe"].person) == (ann, bob, None)


def test_a_person_of_another_school_with_the_same_id_is_not_ours(lesson, other_school):
    person(other_school, "zoe", Role.STUDENT)
    hold(lesson, VISITS)
    recompute(lesson)
    assert lesson.attendance.get(user_id="zoe").person is None


def test_the_same_evidence_writes_nothing(lesson, nine):
    hold(lesson, VISITS)
    recompute(lesson)
    before = list(lesson.attendance.values()), list(lesson.stays.values())
    nine.shift(timedelta(hours=5))
    assert not recompute(lesson)
    assert (list(lesson.attendance.values()), list(lesson.stays.values())) == before


def test_new_evidence_changes_only_whom_it_concerns(lesson, nine):
    hold(lesson, VISITS)
    recompute(lesson)
    old = Stay.objects.aggregate(Max("pk"))["pk__max"]
    nine.shift(60)
    tell_history(lesson, {"ben": VISITS["ben"]})
    assert recompute(lesson)
    assert set(lesson.attendance.filter(reckoned_at=timezone.now()).values_list("user_id", flat=True)) == {
        "ben"
    }
    assert set(Stay.objects.filter(pk__gt=old).values_list("user_id", flat=True)) == {"ben"}


def test_what_is_computed_again_equals_what_is_stored(lesson):
    hold(lesson, VISITS)
    tell_history(lesson, VISITS)
    settle(lesson)
    names = [field.attname for field in Attendance._meta.fields if field.name not in ("id", "reckoned_at")]
    stored, again = (
        sorted(([getattr(row, name) for name in names] for row in rows), key=str)
        for rows in (lesson.attendance.all(), reckoned(lesson))
    )
    assert stored == again


def test_who_is_taken_off_the_list_leaves_the_register_unless_seen(lesson, ann, ben):
    hold(lesson, {"ann": VISITS["ann"]})
    recompute(lesson)
    Member.objects.filter(lesson=lesson).delete()
    recompute(lesson)
    assert {row.user_id: row.expected for row in lesson.attendance.all()} == {"ann": False, "bob": True}


def test_a_person_in_the_room_has_an_open_stay(lesson):
    lesson.real_ended_at, lesson.status = None, Status.ING
    with time_machine.travel(moment("8:12"), tick=False):
        hold(lesson, {"ann": [("8:00", "8:45")]}, until="8:12")
        recompute(lesson)
    assert lesson.stays.get().left_at is None
    ann = lesson.attendance.get(user_id="ann")
    assert (ann.mark, ann.last_left_at, ann.provisional) == ("present", None, True)
    assert marks(lesson)["ben"] == "absent"


def test_marks_are_provisional_until_the_lesson_is_settled(lesson):
    hold(lesson, VISITS)
    recompute(lesson)
    assert not is_final(lesson)
    assert set(lesson.attendance.values_list("provisional", flat=True)) == {True}
    settle(lesson)
    lesson.refresh_from_db()
    assert is_final(lesson)
    assert set(lesson.attendance.values_list("provisional", flat=True)) == {False}


def test_the_rules_are_frozen_once(lesson, school):
    school.late_after_s = 900
    school.save()
    freeze_policy(lesson)
    school.late_after_s = 0
    school.save()
    freeze_policy(lesson)
    lesson.refresh_from_db()
    assert policy_of(lesson).late_after_s == 900
    hold(lesson, VISITS)
    recompute(lesson)
    assert marks(lesson)["ben"] == "left_early"


def test_a_lesson_that_runs_follows_the_rules_of_the_school(lesson, school):
    school.present_share = 70
    school.save()
    assert policy_of(lesson).present_share == 70


def test_polls_are_usual_at_the_pace_that_the_settings_allow(lesson, settings):
    settings.LIVE_POLL_S, settings.SWEEP_EVERY_S = 1, 5
    assert policy_of(lesson).poll_s == 5


def test_a_lesson_of_five_hundred_is_reckoned_with_few_queries(lesson, school, django_assert_max_num_queries):
    users = User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}@1", role="student", nickname=f"S {n}")
        for n in range(500)
    )
    Member.objects.bulk_create(Member(lesson=lesson, user=user) for user in users)
    hold(lesson, {f"s{n}": [("8:00", "8:45")] for n in range(480)})
    with django_assert_max_num_queries(10):
        recompute(lesson)
    assert Attendance.objects.filter(lesson=lesson, mark="present").count() == 480
    with django_assert_max_num_queries(7):
        assert not recompute(lesson)


def test_reckoning_without_writing_leaves_no_row(lesson):
    hold(lesson, {"ann": [("8:00", "8:45")]})
    assert {row.user_id: row.mark for row in reckoned(lesson)} == {
        "ann": "present",
        "ben": "absent",
        "bob": "",
    }
    assert not lesson.attendance.exists()
