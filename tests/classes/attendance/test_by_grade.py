"""Lists, reports, the timetable, warning rules and reports by e-mail of a grade."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import Enterprise, Grade, StudentGroup, User
from classes.attendance.leave import grant_leave
from classes.attendance.reports.schedules.delivery import build_report_email
from classes.attendance.reports.schedules.services import create_schedule
from classes.attendance.thresholds.crossings import find_crossings
from classes.attendance.thresholds.sentences import rule_sentence
from classes.attendance.thresholds.services import add_rule
from classes.models import Attendance, AttendanceWarning, Lesson, ThresholdRule
from tests.classes.factories import add_members, create_finished_lesson, create_students
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def grade(school: Enterprise) -> Grade:
    return Grade.objects.create(enterprise=school, name="Grade 7", position=1)


@pytest.fixture
def kids(school: Enterprise, grade: Grade) -> list[User]:
    """Kid1 is in two groups of Grade 7, Kid2 in an archived one, Kid3 in none of it."""
    kids = create_students(school, 3)
    for name, student, archived_at in (
        ("Year 7a", kids[0], None),
        ("Year 7b", kids[0], None),
        ("Old", kids[1], timezone.now()),
    ):
        group = StudentGroup.objects.create(
            enterprise=school, name=name, grade=grade, archived_at=archived_at
        )
        group.students.add(student)
    return kids


@pytest.fixture
def lesson(bob: User, kids: list[User]) -> Lesson:
    """A final lesson of yesterday with Year 7a, from which all three were absent."""
    begins = timezone.now() - timedelta(days=1)
    lesson = create_finished_lesson(bob, starts_at=begins, ends_at=begins + timedelta(minutes=45))
    add_members(lesson, *kids)
    lesson.groups.add(StudentGroup.objects.get(name="Year 7a"))
    for kid in kids:
        mark = {"mark": "absent", "provisional": False, "nickname": kid.nickname}
        Attendance.objects.create(lesson=lesson, person=kid, user_id=kid.user_id, role="student", **mark)
    return lesson


def test_people_leave_and_warnings_are_those_of_its_students(
    browse: Any, alice: User, grade: Grade, kids: list[User]
) -> None:
    now = timezone.now()
    rule = ThresholdRule.objects.create(enterprise=alice.enterprise, kind="absences", number=3)
    facts = {"kind": "absences", "number": 3, "days": None, "least": None, "count": 3, "total": 3}
    for kid in kids:
        grant_leave(
            person=kid, begins_at=now, ends_at=now + timedelta(days=1), kind="sick", reason="Ill", by=alice
        )
        AttendanceWarning.objects.create(
            enterprise=alice.enterprise, rule=rule, person=kid, facts=facts | {"marks": []}
        )
    people = browse(alice, f"/people/?grade={grade.pk}").context["keyset"].rows
    assert [one.user_id for one in people] == ["kid1"]
    for page in ("/leave/", "/warnings/"):
        rows = browse(alice, f"{page}?grade={grade.pk}").context["page_obj"]
        assert [one.person.user_id for one in rows] == ["kid1"], page
        assert len(browse(alice, page).context["page_obj"]) == 3


def test_a_head_filters_by_their_grade_and_other_teachers_by_none(
    browse: Any, bob: User, school: Enterprise, grade: Grade, kids: list[User]
) -> None:
    hal = create_person(school, "hal", "teacher")
    put_in_charge(grade, hal)
    for page in ("/leave/", "/warnings/", "/reports/matrix/"):
        assert "Grade 7" in page_text(browse(hal, page)), page
        assert "Grade 7" not in page_text(browse(bob, page)), page


def test_the_reports_count_its_students_and_its_lessons(
    browse: Any, alice: User, bob: User, grade: Grade, lesson: Lesson
) -> None:
    other = create_finished_lesson(bob)
    whole = browse(alice, "/reports/school/?by=week").context["total"]
    assert [cell for column, cell in whole if column.key == "absent"] == ["3"]
    for query in (f"grade={grade.pk}", f"by=week&grade={grade.pk}"):
        page = browse(alice, f"/reports/school/?{query}")
        assert [cell for column, cell in page.context["total"] if column.key == "absent"] == ["1"], query
    assert browse(alice, f"/reports/school/groups/?grade={grade.pk}").status_code == 200
    registers = browse(alice, f"/reports/registers/?grade={grade.pk}").context["registers"]
    assert [number for number, *_row in registers] == [str(lesson.pk)]
    everything = browse(alice, "/reports/registers/").context["registers"]
    assert str(other.pk) in [number for number, *_row in everything]
    absences = browse(alice, f"/reports/absences/?least=1&grade={grade.pk}")
    assert "Kid1" in page_text(absences)
    assert "Kid3" not in page_text(absences)


def test_the_matrix_offers_the_groups_of_the_grade_and_keeps_a_chosen_one(
    browse: Any, alice: User, school: Enterprise, grade: Grade, kids: list[User]
) -> None:
    other = StudentGroup.objects.create(enterprise=school, name="Year 9")
    page = browse(alice, f"/reports/matrix/?grade={grade.pk}&group={other.pk}")
    labels = [label for _key, label in page.context["filter_form"].fields["group"].choices]
    assert labels == ["—", "Year 7a", "Year 7b", "Year 9"]


def test_the_timetable_has_a_layer_of_the_grade(
    browse: Any, alice: User, bob: User, grade: Grade, lesson: Lesson
) -> None:
    create_finished_lesson(bob, topic="Elsewhere")
    day = timezone.localtime(lesson.starts_at, alice.enterprise.tz).date()
    assert "Grade 7" in page_text(browse(alice, "/timetable/"))
    days = f"start={day}&end={day + timedelta(days=2)}"
    shown = browse(alice, f"/timetable/lessons/?{days}&grade={grade.pk}").content.decode()
    assert lesson.topic in shown
    assert "Elsewhere" not in shown
    assert "Elsewhere" in browse(alice, f"/timetable/lessons/?{days}").content.decode()


def test_a_rule_of_the_grade_warns_its_students_once(
    alice: User, grade: Grade, kids: list[User], lesson: Lesson
) -> None:
    fields = {"scope": "grade", "grade": grade, "kind": "late", "number": 1, "days": 7, "least": None}
    rule = add_rule(by=alice, **fields)
    with pytest.raises(ValidationError):
        add_rule(by=alice, **fields)
    Attendance.objects.update(mark="late")
    found = find_crossings(rule, alice.enterprise.tz, timezone.now())
    assert {person: crossing.against for person, crossing in found.items()} == {kids[0].pk: 1}
    with translation.override("en"):
        assert rule_sentence(rule).endswith("students of grade “Grade 7”")
    grade.delete()
    rule.refresh_from_db()
    assert find_crossings(rule, alice.enterprise.tz, timezone.now()) == {}


def test_the_form_of_a_rule_takes_a_grade_or_something_else(
    browse: Any, alice: User, grade: Grade, kids: list[User]
) -> None:
    group = StudentGroup.objects.get(name="Year 7a")
    address = "/warnings/rules/new/?kind=absences"
    both = browse(alice, address, {"number": 3, "group": group.pk, "grade": grade.pk})
    assert list(both.context["form"].errors) == ["course"]
    browse(alice, address, {"number": 3, "grade": grade.pk})
    rule = ThresholdRule.objects.get()
    assert (rule.scope, rule.grade) == ("grade", grade)


def test_a_report_by_e_mail_of_the_grade_counts_its_students(
    browse: Any, alice: User, grade: Grade, lesson: Lesson
) -> None:
    User.objects.filter(pk=alice.pk).update(e_mail="alice@wonderland.example", language="en")
    both = {"every": "week", "person": "alice", "grade": grade.pk}
    group = StudentGroup.objects.get(name="Year 7a")
    refused = browse(alice, "/reports/mail/new/", both | {"group": group.pk})
    assert list(refused.context["form"].errors) == ["grade"]
    alice.refresh_from_db()
    schedule = create_schedule(person=alice, group=None, grade=grade, every="week", by=alice)
    assert "Grade 7" in build_report_email(schedule).subject
    assert "Grade 7" in page_text(browse(alice, "/reports/mail/"))
