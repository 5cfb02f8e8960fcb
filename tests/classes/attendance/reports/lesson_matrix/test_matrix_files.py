"""The matrix as a file: the same students, lessons and numbers as the page, and no formula that runs."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from classes.attendance.reports.lesson_matrix import files
from classes.models import Course, Lesson
from console.audit.models import AuditEntry
from tests.classes.factories import add_members, create_planned_lesson

pytestmark = pytest.mark.django_db


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


def test_a_csv_file_has_every_student_and_lesson_with_totals(
    browse: Any, bob: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH", 2)
    head, *rows = table(browse(bob, f"/reports/matrix.csv?course={course.pk}"))
    assert head[:2] == ["Name", "User ID"]
    assert [one.split(maxsplit=2)[2] for one in head[2:6]] == ["Day 4", "Day 3", "Day 2", "Day 1"]
    assert head[6:] == [
        *("present", "late", "left early", "late and left early", "absent", "excused", "no data"),
        "Attendance rate",
    ]
    found = {row[0]: row[1:] for row in rows}
    assert found["Kid1"] == ["kid1", *"PPPP", "4", "0", "0", "0", "0", "0", "0", "100.0%"]
    assert found["Kid2"] == ["kid2", *"LAAA", "0", "1", "0", "0", "3", "0", "0", "25.0%"]
    assert found["Kid3"] == ["kid3", *"EE?X", "0", "0", "2", "0", "0", "1", "1", "100.0%"]
    assert found["absent"][:5] == ["", "0", "1", "1", "1"]
    assert found["Total"] == [
        *("", "100 %", "66.6 %", "50 %", "50 %"),
        *("4", "1", "2", "0", "3", "1", "1", "70.0%"),
    ]


def test_a_file_has_what_the_filter_leaves_and_is_on_record(browse: Any, bob: User, course: Course) -> None:
    _head, *rows = table(browse(bob, f"/reports/matrix.csv?course={course.pk}&absent=on"))
    assert [row[0] for row in rows] == ["Kid2", "late", "absent", "Total"]
    entry = AuditEntry.objects.get(action="report.export")
    assert entry.actor == bob
    assert entry.after == {"report": "matrix", "file": ".csv", "rows": 1, "name": "Croquet"}


def test_an_excel_file_says_what_its_letters_mean_and_which_lessons_do_not_count(
    browse: Any, bob: User, kids: list[User], course: Course
) -> None:
    planned = create_planned_lesson(bob, course=course, topic="Next")
    add_members(planned, *kids)
    day = f"{timezone.localtime(planned.starts_at, course.enterprise.tz):%Y-%m-%d}"
    answer = browse(bob, f"/reports/matrix.xlsx?course={course.pk}&until={day}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    sheet, about = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert sheet[0][6].endswith("Next (not started)")
    assert sheet[1][6] == ""
    notes = " ".join(str(value) for _label, value in about)
    assert "A absent" in notes
    assert "not counting" in notes


def test_a_name_or_topic_that_would_run_does_not(
    browse: Any, bob: User, kids: list[User], course: Course, week: list[Lesson]
) -> None:
    User.objects.filter(pk=kids[0].pk).update(nickname="=1+1", sort_name="=1+1")
    Lesson.objects.filter(pk=week[0].pk).update(topic="=2+2")
    text = browse(bob, f"/reports/matrix.csv?course={course.pk}").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert '"=' not in text
