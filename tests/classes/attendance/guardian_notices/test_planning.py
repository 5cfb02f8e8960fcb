"""Guardians are told once a day of final marks, and once of what is taken back."""

from datetime import time, timedelta

import pytest
from django.utils import translation

from accounts.models import Guardian, GuardianNotice, GuardianNoticeSettings
from accounts.people.guardian_notices.queries import listed_notices, notices_of
from accounts.people.guardian_notices.services import save_settings
from classes.attendance.guardian_notices.planning import plan_due_notices, plan_notices
from classes.models import Lesson
from tests.classes.attendance.guardian_notices.conftest import (
    DAY,
    EVENING,
    NOON,
    guardian_of,
    held,
    set_mark,
)
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
HOUR = timedelta(hours=1)


def lines(guardian: Guardian) -> list[list[str]]:
    """What the guardian was told, in English, the newest first."""
    with translation.override("en"):
        notices = listed_notices(notices_of(guardian))
        return [[line for part in one.sections for line in part.lines] for one in notices]


def evening(clock, days=0):
    """Let the time of a day come, and return how many notices it made."""
    clock.move_to(EVENING + days * DAY, tick=False)
    return plan_due_notices()


def test_the_lessons_of_a_day_are_told_in_one_notice_once(clock, ada, bob, dina):
    held(bob, dina, "absent", topic="Croquet")
    held(bob, dina, "absent", NOON + HOUR, topic="Chess")
    held(bob, dina, "present", NOON + 2 * HOUR, topic="Tea")
    assert plan_due_notices() == 0, "the time of day has not come"
    assert evening(clock) == 1
    assert lines(ada) == [
        ["Tuesday 24 November, 12:00, Croquet: absent", "Tuesday 24 November, 13:00, Chess: absent"]
    ]
    assert evening(clock) == 0
    assert evening(clock, days=1) == 0


@pytest.mark.parametrize("fields", [{"provisional": True}, {"expected": False}])
def test_a_provisional_or_unexpected_mark_is_never_told(clock, ada, bob, dina, fields):
    lesson = held(bob, dina, "present")
    set_mark(lesson, dina, "absent", **fields)
    assert evening(clock) == 0


@pytest.mark.parametrize("fields", [{"final_at": None}, {"cancelled_at": NOON}, {"made_up": True}])
def test_a_lesson_that_does_not_count_is_not_told(clock, ada, bob, dina, fields):
    held(bob, dina, "absent", **fields)
    assert evening(clock) == 0


@pytest.mark.parametrize("mark", ["present", "excused", "unknown", "left_early", "late"])
def test_only_absence_without_leave_is_told(clock, ada, bob, dina, mark):
    held(bob, dina, mark)
    assert evening(clock) == 0


def test_lateness_is_told_where_the_school_wants_it(clock, ada, alice, bob, dina):
    save_settings(school=alice.enterprise, by=alice, tells_late=True)
    held(bob, dina, "late", topic="Croquet")
    assert evening(clock) == 1
    assert lines(ada) == [["Tuesday 24 November, 12:00, Croquet: late"]]


def test_fewer_lessons_than_the_school_set_are_not_told_until_there_are_more(clock, ada, alice, bob, dina):
    save_settings(school=alice.enterprise, by=alice, least_lessons=2)
    held(bob, dina, "absent", topic="Croquet")
    held(bob, dina, "absent", NOON - DAY, topic="Yesterday", final_at=NOON)
    late_one = held(bob, dina, "absent", NOON + HOUR, topic="Chess", final_at=None)
    assert evening(clock) == 0
    Lesson.objects.filter(pk=late_one.pk).update(final_at=EVENING)
    assert evening(clock, days=1) == 1
    assert lines(ada) == [
        ["Tuesday 24 November, 12:00, Croquet: absent", "Tuesday 24 November, 13:00, Chess: absent"]
    ]


def test_a_corrected_mark_is_taken_back_once(clock, ada, bob, dina):
    lesson = held(bob, dina, "absent", topic="Croquet")
    evening(clock)
    set_mark(lesson, dina, "present")
    assert evening(clock, days=1) == 1
    assert lines(ada)[0] == ["Tuesday 24 November, 12:00, Croquet: “present” instead of “absent”"]
    set_mark(lesson, dina, "absent")
    assert evening(clock, days=2) == 0
    set_mark(lesson, dina, "excused")
    assert evening(clock, days=3) == 0


