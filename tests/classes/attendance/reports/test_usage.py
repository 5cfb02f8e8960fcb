"""Usage: minutes of everybody in classrooms, most people at once, recordings, and minutes of the licence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Enterprise
from classes.attendance.reports.usage import most_at_once
from classes.models import Attendance, Course, Recording
from tests.classes.factories import create_finished_lesson
from tests.support.page_client import page_text

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone())


def taught(teacher, begins, minutes, people, **fields):
    """A final lesson in which each of so many people was for all of its minutes."""
    ends = begins + timedelta(minutes=minutes)
    times = {"starts_at": begins, "ends_at": ends, "real_started_at": begins, "real_ended_at": ends}
    lesson = create_finished_lesson(teacher, **times, **fields)
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, user_id=f"one{n}", role="student", present_seconds=60 * minutes)
        for n in range(people)
    )
    return lesson


def cells(answer: Any) -> list[list[str]]:
    return [[str(value) for _column, value in row] for _link, row in answer.context["lines"]]


@pytest.fixture
def march(bob, school):
    """Two lessons that overlap on a Monday, one in the week after; one of the two was recorded."""
    course = Course.objects.create(
        enterprise=school,
        teacher=bob,
        title="Croquet",
        starts_local=datetime(2026, 3, 2, 9),
        duration_minutes=45,
    )
    first = taught(bob, NINE, 40, 3, course=course)
    allowed = {"conflict_allowed": True, "conflict_reason": "Two rooms."}
    taught(bob, NINE + timedelta(minutes=30), 40, 2, **allowed)
    taught(bob, NINE + timedelta(days=7), 10, 4)
    for number, track in enumerate((0, 1)):
        Recording.objects.create(
            enterprise=school, lesson=first, class_id="1", video_id=f"{number}", video_type=track, seconds=600
        )
    return first


@pytest.mark.django_db
def test_a_week_has_its_minutes_its_most_people_at_once_and_its_recordings(browse, alice, march):
    answer = browse(alice, "/reports/usage/?since=2026-03-01&until=2026-03-31")
    assert cells(answer) == [
        ["2026-03-09", "1", "10", "40", "4", "0"],
        ["2026-03-02", "2", "80", "200", "5", "20"],
    ]
    assert [str(value) for _column, value in answer.context["total"]] == ["3", "90", "240", "5", "20"]
    assert [chart.name for chart in answer.context["charts"]] == ["minutes", "recorded"]
    assert "Participant minutes" in page_text(answer)


@pytest.mark.django_db
def test_courses_are_in_the_order_of_their_use(browse, alice, march):
    answer = browse(alice, "/reports/usage/?since=2026-03-01&until=2026-03-31&split=course")
    assert cells(answer) == [
        ["Croquet", "1", "40", "120", "3", "20"],
        ["No course", "2", "50", "120", "4", "0"],
    ]


@pytest.mark.django_db
def test_running_and_cancelled_lessons_do_not_count(browse, alice, bob, march):
    path = "/reports/usage/?since=2026-03-01&until=2026-03-31"
    before = cells(browse(alice, path))
    for state in ({"status": "ing", "final_at": None}, {"cancelled_at": timezone.now()}):
        taught(bob, NINE + timedelta(days=1), 40, 5, **state)
    assert cells(browse(alice, path)) == before


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 20), st.integers(0, 9)), max_size=12
    )
)
def test_most_at_once_equals_a_count_at_every_minute(rooms):
    lessons = [
        (key, NINE + timedelta(minutes=start), NINE + timedelta(minutes=start + minutes), people)
        for key, start, minutes, people in rooms
    ]
    for key in range(4):
        counts = [
            sum(
                people
                for one, start, end, people in lessons
                if one == key and start <= NINE + timedelta(minutes=minute) < end
            )
            for minute in range(61)
        ]
        assert most_at_once(lessons).get(key, 0) == max(counts)


def use_of(browse, reader):
    return browse(reader, "/reports/usage/").context["use"]


def include(school: Enterprise, minutes: int, days: int, licence_days: int | None) -> None:
    """The licence includes so many minutes, counted since some days ago, and ends in some days."""
    now = timezone.now()
    Enterprise.objects.filter(pk=school.pk).update(
        included_minutes=minutes,
        minutes_since=timezone.localdate() - timedelta(days=days),
        create_time=now if licence_days is not None else None,
        valid_seconds=(licence_days or 0) * 86400,
    )


@pytest.mark.django_db
def test_the_forecast_says_whether_the_minutes_last_as_long_as_the_licence(browse, alice, bob, school):
    taught(bob, timezone.now() - timedelta(days=5), 28, 10)
    taught(bob, timezone.now() - timedelta(days=50), 100, 10)
    # 280 minutes in 28 days are 10 a day.
    include(school, minutes=2280, days=60, licence_days=50)
    use = use_of(browse, alice)
    assert (use.used, use.left, use.tone, use.is_enough) == (1280, 1000, "ok", True)
    assert use.runs_out_on == timezone.localdate() + timedelta(days=100)
    assert "longer than the licence" in page_text(browse(alice, "/reports/usage/"))
    include(school, minutes=2280, days=60, licence_days=200)
    assert use_of(browse, alice).tone == "warn"
    assert "before the licence ends" in page_text(browse(alice, "/reports/usage/"))
    include(school, minutes=2280, days=60, licence_days=None)
    assert "has not provided the licence" in page_text(browse(alice, "/reports/usage/"))
    include(school, minutes=1000, days=60, licence_days=200)
    assert use_of(browse, alice).tone == "bad"
    assert "All included minutes are used up" in page_text(browse(alice, "/reports/usage/"))


@pytest.mark.django_db
def test_without_use_there_is_no_forecast_and_without_a_limit_advice(browse, alice, school):
    page = page_text(browse(alice, "/reports/usage/"))
    assert "No limit entered" in page
    include(school, minutes=100, days=3, licence_days=10)
    assert "for more than ten years" in page_text(browse(alice, "/reports/usage/"))
    assert use_of(browse, alice).runs_out_on is None


@pytest.mark.django_db
def test_another_school_is_not_counted(browse, alice, charlie, march):
    path = "/reports/usage/?since=2026-03-01&until=2026-03-31"
    assert cells(browse(charlie, path)) == []
    include(charlie.enterprise, minutes=100, days=3650, licence_days=10)
    assert use_of(browse, charlie).used == 0
