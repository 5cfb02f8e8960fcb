"""What a student finds on the home page: own attendance and recordings, of nobody else."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from classes.models import Attendance, Recording
from classes.pages.student_summary import student_summary
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    """Eleven in the morning of the school, so that a lesson of two hours ago is of today."""
    with time_machine.travel("2026-11-24 03:00:00+00:00", tick=False):
        yield


def mark(lesson, person, name):
    add_members(lesson, person)
    Attendance.objects.create(
        lesson=lesson, person=person, user_id=person.user_id, role="student", mark=name, provisional=False
    )


def record(lesson):
    Recording.objects.create(
        enterprise=lesson.enterprise,
        lesson=lesson,
        class_id=lesson.remote_id,
        video_id=f"v{lesson.pk}",
        video_type=0,
        url="https://x.example",
    )


def create_lesson_before(teacher, days, **fields):
    begins = timezone.now() - timedelta(days=days)
    return create_finished_lesson(teacher, starts_at=begins, ends_at=begins + timedelta(minutes=45), **fields)


def test_a_mark_that_is_not_final_counts_on_the_first_page_as_little_as_in_the_report(browse, bob, kids):
    mark(create_lesson_before(bob, 1), kids[0], "present")
    mark(create_lesson_before(bob, 2, final_at=None), kids[0], "absent")
    page = browse(kids[0], "/").content.decode()
    assert "<strong>100 %</strong>" in page
    report = browse(kids[0], unescape(re.search(r'href="(/people/\d+/attendance/[^"]*)"', page)[1]))
    assert "100 %" in report.content.decode()


def test_a_student_reads_the_own_attendance_as_the_own_report_has_it(browse, bob, kids):
    for days, name in ((1, "present"), (2, "present"), (3, "late"), (4, "absent"), (5, "excused")):
        lesson = create_lesson_before(bob, days)
        mark(lesson, kids[0], name)
        mark(lesson, kids[1], "absent")
    page = browse(kids[0], "/").content.decode()
    assert "<strong>75 %</strong>" in page
    words = re.sub(r"<svg.*?</svg>", "", page, flags=re.S)
    assert re.findall(r'<span class="tag tag-\w+">(\d [a-z]+)</span>', words)[-4:] == [
        "2 present",
        "1 excused",
        "1 late",
        "1 absent",
    ]
    address = unescape(re.search(r'id="own-marks" href="([^"]+)"', page).group(1))
    report = browse(kids[0], address).content.decode()
    assert "<strong>75 %</strong>" in report
    assert report.count('<a class="letter ') == 5


def test_the_newest_recordings_of_the_own_lessons_are_a_press_away(browse, bob, kids):
    lessons = [create_lesson_before(bob, days, record_types=["remote"]) for days in range(1, 6)]
    for lesson in lessons:
        add_members(lesson, kids[0])
    for lesson in lessons[1:]:
        record(lesson)
    other = create_lesson_before(bob, 1, record_types=["remote"])
    record(other)
    page = browse(kids[0], "/").content.decode()
    shown = re.findall(r'id="recording-\d+" href="([^"]+)"', page)
    assert shown == [f"/recordings/{lesson.pk}/?t=0#player" for lesson in lessons[1:4]]
    assert browse(kids[0], shown[0]).status_code == 200


def test_teachers_find_the_newest_recordings_of_their_lessons_and_other_schools_none(browse, bob, charlie):
    lesson = create_lesson_before(bob, 1, record_types=["remote"])
    record(lesson)
    assert f'id="recording-{lesson.pk}"' in browse(bob, "/").content.decode()
    assert "Newest recordings" not in browse(charlie, "/").content.decode()


def test_who_has_no_marks_yet_is_told_so(browse, kids):
    page = browse(kids[0], "/").content.decode()
    assert "No marks yet." in page
    assert "Newest recordings" not in page


def test_who_is_no_student_has_no_summary(alice, bob, sue, charlie, olga):
    assert [student_summary(reader) for reader in (alice, bob, sue, charlie, olga)] == [None] * 5


def test_after_the_last_lesson_of_the_day_the_next_one_is_named(browse, bob, kids):
    over, later = (
        create_finished_lesson(bob),
        create_planned_lesson(bob, timedelta(days=2), topic="Flamingo drill"),
    )
    add_members(over, kids[0])
    add_members(later, kids[0])
    page = browse(kids[0], "/").content.decode()
    assert "No more lessons today" in page
    assert f'id="next-lesson" href="/lessons/{later.pk}/"' in page
    today = create_planned_lesson(bob, timedelta(minutes=30))
    add_members(today, kids[0])
    page = browse(kids[0], "/").content.decode()
    assert "No more lessons today" not in page
    assert today.student_url in page


def test_the_summary_takes_as_many_queries_for_many_lessons_as_for_one(queries, bob, kids):
    mark(create_lesson_before(bob, 1), kids[0], "present")
    few = queries(kids[0], "/")
    for days in range(2, 20):
        lesson = create_lesson_before(bob, days, record_types=["remote"])
        mark(lesson, kids[0], "late")
        record(lesson)
    assert queries(kids[0], "/") == few
