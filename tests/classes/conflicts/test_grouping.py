"""Conflicts for a reader: one line for each other lesson, and checked while a form is filled in."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from classes.conflicts.detection import BookingConflict, ConflictingLesson
from classes.conflicts.grouping import describe_people, group_conflicts
from classes.models import Lesson
from tests.classes.factories import add_members, create_planned_lesson, create_students

AT = datetime(2027, 3, 2, 6, 36)
OTHER = ConflictingLesson(1, "Live lesson", AT, AT + timedelta(minutes=90), False)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def conflict(name, kind, lesson=OTHER):
    return BookingConflict(0, date(2027, 3, 2), kind, name, name, lesson)


@translation.override("en")
def test_students_are_counted_and_staff_are_named():
    many = [conflict("Chen Wei", "teacher"), *(conflict(f"kid{n}", "student") for n in range(20))]
    assert describe_people(many) == "Chen Wei and 20 students"
    assert len(group_conflicts(many)) == 1
    assert describe_people([conflict("Ann", "assistant"), *many[:3]]) == "Ann, Chen Wei, kid0 and kid1"
    assert describe_people(many[:1]) == "Chen Wei"


def test_each_other_lesson_and_each_day_is_a_line():
    second = OTHER._replace(pk=2, topic="Tea")
    too_many = BookingConflict(0, date(2027, 3, 2), "capacity", "", "", None, 5)
    found = group_conflicts([conflict("Bob", "teacher"), conflict("Bob", "teacher", second), too_many])
    assert [(one.lesson.topic if one.lesson else one.most) for one in found] == ["Live lesson", "Tea", 5]


@pytest.mark.django_db
class TestWhileTyping:
    @pytest.fixture
    def live(self, school, bob):
        at = timezone.make_aware(datetime(2027, 3, 2, 6, 36))
        lesson = create_planned_lesson(
            bob, topic="Live lesson", starts_at=at, ends_at=at + timedelta(minutes=90)
        )
        add_members(lesson, *create_students(school, 20, "Year 7"))
        return lesson

    def typed(self, lesson, **more):
        return {
            "teacher": "bob",
            "day": "2027-03-02",
            "start": "07:00",
            "end": "08:00",
            "students": [one.user.user_id for one in lesson.members.all()],
            "picked": "True",
            **more,
        }

    def test_conflicts_are_shown_in_one_line_before_there_is_a_topic(self, browse, alice, live):
        answer = browse(alice, "/lessons/new/", self.typed(live), htmx=True)
        assert "Live lesson 06:36–08:06: Bob and 20 students" in words(answer)
        assert 'name="conflict_reason"' in answer.content.decode()
        assert "<html" not in answer.content.decode()
        assert Lesson.objects.count() == 1

    def test_what_is_free_or_not_filled_in_has_no_conflicts(self, browse, alice, live):
        for more in ({"start": "12:00", "end": "12:45"}, {"teacher": ""}, {"day": "soon"}, {"end": "06:00"}):
            assert words(browse(alice, "/lessons/new/", self.typed(live, **more), htmx=True)).strip() == ""

    def test_a_lesson_that_is_changed_is_not_in_its_own_way(self, browse, alice, live):
        answer = browse(alice, f"/lessons/{live.pk}/edit/", self.typed(live), htmx=True)
        assert words(answer).strip() == ""

    def test_only_those_who_plan_may_ask_and_another_school_learns_nothing(self, browse, bob, charlie, live):
        assert browse(bob, "/lessons/new/", self.typed(live), htmx=True).status_code == 403
        assert "Live lesson" not in words(browse(charlie, "/lessons/new/", self.typed(live), htmx=True))
        assert browse(charlie, f"/lessons/{live.pk}/edit/", self.typed(live), htmx=True).status_code == 404
