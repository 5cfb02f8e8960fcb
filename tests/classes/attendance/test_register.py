"""The register in the database."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import Role, User
from classes.attendance.policy import freeze_policy, get_policy
from classes.attendance.policy_changes import changed_marks, policy_with_rules, set_lesson_rules
from classes.attendance.register import finalize_register, is_final, preview_marks, recompute_register
from classes.choices import Status
from classes.mirror.outdated_registers import refresh_registers
from classes.models import Attendance, Lesson, Member, Stay
from tests.classes.attendance.service_rows import moment, poll_lesson, record_history_rows
from tests.support.cast import create_person

NEW_RULES = import_module("classes.migrations.0028_callbacks_that_contradict_a_register").NEW_RULES
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
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    assert recompute_register(lesson)
    assert marks(lesson) == {"ann": "present", "ben": "late_and_left_early", "bob": "", "zoe": ""}
    ann = lesson.attendance.get(user_id="ann")
    assert (ann.first_entered_at, ann.last_left_at) == (moment("7:59:03"), moment("8:45"))
    assert (ann.present_seconds, ann.evidence) == (45 * 60 - 266, "two_sources")
    assert list(lesson.stays.filter(user_id="ann").values_list("entered_at", "left_at")) == [
        (moment("7:59:03"), moment("8:20:05")),
        (moment("8:24:31"), moment("8:45")),
    ]


def test_strangers_stand_apart_and_people_of_the_school_are_linked(lesson, ann, bob, school):
    sue = create_person(school, "sue", Role.SUPERVISOR)
    poll_lesson(lesson, VISITS | {"sue": [("8:10", "8:20")]})
    recompute_register(lesson)
    rows = {row.user_id: row for row in lesson.attendance.all()}
    assert {user_id for user_id, row in rows.items() if not row.expected} == {"sue", "zoe"}
    assert (rows["sue"].person, rows["sue"].role) == (sue, "supervisor")
    assert (rows["ann"].person, rows["bob"].person, rows["zoe"].person) == (ann, bob, None)


def test_a_person_of_another_school_with_the_same_id_is_not_ours(lesson, other_school):
    create_person(other_school, "zoe", Role.STUDENT)
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    assert lesson.attendance.get(user_id="zoe").person is None


def test_the_same_evidence_writes_nothing(lesson, nine):
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    before = list(lesson.attendance.values()), list(lesson.stays.values())
    nine.shift(timedelta(hours=5))
    assert not recompute_register(lesson)
    assert (list(lesson.attendance.values()), list(lesson.stays.values())) == before


def test_new_evidence_changes_only_whom_it_concerns(lesson, nine):
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    old = Stay.objects.aggregate(Max("pk"))["pk__max"]
    nine.shift(60)
    record_history_rows(lesson, {"ben": VISITS["ben"]})
    assert recompute_register(lesson)
    assert set(lesson.attendance.filter(reckoned_at=timezone.now()).values_list("user_id", flat=True)) == {
        "ben"
    }
    assert set(Stay.objects.filter(pk__gt=old).values_list("user_id", flat=True)) == {"ben"}


def test_what_is_computed_again_equals_what_is_stored(lesson):
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    finalize_register(lesson)
    names = [field.attname for field in Attendance._meta.fields if field.name not in ("id", "reckoned_at")]
    stored, again = (
        sorted(([getattr(row, name) for name in names] for row in rows), key=str)
        for rows in (lesson.attendance.all(), preview_marks(lesson))
    )
    assert stored == again


def test_who_is_taken_off_the_list_leaves_the_register_unless_seen(lesson, ann, ben):
    poll_lesson(lesson, {"ann": VISITS["ann"]})
    recompute_register(lesson)
    Member.objects.filter(lesson=lesson).delete()
    recompute_register(lesson)
    assert {row.user_id: row.expected for row in lesson.attendance.all()} == {"ann": False, "bob": True}


def test_a_person_in_the_room_has_an_open_stay(lesson):
    lesson.real_ended_at, lesson.status = None, Status.ING
    with time_machine.travel(moment("8:12"), tick=False):
        poll_lesson(lesson, {"ann": [("8:00", "8:45")]}, until="8:12")
        recompute_register(lesson)
    assert lesson.stays.get().left_at is None
    ann = lesson.attendance.get(user_id="ann")
    assert (ann.mark, ann.last_left_at, ann.provisional) == ("present", None, True)
    assert marks(lesson)["ben"] == "absent"


def test_marks_are_provisional_until_the_lesson_is_settled(lesson):
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    assert not is_final(lesson)
    assert set(lesson.attendance.values_list("provisional", flat=True)) == {True}
    finalize_register(lesson)
    lesson.refresh_from_db()
    assert is_final(lesson)
    assert set(lesson.attendance.values_list("provisional", flat=True)) == {False}


def test_the_rules_are_frozen_once(lesson, school):
    school.late_after_s = 900
    school.save(update_fields=["late_after_s"])
    freeze_policy(lesson)
    school.late_after_s = 0
    school.save(update_fields=["late_after_s"])
    freeze_policy(lesson)
    lesson.refresh_from_db()
    assert get_policy(lesson).late_after_s == 900
    poll_lesson(lesson, VISITS)
    recompute_register(lesson)
    assert marks(lesson)["ben"] == "left_early"


def test_a_lesson_that_runs_follows_the_rules_of_the_school(lesson, school):
    school.present_share = 70
    school.save(update_fields=["present_share"])
    assert get_policy(lesson).present_share == 70


def test_polls_are_usual_at_the_pace_that_the_settings_allow(lesson, settings):
    settings.LIVE_POLL_S, settings.SWEEP_EVERY_S = 1, 5
    assert get_policy(lesson).poll_s == 5


def test_a_lesson_of_two_hundred_is_reckoned_with_few_queries(lesson, school, django_assert_max_num_queries):
    users = User.objects.bulk_create(
        User(enterprise=school, user_id=f"s{n}", login=f"s{n}@1", role="student", nickname=f"S {n}")
        for n in range(200)
    )
    Member.objects.bulk_create(Member(lesson=lesson, user=user) for user in users)
    poll_lesson(lesson, {f"s{n}": [("8:00", "8:45")] for n in range(190)})
    with django_assert_max_num_queries(10):
        recompute_register(lesson)
    assert Attendance.objects.filter(lesson=lesson, mark="present").count() == 190
    with django_assert_max_num_queries(7):
        assert not recompute_register(lesson)


def test_reckoning_without_writing_leaves_no_row(lesson):
    poll_lesson(lesson, {"ann": [("8:00", "8:45")]})
    assert {row.user_id: row.mark for row in preview_marks(lesson)} == {
        "ann": "present",
        "ben": "absent",
        "bob": "",
    }
    assert not lesson.attendance.exists()


@pytest.fixture
def doubted(lesson):
    """A final register of before the rules of weighing had a version: a wrong line was believed.

    Ben came at 8:10 by the polls; his line begins at 8:00, before the first of them.
    """
    poll_lesson(lesson, {"ann": [("8:00", "8:45")], "ben": [("8:10", "8:45")]}, since="8:00:10")
    record_history_rows(lesson, {"ann": [("8:00", "8:45")], "ben": [("8:00", "8:45")]})
    freeze_policy(lesson)
    lesson.policy = {name: value for name, value in lesson.policy.items() if name != "version"}
    Lesson.objects.filter(pk=lesson.pk).update(policy=lesson.policy)
    finalize_register(lesson)
    assert marks(lesson)["ben"] == "present"
    return lesson


def test_an_upgrade_changes_no_mark_that_is_final(doubted):
    Lesson.objects.filter(pk=doubted.pk).update(facts_version=2)
    before = list(doubted.attendance.order_by("user_id").values_list("user_id", "mark", "present_seconds"))
    assert refresh_registers(10) == 1
    assert refresh_registers(10) == 0
    recompute_register(Lesson.objects.get(pk=doubted.pk))
    after = list(doubted.attendance.order_by("user_id").values_list("user_id", "mark", "present_seconds"))
    assert after == before


def test_the_marks_that_the_new_rules_would_change_are_named_first(doubted, bob):
    fresh = Lesson.objects.get(pk=doubted.pk)
    named = changed_marks([fresh], {fresh.pk: policy_with_rules(fresh)})
    assert [(one.user_id, one.before, one.after) for one in named] == [("ben", "present", "unknown")]
    assert set_lesson_rules(lesson=fresh, rules={}, reason="By the new rules", by=bob) == 1
    assert marks(fresh)["ben"] == "unknown"


def test_an_upgrade_weighs_the_evidence_of_open_registers_anew(doubted):
    Lesson.objects.filter(pk=doubted.pk).update(final_at=None, facts_version=2)
    with connection.cursor() as cursor:
        cursor.execute(NEW_RULES)
    assert refresh_registers(10) == 1
    assert marks(doubted)["ben"] == "unknown"
