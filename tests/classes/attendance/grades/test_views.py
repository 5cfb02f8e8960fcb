"""Pages, files and REST of attendance grades: who sees which, and the rule on top."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from accounts.models import Role, User
from classes.attendance.grades.services import fix_grades
from classes.models import Course, GradeRevision, GradeRule, Lesson, Subject, Term
from console.audit.models import AuditEntry
from tests.classes.attendance.grades.conftest import create_lesson_on
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
GRADES, RULE = "/reports/grades/", "/reports/grades/rule/"
SENTENCE = (
    "Points for each lesson with a final mark: present 1, late 0.5, left early 0.5, late and left early 0.5, "
    "absent 0. Not counted: excused, no data. The percentage is the points by the lessons counted, rounded "
    "half up to one decimal."
)


@pytest.fixture
def address(course: Course) -> str:
    return f"{GRADES}?course={course.pk}"


@pytest.fixture
def revision(course: Course, term: Term, alice: User, marked: list[User]) -> GradeRevision:
    return fix_grades(course=course, term=term, by=alice)


def test_a_teacher_sees_the_grades_of_a_course_with_the_rule_on_top(
    browse: Any, bob: User, address: str, marked: list[User]
) -> None:
    page = page_text(browse(bob, address))
    assert SENTENCE in page
    assert "87.5" in page
    assert "Fix as a revision" not in page
    assert "计入" in page_text(browse(bob, address, language="zh-hans"))


def test_the_only_course_is_chosen_at_once_and_of_two_none(
    browse: Any, bob: User, course: Course, marked: list[User]
) -> None:
    page = page_text(browse(bob, GRADES))
    assert "87.5" in page
    assert f'<option value="{course.pk}" selected' in page
    assert f'<option value="{course.term_id}" selected' in page
    create_lesson_on(
        Course.objects.create(
            enterprise=course.enterprise,
            title="Hats",
            teacher=bob,
            starts_local=course.starts_local,
            duration_minutes=45,
        ),
        course.term.ends_on,  # type: ignore[union-attr]
    )
    assert "Choose a course" in page_text(browse(bob, GRADES))


def test_a_subject_limits_the_courses_and_the_only_one_left_is_shown(
    browse: Any, alice: User, bob: User, course: Course, marked: list[User]
) -> None:
    maths = Subject.objects.create(enterprise=course.enterprise, name="Maths", colour=1)
    Course.objects.filter(pk=course.pk).update(subject=maths)
    Course.objects.create(
        enterprise=course.enterprise,
        title="Hats",
        teacher=bob,
        starts_local=course.starts_local,
        duration_minutes=45,
    )
    assert "Hats" in page_text(browse(alice, f"{GRADES}?subject=0"))
    page = page_text(browse(alice, f"{GRADES}?subject={maths.pk}"))
    assert "Hats" not in page
    assert "87.5" in page


def test_a_teacher_sees_only_courses_that_they_lead(
    browse: Any, address: str, course: Course, marked: list[User]
) -> None:
    other = create_person(course.enterprise, "tom", Role.TEACHER)
    assert "Croquet" not in page_text(browse(other, GRADES))
    assert browse(other, address).status_code == 404


def test_a_student_sees_the_own_row_alone(
    browse: Any, address: str, course: Course, revision: GradeRevision, marked: list[User]
) -> None:
    course.members.set(marked)
    page = page_text(browse(marked[0], address))
    assert "87.5" in page
    assert "Kid2" not in page
    assert "Revision 1" not in page
    page = page_text(browse(marked[1], f"{GRADES}revisions/{revision.pk}/"))
    assert "50.0" in page
    assert "Kid1" not in page
    assert browse(marked[0], f"/reports/grades.csv?course={course.pk}").status_code == 403
    assert browse(marked[0], f"{GRADES}revisions/{revision.pk}.csv").status_code == 403


def test_files_have_the_rule_above_the_headings_and_are_on_record(
    browse: Any, bob: User, course: Course, marked: list[User]
) -> None:
    answer = browse(bob, f"/reports/grades.csv?course={course.pk}")
    (title,), (rule,), head, first, *_rest = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    assert (title, rule) == ("Attendance grades Croquet Autumn", SENTENCE)
    assert head[:2] == ["Name", "User ID"]
    assert head[-3:] == ["Lessons counted", "Points", "Percentage"]
    assert [first[0], *first[-3:]] == ["Kid1", "4", "3.50", "87.5"]
    answer = browse(bob, f"/reports/grades.xlsx?course={course.pk}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert (rows[1][0], rows[3][-1]) == (SENTENCE, 87.5)
    assert AuditEntry.objects.filter(action="report.export").count() == 2


def test_an_administrator_changes_the_rule(
    browse: Any, alice: User, address: str, marked: list[User]
) -> None:
    assert 'value="0.5"' in page_text(browse(alice, RULE))
    form = {"present": "1", "late": "0.25", "left_early": "1", "late_and_left_early": "", "absent": "0"}
    assert "Enter a number that is not above 1." in page_text(browse(alice, RULE, form | {"present": "1.5"}))
    assert "At least one mark must count." in page_text(browse(alice, RULE, dict.fromkeys(form, "")))
    assert not GradeRule.objects.exists()
    browse(alice, RULE, form)
    page = page_text(browse(alice, address))
    assert "late 0.25, left early 1, absent 0. Not counted: late and left early, excused, no data." in page
    assert "81.3" in page


def test_an_administrator_fixes_the_grades_and_sees_what_changes_later(
    browse: Any,
    alice: User,
    bob: User,
    address: str,
    course: Course,
    marked: list[User],
    lessons: list[Lesson],
) -> None:
    fix = f"{GRADES}{course.pk}/fix/"
    assert browse(bob, fix).status_code == 403
    assert "Fix the grades of “Croquet” in Autumn?" in page_text(browse(alice, fix))
    assert browse(alice, fix, {}).status_code == 302
    revision = GradeRevision.objects.get()
    page = page_text(browse(bob, f"{GRADES}revisions/{revision.pk}/"))
    assert "Since revision 1, nothing has changed." in page
    assert revision.digest in page
    assert "Nothing has changed since revision 1." in page_text(browse(alice, fix, {}))
    Lesson.objects.filter(pk=lessons[0].pk).update(final_at=None)
    assert "Fix anyway" in page_text(browse(alice, fix))
    assert "1 lesson of this term has no final marks yet." in page_text(browse(alice, fix, {}))
    assert browse(alice, fix, {"anyway": "on"}).status_code == 302
    page = page_text(browse(bob, address))
    assert "Revision 2" in page
    file = browse(bob, f"{GRADES}revisions/{revision.pk}.csv").content.decode()
    assert revision.digest in file
    assert SENTENCE in file


def test_rest_has_the_grades_and_the_revisions(
    alice: User,
    bob: User,
    charlie: User,
    course: Course,
    term: Term,
    revision: GradeRevision,
    marked: list[User],
) -> None:
    course.members.set(marked)
    path = f"/api/v1/courses/{course.pk}/grades/"
    found = rest_client(bob).get(path).json()
    assert (found["term"], found["rule"]["late"], found["rule"]["excused"]) == (term.pk, "0.50", None)
    assert found["students"][0] == {
        **{"user_id": "kid1", "nickname": "Kid1", "marks": {"present": 3, "late": 1}},
        **{"counted": 4, "points": "3.50", "percent": "87.5"},
    }
    own = rest_client(marked[1]).get(path).json()
    assert [one["user_id"] for one in own["students"]] == ["kid2"]
    revisions = rest_client(bob).get(f"{path}revisions/").json()
    assert [(one["number"], one["digest"]) for one in revisions] == [(1, revision.digest)]
    assert rest_client(marked[1]).get(f"{path}revisions/").status_code == 403
    assert rest_client(charlie).get(path).status_code == 404
    assert rest_client(alice).get(f"{path}?term=0").status_code == 404


def test_the_page_of_grades_takes_few_queries(
    alice: User, address: str, revision: GradeRevision, django_assert_max_num_queries: Any
) -> None:
    client = client_for(alice)
    with django_assert_max_num_queries(12):
        assert "87.5" in page_text(client.get(address))