def test_a_cancelled_lesson_and_one_that_is_told_no_more_differ(clock, ada, alice, bob, dina):
    save_settings(school=alice.enterprise, by=alice, tells_late=True)
    cancelled, late = held(bob, dina, "absent", topic="Croquet"), held(bob, dina, "late", topic="Chess")
    evening(clock)
    save_settings(school=alice.enterprise, by=alice, tells_late=False)
    Lesson.objects.filter(pk=cancelled.pk).update(cancelled_at=EVENING)
    assert evening(clock, days=1) == 1
    assert lines(ada)[0] == ["Tuesday 24 November, 12:00, Croquet: “absent” no longer counts"]
    assert late.pk not in GuardianNotice.objects.latest("pk").corrected


def test_a_correction_and_a_new_absence_leave_in_one_notice(clock, ada, bob, dina):
    lesson = held(bob, dina, "absent", topic="Croquet")
    evening(clock)
    set_mark(lesson, dina, "late")
    held(bob, dina, "absent", NOON + DAY, topic="Chess")
    assert evening(clock, days=1) == 1
    (newest, _oldest) = lines(ada)
    assert newest == [
        "Wednesday 25 November, 12:00, Chess: absent",
        "Tuesday 24 November, 12:00, Croquet: “late” instead of “absent”",
    ]


def test_nobody_is_told_who_may_not_be(clock, alice, bob, dina):
    guardian_of(dina, alice, told_attendance=False)
    held(bob, dina, "absent")
    assert evening(clock) == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, {"erased_at": NOON}, {"consent": "withdrawn"}])
def test_nobody_is_told_of_a_student_who_left_or_withdrew_consent(clock, ada, bob, dina, fields):
    type(dina).objects.filter(pk=dina.pk).update(**fields)
    held(bob, dina, "absent")
    assert evening(clock) == 0


def test_a_school_can_ask_for_consent(clock, ada, alice, bob, dina):
    save_settings(school=alice.enterprise, by=alice, needs_consent=True)
    held(bob, dina, "absent")
    assert evening(clock) == 0
    type(dina).objects.filter(pk=dina.pk).update(consent="given")
    assert evening(clock, days=1) == 1


def test_a_new_guardian_and_a_school_that_just_began_hear_nothing_old(clock, alice, bob, dina):
    held(bob, dina, "absent", NOON - 3 * DAY, topic="Before")
    held(bob, dina, "absent", topic="Croquet")
    clock.move_to(NOON + HOUR, tick=False)
    guardian_of(dina, alice)
    held(bob, dina, "absent", NOON + HOUR, topic="Chess")
    assert evening(clock) == 1
    assert lines(Guardian.objects.get()) == [["Tuesday 24 November, 13:00, Chess: absent"]]


def test_without_an_address_or_a_mail_server_the_notice_is_kept_and_shown(
    clock, ada, alice, bob, dina, settings
):
    no_address = guardian_of(dina, alice, name="Old Ada", e_mail="")
    settings.EMAIL_IS_SET_UP = False
    held(bob, dina, "absent")
    assert evening(clock) == 2
    states = dict(GuardianNotice.objects.values_list("guardian", "reason"))
    assert states == {ada.pk: "no_server", no_address.pk: "no_mail"}
    assert set(GuardianNotice.objects.values_list("delivery", flat=True)) == {"refused"}
    assert len(lines(no_address)) == 1


def test_each_school_has_its_own_time_and_students(clock, ada, bob, charlie, dina):
    save_settings(school=charlie.enterprise, by=charlie, is_on=True, notify_at=time(9))
    eve = create_person(charlie.enterprise, "eve", "student")
    other = guardian_of(eve, charlie, e_mail="eva@looking-glass.example")
    held(bob, dina, "absent", topic="Croquet")
    teacher = create_person(charlie.enterprise, "tweedle", "teacher")
    held(teacher, eve, "absent", NOON, topic="Mirrors", final_at=NOON)
    assert plan_due_notices() == 1, "Charlie's time has come, Alice's has not"
    assert lines(other) == [["Tuesday 24 November, 12:00, Mirrors: absent"]]
    assert lines(ada) == []
    assert evening(clock) == 1
    assert len(lines(other)) == 1


def test_nothing_is_told_where_it_is_off(clock, ada, alice, bob, dina):
    save_settings(school=alice.enterprise, by=alice, is_on=False)
    held(bob, dina, "absent")
    assert evening(clock) == 0
    GuardianNoticeSettings.objects.all().delete()
    clock.move_to(EVENING + DAY, tick=False)
    assert plan_notices(alice.enterprise) == 0


def test_the_contents_are_encrypted(clock, ada, bob, dina):
    held(bob, dina, "absent", topic="Croquet lessons")
    evening(clock)
    assert "Croquet" not in str(GuardianNotice.objects.values_list("facts", flat=True).get())
