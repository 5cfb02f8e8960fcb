"""Attendance grades sent to OneRoster in a browser: every page fits its screen, in both languages.

`SHOTS=folder` keeps a picture of each page.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, GroupMembership, SourcedId, StudentGroup, User
from classes.attendance.grades.services import fix_grades
from classes.models import Course, GradeRevision, Term
from tests.browser.timetable_pages import SIZES
from tests.classes.attendance.grades.conftest import create_lesson_on, set_marks
from tests.classes.attendance.grades.sending.conftest import Gradebook, run_jobs
from tests.classes.factories import create_students
from tests.support import one_roster_server
from tests.support.browser import in_turn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def revision(alice: User, bob: User) -> GradeRevision:
    """Grades of three students, of whom one has no OneRoster ID."""
    assert isinstance(alice.enterprise, Enterprise)
    school, today = alice.enterprise, timezone.localdate()
    days = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)}
    term = Term.objects.create(enterprise=school, name="Autumn", **days)
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        term=term,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    lesson = create_lesson_on(course, term.ends_on)
    group = StudentGroup.objects.create(enterprise=school, name="Class 7A")
    course.groups.add(group)
    links = [("class", "k-1", group.pk)]
    for number, student in enumerate(create_students(school, 3, "Year 7"), start=2):
        GroupMembership.objects.get_or_create(group=group, student=student)
        set_marks([lesson], student, ["present"])
        links += [("user", f"u-{number}", student.pk)]
    for kind, sourced_id, target in links[:3]:
        SourcedId.objects.create(enterprise=school, kind=kind, sourced_id=sourced_id, target=target)
    return fix_grades(course=course, term=term, by=alice)


@pytest.mark.parametrize(("size", "language"), in_turn(1, [("desk", "en"), ("telephone", "zh-CN")]))
def test_from_the_grades_to_the_result(
    alice: User, revision: GradeRevision, window: Any, tmp_path: Path, settings: Any, size: str, language: str
) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    page = window(alice, size, language)

    def seen(name: str) -> None:
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{size}-{language}.png", full_page=True)

    page.goto(f"{page.base}/reports/grades/revisions/{revision.pk}/")
    seen("send-without-service")
    gradebook = Gradebook(tmp_path / "data.json", "1.2", alice)
    gradebook.misbehave(refused={"u-3": 422})
    with one_roster_server.running(gradebook.file) as address:
        gradebook.connect(address)
        page.goto(f"{page.base}/reports/grades/?course={revision.course_id}")
        seen("send-grades")
        page.locator(f"main a[href='/reports/grades/revisions/{revision.pk}/send/']").first.click()
        seen("send-question")
        page.locator("main form .form-buttons button[type=submit]").click()
        seen("send-waiting")
        assert run_jobs().failed == 2
        page.reload()
        seen("send-done")
    assert page.locator("#grade-sending li").count() == 2
