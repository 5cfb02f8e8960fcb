"""Alarms: raised for what is so, once; over when it is over; told to those who can act."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role
from classes.attendance.register import recompute_register
from classes.live.alarms.detection import detect_alarms
from classes.models import Alarm, Lesson
from console.inbox.models import Callback
from console.notifications.models import Notification
from console.outbox.models import Operation
from tests.classes.factories import add_members, create_planned_lesson, create_running_lesson, record_poll
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


def seen(lesson, people, **more):
    record_poll(lesson, people, **more)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)


def open_kinds():
    return sorted(Alarm.objects.filter(resolved_at=None).values_list("kind", flat=True))


@pytest.fixture
def lesson(alice, bob, kids):
    """Bob's, running for ten minutes; the children are in it and Bob is not."""
    lesson = create_running_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    seen(lesson, kids)
    return lesson


@pytest.fixture
def calls_us(school):
    """A school that iclass calls back at our address."""
    ours = school.own_callback_url
    Enterprise.objects.filter(pk=school.pk).update(call_back_url=ours, observed={"call_back_url": ours})


def test_a_teacher_who_is_not_in_is_told_of_once_to_those_who_can_act(lesson, alice, bob, sue):
    assert detect_alarms() == 1
    assert detect_alarms() == 0
    assert open_kinds() == ["teacher_out"]
    told = Notification.objects.values_list("person__user_id", "kind", "link")
    assert sorted(told) == [
        (who, "alarm.teacher_out", f"/lessons/{lesson.pk}/") for who in (alice.user_id, bob.user_id)
    ]


def test_it_is_over_when_the_teacher_comes_and_nobody_is_told_twice_when_they_leave(lesson, bob, kids):
    detect_alarms()
    Alarm.objects.update(acknowledged_at=timezone.now(), acknowledged_by=bob)
    seen(lesson, [bob, *kids])
    assert detect_alarms() == 0
    assert open_kinds() == []
    seen(lesson, kids)
    assert detect_alarms() == 0
    alarm = Alarm.objects.get()
    assert (alarm.resolved_at, alarm.acknowledged_at) == (None, None)
    assert Notification.objects.filter(person=bob).count() == 1


def test_a_lesson_that_ended_has_no_alarm(lesson):
    detect_alarms()
    Lesson.objects.update(status="end", real_ended_at=timezone.now())
    detect_alarms()
    assert open_kinds() == []


def test_what_does_not_begin_what_runs_on_and_what_is_not_recorded(alice, bob):
    create_planned_lesson(bob, timedelta(minutes=-6))
    late = create_running_lesson(bob, 70, record_types=["remote"])
    seen(late, [bob])
    detect_alarms()
    assert open_kinds() == ["overrun", "recording_missing", "teacher_out"]


def test_a_class_that_drops_out_within_a_minute(alice, bob, school):
    people = [create_person(school, f"p{n}", Role.STUDENT) for n in range(8)]
    lesson = create_running_lesson(bob)
    add_members(lesson, *people)
    seen(lesson, [bob, *people], at=timezone.now() - timedelta(seconds=20))
    seen(lesson, [bob, people[0]])
    detect_alarms()
    assert list(Alarm.objects.filter(kind="mass_drop").values_list("number", flat=True)) == [7]


def test_where_iclass_does_not_answer_the_school_has_one_alarm(lesson, bob, settings):
    settings.LIVE_POLL_S = 20
    create_running_lesson(bob)
    create_running_lesson(bob)
    Lesson.objects.update(looked_at=timezone.now() - timedelta(minutes=3))
    detect_alarms()
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.lesson, alarm.number) == ("poll_outage", None, 3)
    Lesson.objects.update(status="end")
    detect_alarms()
    assert open_kinds() == []
    Lesson.objects.update(status="ing")
    assert detect_alarms() == 1  # another outage is another alarm


def test_silence_while_lessons_run_that_were_begun_in_the_classroom(calls_us, alice, bob, school):
    lesson = create_running_lesson(bob, 12)
    seen(lesson, [bob])
    detect_alarms()
    assert open_kinds() == ["callback_silence"]
    Callback.objects.create(enterprise=school, fingerprint="1", event="class_begin")
    detect_alarms()
    assert open_kinds() == []


def test_a_lesson_that_the_console_began_calls_nothing_back(calls_us, alice, bob, school):
    lesson = create_running_lesson(bob, 12)
    seen(lesson, [bob])
    about = {"subject_type": "classes.lesson", "subject_id": lesson.pk}
    Operation.objects.create(enterprise=school, kind="class.start", lane="x", **about)
    detect_alarms()
    assert open_kinds() == []


def test_each_school_hears_of_its_own(lesson, alice, charlie, other_school):
    theirs = create_running_lesson(create_person(other_school, "dora", Role.TEACHER))
    seen(theirs, [])
    detect_alarms()
    links = set(Notification.objects.filter(person=charlie).values_list("link", flat=True))
    assert links == {f"/lessons/{theirs.pk}/"}
    assert Alarm.objects.get(kind="teacher_out", lesson=lesson).enterprise_id == alice.enterprise_id


def test_home_counts_them_and_leads_to_the_list_where_one_takes_care(browse, lesson, alice):
    detect_alarms()
    assert "1 open alarm" in page_text(browse(alice, "/"))
    page = page_text(browse(alice, "/alarms/?kind=teacher_out"))
    assert page.count('<th scope="row"') == 1
    assert "Croquet" in page
    alarm = Alarm.objects.get()
    browse(alice, f"/alarms/{alarm.pk}/acknowledge/", post={})
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == alice
    assert "open alarm" not in page_text(browse(alice, "/"))
    assert "Alice is handling it since" in page_text(browse(alice, "/alarms/?show=all"))


def test_who_may_see_and_take_care(browse, lesson, sue, bob, charlie, kids):
    detect_alarms()
    alarm = Alarm.objects.get()
    assert "Croquet" in page_text(browse(sue, "/alarms/"))
    assert "Handle this" not in page_text(browse(sue, "/alarms/"))
    assert "Croquet" not in page_text(browse(charlie, "/alarms/"))
    dora = create_person(bob.enterprise, "dora", Role.TEACHER)
    for who in (sue, dora, kids[0]):
        assert browse(who, f"/alarms/{alarm.pk}/acknowledge/", post={}).status_code == 403
    assert browse(charlie, f"/alarms/{alarm.pk}/acknowledge/", post={}).status_code == 404


def test_a_teacher_sees_and_takes_care_of_the_alarms_of_the_own_lessons_alone(browse, lesson, bob, kids):
    dora = create_person(bob.enterprise, "dora", Role.TEACHER)
    seen(create_running_lesson(dora, topic="Hedgehogs"), [])
    add_members(Lesson.objects.get(topic="Hedgehogs"), bob)
    detect_alarms()
    page = page_text(browse(bob, "/alarms/"))
    assert "Croquet" in page
    assert "Hedgehogs" not in page
    alarm = Alarm.objects.get(lesson=lesson)
    browse(bob, f"/alarms/{alarm.pk}/acknowledge/", post={})
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == bob
    assert browse(kids[0], "/alarms/").status_code == 403


@pytest.mark.parametrize("many", [1, 20])
def test_the_search_costs_as_many_statements_for_many_lessons(
    alice, bob, kids, many, django_assert_max_num_queries
):
    for _ in range(many):
        lesson = create_running_lesson(bob)
        add_members(lesson, *kids)
        seen(lesson, [bob, *kids])
    with django_assert_max_num_queries(14):
        assert detect_alarms() == 0
