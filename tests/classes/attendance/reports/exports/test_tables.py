"""What each kind of export holds, and that nothing of another school is in it."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import StudentGroup
from classes.attendance.reports.exports.services import create_schedule
from classes.models import Course, Lesson
from classes.models.export_schedule import export_storage
from tests.classes.attendance.reports.conftest import marked
from tests.classes.attendance.reports.exports.conftest import content_of
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def yesterday(bob, kids, school):
    """A course with two lessons yesterday: one with final marks, one that is not final."""
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2026, 9, 1, 12),
        duration_minutes=45,
    )
    noon = timezone.localtime(timezone=school.tz).replace(hour=12) - timedelta(days=1)
    for topic, final_at in (("Hoops", timezone.now()), ("Mallets", None)):
        lesson = create_finished_lesson(
            bob,
            topic=topic,
            course=course,
            starts_at=noon,
            ends_at=noon + timedelta(minutes=45),
            final_at=final_at,
        )
        add_members(lesson, *kids)
        for kid, mark in zip(kids, ("present", "late", "absent"), strict=True):
            marked(lesson, kid, mark)
        noon += timedelta(hours=1)
    return course


def read(run):
    return list(csv.DictReader(io.StringIO(content_of(run))))


def test_people_are_exported_without_contacts(alice, bob, kids, make):
    alice.phone_no = "13800130001"
    alice.save(update_fields=["phone_no"])
    run = make(create_schedule(by=alice, kind="people", every="day", role="student"))
    assert [row["User ID"] for row in read(run)] == ["kid1", "kid2", "kid3"]
    text = content_of(make(create_schedule(by=alice, kind="people", every="day")))
    assert "13800130001" not in text
    assert "alice@wonderland.example" not in text


def test_people_of_a_group_alone(alice, bob, kids, make):
    group = StudentGroup.objects.get(name="Year 7")
    group.students.remove(kids[2])
    run = make(create_schedule(by=alice, kind="people", every="day", group=group))
    assert [row["User ID"] for row in read(run)] == ["kid1", "kid2"]


def test_lessons_of_the_period_with_who_came(alice, bob, yesterday, charlie, other_school, make):
    create_planned_lesson(bob)
    run = make(create_schedule(by=alice, kind="lessons", every="day", period="yesterday"))
    assert [(row["Lesson"], row["Course"], row["Students"]) for row in read(run)] == [
        ("Hoops", "Croquet", "3"),
        ("Mallets", "Croquet", "3"),
    ]


def test_marks_of_final_lessons_a_row_each(alice, yesterday, make):
    run = make(create_schedule(by=alice, kind="marks", every="day", period="yesterday", course=yesterday))
    rows = read(run)
    assert [(row["User ID"], row["Mark as a code"]) for row in rows] == [
        ("kid1", "present"),
        ("kid2", "late"),
        ("kid3", "absent"),
    ]
    assert {row["Lesson"] for row in rows} == {"Hoops"}


def test_grades_of_a_course_as_an_excel_file_with_the_rule(alice, yesterday, make):
    schedule = create_schedule(
        by=alice, kind="grades", every="day", period="yesterday", course=yesterday, file_type="xlsx"
    )
    run = make(schedule)
    with export_storage().open(run.file.name) as file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + run.rows == 4
    assert "Points" in rows[0]
    assert "Note" in str(book.get_sheet_by_index(1).to_python())


def test_nothing_of_another_school_is_in_any_file(charlie, other_school, alice, yesterday, make):
    create_person(other_school, "dan", "teacher")
    for kind in ("people", "lessons", "marks"):
        schedule = create_schedule(by=charlie, kind=kind, every="day", period="yesterday")
        assert "kid" not in content_of(make(schedule)).lower()
        assert "Hoops" not in content_of(make(schedule))
    assert Lesson.objects.filter(enterprise=other_school).count() == 0
