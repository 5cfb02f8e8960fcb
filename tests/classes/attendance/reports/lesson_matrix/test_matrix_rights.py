"""Whose rows the matrix shows: lessons that the reader teaches or assists in, or all of the school."""

from typing import Any

import pytest

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Course, Lesson, Member
from console.audit.models import AuditEntry
from tests.classes.attendance.reports.conftest import marked
from tests.classes.attendance.reports.lesson_matrix.test_matrix_page import PAGE, letters
from tests.classes.factories import add_members, create_finished_lesson
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
FILES = ("/reports/matrix.csv", "/reports/matrix.xlsx")


@pytest.fixture
def ted(school: Enterprise) -> User:
    return create_person(school, "ted", Role.TEACHER)


@pytest.fixture
def amy(school: Enterprise) -> User:
    return create_person(school, "amy", Role.ASSISTANT)


def test_only_lessons_that_a_teacher_or_an_assistant_leads_count(
    browse: Any, alice: User, bob: User, ted: User, amy: User, kids: list[User], course: Course
) -> None:
    covered = create_finished_lesson(ted, course=course)
    add_members(covered, amy, *kids)
    marked(covered, kids[0], "absent")
    path = f"{PAGE}?course={course.pk}"
    assert letters(browse(alice, path))["kid1"] == "PPPPA 0.8000"
    assert letters(browse(bob, path))["kid1"] == "PPPP 1.0000"
    for reader in (ted, amy):
        assert letters(browse(reader, path)) == {"kid1": "A 0.0000"}


def test_a_course_or_group_of_a_colleague_or_of_another_school_does_not_exist(
    browse: Any, ted: User, charlie: User, course: Course
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    for reader in (ted, charlie):
        for query in (f"course={course.pk}", f"group={group.pk}", "course=x", f"course={'9' * 5000}"):
            for path in (PAGE, *FILES):
                assert browse(reader, f"{path}?{query}").status_code == 404, (reader, path, query)


def test_a_group_is_a_teachers_once_a_lesson_of_theirs_has_it(
    browse: Any, bob: User, alice: User, week: list[Lesson]
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    path = f"{PAGE}?group={group.pk}"
    assert browse(bob, path).status_code == 404
    assert browse(alice, path).status_code == 200
    week[0].groups.add(group)
    assert browse(bob, path).status_code == 200


def test_students_see_no_matrix_and_supervisors_no_file_of_it(
    browse: Any, bob: User, sue: User, kids: list[User], course: Course
) -> None:
    for path in (PAGE, *FILES, f"{PAGE}students/{kids[0].pk}/"):
        assert browse(kids[0], path).status_code == 403
    query = f"?course={course.pk}"
    shown = page_text(browse(sue, PAGE + query))
    assert "Kid1" in shown
    assert "/reports/matrix.xlsx" not in shown
    assert "/reports/matrix.xlsx" in page_text(browse(bob, PAGE + query))
    for path in FILES:
        assert browse(sue, path + query).status_code == 403
        answer = browse(bob, path + query)
        assert answer.status_code == 200
        assert b"".join(answer)


def test_the_trends_of_a_student_open_for_who_leads_a_lesson_with_them(
    browse: Any, alice: User, bob: User, ted: User, charlie: User, kids: list[User], course: Course
) -> None:
    path = f"{PAGE}students/{kids[0].pk}/"
    assert browse(bob, path).status_code == browse(alice, path).status_code == 200
    assert browse(ted, path).status_code == 403
    assert browse(charlie, path).status_code == 404
    assert browse(bob, f"{PAGE}students/{bob.pk}/").status_code == 404
    attended = create_finished_lesson(alice)
    add_members(attended, kids[0])
    Member.objects.create(lesson=attended, user=ted, role=Member.Role.STUDENT)
    assert browse(ted, path).status_code == 403, "a lesson that one attends is not led"
    add_members(create_finished_lesson(ted), kids[0])
    assert browse(ted, path).status_code == 200


def test_the_matrix_of_a_group_in_charge_is_a_file_and_each_file_is_recorded(
    browse: Any, ted: User, week: list[Lesson]
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    week[0].groups.add(group)
    query = f"?group={group.pk}"
    assert browse(ted, FILES[0] + query).status_code == 404
    charge = put_in_charge(group, ted)
    assert FILES[0] in page_text(browse(ted, PAGE + query))
    for path in FILES:
        answer = browse(ted, path + query)
        assert answer.status_code == 200
        assert b"".join(answer)
    entries = AuditEntry.objects.filter(action="report.export", actor=ted)
    assert [(one.after or {})["name"] for one in entries] == ["Year 7", "Year 7"]
    charge.delete()
    assert browse(ted, FILES[0] + query).status_code == 404
