"""The matrix of a course or group: its marks, totals, filters and pages, for whom and of which lessons."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.attendance.reports.lesson_matrix import views
from classes.models import Course, Lesson, Subject
from tests.classes.attendance.reports.conftest import marked
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
)
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
PAGE = "/reports/matrix/"


def letters(answer: Any) -> dict[str, str]:
    """The letters of each student, a dot for none, and the share."""
    rows = answer.context["table"].get("rows", ())
    return {
        row.student.user_id: "".join(str(cell or ".") for cell in row.cells) + f" {row.student.share}"
        for row in rows
    }


def totals(answer: Any) -> dict[str, tuple[str, ...]]:
    """The numbers of each lesson by mark, and their sum."""
    first, *rows = answer.context["table"]["totals"]
    sums = dict(zip([one.label for one in rows], first.numbers, strict=True))
    return {one.label: (*one.values, str(sums[one.label])) for one in rows}


def test_a_teacher_sees_a_letter_for_each_student_and_lesson_with_totals_of_both(
    browse: Any, bob: User, course: Course
) -> None:
    answer = browse(bob, f"{PAGE}?course={course.pk}")
    assert letters(answer) == {"kid1": "PPPP 1.0000", "kid2": "LAAA 0.2500", "kid3": "EE?X 1.0000"}
    assert totals(answer) == {
        "present": ("1", "1", "1", "1", "4"),
        "late": ("1", "0", "0", "0", "1"),
        "left early": ("1", "1", "0", "0", "2"),
        "absent": ("0", "1", "1", "1", "3"),
        "excused": ("0", "0", "0", "1", "1"),
        "no data": ("0", "0", "1", "0", "1"),
    }
    assert [mark.words for mark in answer.context["table"]["marks"]] == list(totals(answer))
    first = answer.context["table"]["totals"][0]
    assert (first.values, first.share) == (["100 %", "66.6 %", "50 %", "50 %"], "70 %")
    text = page_text(answer)
    assert "not counting" in text
    for one in course.lessons.all():
        assert f'href="/lessons/{one.pk}/attendance/"' in text
        assert one.topic in text


def test_a_group_has_all_lessons_with_it_and_its_current_students(
    browse: Any, bob: User, kids: list[User], week: list[Lesson]
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    group.students.remove(kids[2])
    for one in week[:3]:
        one.groups.add(group)
    assert letters(browse(bob, f"{PAGE}?group={group.pk}")) == {"kid1": "PPP 1.0000", "kid2": "LAA 0.3333"}


def test_a_group_narrows_the_students_of_a_course(
    browse: Any, bob: User, school: Enterprise, kids: list[User], course: Course, week: list[Lesson]
) -> None:
    few = StudentGroup.objects.create(enterprise=school, name="Few")
    few.students.add(kids[1])
    week[0].groups.add(few)
    answer = browse(bob, f"{PAGE}?course={course.pk}&group={few.pk}")
    assert letters(answer) == {"kid2": "LAAA 0.2500"}
    assert totals(answer)["absent"] == ("0", "1", "1", "1", "3")


def test_lessons_that_are_not_final_are_shown_and_do_not_count(
    browse: Any, bob: User, school: Enterprise, kids: list[User], course: Course
) -> None:
    new = create_person(school, "kid4", Role.STUDENT)
    lessons = {
        "running": create_running_lesson(bob, 10, course=course),
        "provisional": create_finished_lesson(bob, course=course, final_at=None),
        "not started": create_planned_lesson(bob, course=course),
        "not held": create_planned_lesson(bob, -timedelta(hours=30), course=course),
    }
    add_members(lessons["not started"], *kids, new)
    marked(lessons["provisional"], kids[0], "absent")
    create_finished_lesson(bob, course=course, topic="Called off", cancelled_at=timezone.now())
    day = timezone.localdate() + timedelta(days=1)
    answer = browse(bob, f"{PAGE}?course={course.pk}&until={day}")
    found = {row.student.user_id: row for row in answer.context["table"]["rows"]}
    assert found["kid1"].student.share == 1
    assert found["kid4"].student.share is None
    states = {str(one.state_label) for one in answer.context["lessons"] if not one.is_final}
    assert states == set(lessons)
    text = page_text(answer)
    assert "Called off" not in text
    assert text.count('<td class="matrix-open">') == 4 * 4
    assert totals(answer)["absent"][-1] == "3"


@pytest.mark.parametrize(
    ("query", "shown", "absent"),
    [
        ("below=50", ["kid2"], "3"),
        ("below=25", [], None),
        ("absent=on", ["kid2"], "3"),
        ("name=KID1", ["kid1"], None),
        ("name=Kid&below=100", ["kid2"], "3"),
        ("name=nobody", [], None),
    ],
)
def test_a_filter_leaves_students_and_their_numbers_out(
    browse: Any, bob: User, course: Course, query: str, shown: list[str], absent: str | None
) -> None:
    answer = browse(bob, f"{PAGE}?course={course.pk}&{query}")
    assert list(letters(answer)) == shown
    assert (totals(answer) if shown else {}).get("absent", [None])[-1] == absent
    if not shown:
        assert "No students for this filter" in page_text(answer)


def test_many_students_and_lessons_come_in_pages_the_newest_lessonsfirst(
    browse: Any, bob: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LESSONS_A_PAGE", 3)
    monkeypatch.setattr(views, "STUDENTS_A_PAGE", 2)
    path = f"{PAGE}?course={course.pk}"
    assert letters(browse(bob, path)) == {"kid1": "PPP 1.0000", "kid2": "AAA 0.2500"}
    assert letters(browse(bob, f"{path}&lessons=2&page=2")) == {"kid3": "E 1.0000"}
    assert "Earlier lessons" in page_text(browse(bob, path))
    assert "Later lessons" in page_text(browse(bob, f"{path}&lessons=2"))
    for wrong in ("page=3", "lessons=3", "page=0", "lessons=x", f"page={'9' * 5000}"):
        assert browse(bob, f"{path}&{wrong}").status_code == 404, wrong


def test_more_than_fits_is_cut_to_the_newest_lessons_and_says_so(
    browse: Any, bob: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_LIMITS", views.PAGE_LIMITS._replace(marks=6))
    answer = browse(bob, f"{PAGE}?course={course.pk}")
    assert letters(answer)["kid2"] == "AA 0.0000"
    assert "Only the newest 2 lessons of these days." in page_text(answer)


def test_rate_and_marks_of_all_lessons_are_drawn_also_of_those_on_other_pages(
    browse: Any, bob: User, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LESSONS_A_PAGE", 1)
    charts = {one.name: one for one in browse(bob, f"{PAGE}?course={course.pk}").context["charts"]}
    assert [row[1] for row in charts["rate"].rows] == ["100 %", "66.6 %", "50 %", "50 %"]
    assert sum(int(number) for row in charts["marks"].rows for number in row[1:]) == 12
    drawn = browse(bob, f"{PAGE}?course={course.pk}&name=kid2").context["charts"]
    assert [row[1] for row in drawn[0].rows] == ["100 %", "0 %", "0 %", "0 %"]
    assert browse(bob, PAGE).context["charts"] == []


def test_who_sets_up_reports_by_e_mail_does_so_from_the_matrix(
    browse: Any, alice: User, bob: User, course: Course
) -> None:
    for reader, offers in ((alice, True), (bob, False)):
        assert ("By e-mail" in page_text(browse(reader, f"{PAGE}?course={course.pk}"))) == offers


def test_without_a_choice_the_page_offers_the_courses_of_the_reader(
    browse: Any, bob: User, school: Enterprise, course: Course
) -> None:
    Course.objects.create(
        enterprise=school,
        title="Hats",
        teacher=create_person(school, "ted", Role.TEACHER),
        starts_local=course.starts_local,
        duration_minutes=45,
    )
    text = page_text(browse(bob, PAGE))
    assert "Choose a course or a group" in text
    assert f"?course={course.pk}" in text
    assert "Hats" not in text


def test_a_subject_limits_the_courses_offered(
    browse: Any, alice: User, school: Enterprise, course: Course
) -> None:
    assert 'name="subject"' not in page_text(browse(alice, PAGE))
    maths, art = (Subject.objects.create(enterprise=school, name=name, colour=1) for name in ("Maths", "Art"))
    Subject.objects.create(enterprise=school, name="Unused", colour=2)
    Course.objects.filter(pk=course.pk).update(subject=maths)
    Course.objects.create(
        enterprise=school,
        title="Hats",
        subject=art,
        teacher=course.teacher,
        starts_local=course.starts_local,
        duration_minutes=45,
    )
    text = page_text(browse(alice, PAGE))
    assert 'name="subject"' in text
    assert "Unused" not in text
    text = page_text(browse(alice, f"{PAGE}?subject={maths.pk}"))
    assert f"course={course.pk}" in text
    assert "Hats" not in text
    assert "Hats" in page_text(browse(alice, f"{PAGE}?subject=0"))
    chosen = browse(alice, f"{PAGE}?subject={art.pk}&course={course.pk}")
    assert letters(chosen)  # a link to a course works whatever the subject


def test_the_page_of_a_course_leads_to_its_matrix(
    browse: Any, alice: User, bob: User, kids: list[User], course: Course
) -> None:
    course.members.set(kids)
    link = f"{PAGE}?course={course.pk}"
    for reader in (alice, bob):
        assert link in page_text(browse(reader, f"/courses/{course.pk}/"))
    assert link not in page_text(browse(kids[0], f"/courses/{course.pk}/"))


def test_more_lessons_and_students_cost_no_more_queries(
    bob: User, kids: list[User], course: Course, school: Enterprise
) -> None:
    add_members(create_planned_lesson(bob, course=course), *kids)
    client, tomorrow = client_for(bob), timezone.localdate() + timedelta(days=1)
    path = f"{PAGE}?course={course.pk}&name=kid&until={tomorrow}"

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    client.get(path)
    few = queries()
    for number in range(10, 20):
        lesson = create_finished_lesson(bob, course=course)
        marked(lesson, create_person(school, f"kid{number}", Role.STUDENT), "absent")
    assert queries() == few <= 12
