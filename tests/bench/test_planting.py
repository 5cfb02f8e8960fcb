"""What the bench plants fits the tables as they are, and the pages that it measures open on it."""

import time

from accounts.models import Enterprise, Role, User
from bench import planting
from bench.anchored.growth import PAGES, REST, MeasuredSchool
from bench.service import SIZE
from classes.models import AbsenceStreak, Attendance, Lesson, Member


def test_people_lessons_that_run_and_lessons_that_are_over(school: Enterprise) -> None:
    planting.create_live_lessons(school, 1, 2, int(time.time()))
    planting.create_people(school, "x", Role.STUDENT, 7)
    planting.create_past_lessons(school, 5)
    people = User.objects.filter(enterprise=school)
    assert people.filter(role=Role.TEACHER).count() == 2
    assert people.filter(role=Role.STUDENT).count() == 2 * SIZE + 7
    assert Lesson.objects.filter(enterprise=school, status="ing").count() == 2
    assert Lesson.objects.filter(enterprise=school, status="end").count() == 5
    assert Member.objects.filter(lesson__enterprise=school).count() == 7 * SIZE
    marks = Attendance.objects.filter(lesson__enterprise=school)
    assert marks.count() == 5 * SIZE
    assert set(marks.values_list("mark", flat=True)) == {"present", "late", "absent"}


def test_a_tenth_of_the_people_stay_away_since_four_lessons(school: Enterprise) -> None:
    planting.create_live_lessons(school, 1, 2, int(time.time()))
    planting.create_people(school, "x", Role.STUDENT, 30)
    planting.create_past_lessons(school, 20)
    planting.create_absences(school, "x")
    rows = AbsenceStreak.objects.filter(person__user_id__startswith="x", ended_at=None)
    assert sorted(rows.values_list("person__user_id", "number")) == [("x0", 4), ("x10", 4), ("x20", 4)]


def test_every_page_that_growth_measures_opens(db: None) -> None:
    ways = MeasuredSchool.build(1, people=10, past=5, others=1).ways()
    assert len(ways) == len(PAGES) + len(REST) + 3
    for address, way in ways.items():
        assert way() > 0, address
