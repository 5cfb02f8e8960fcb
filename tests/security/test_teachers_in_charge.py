"""The rights of teachers in charge, heads of grade and deputies: on their days only, of their groups only.

Tom teaches no lesson of Dina and Ella; Bob teaches both. Tom may be in charge of Dina's group or head its
grade, never of Ella's.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Enterprise, Grade, Role, StudentGroup, StudentNote, User
from classes.models import Attendance, AttendanceWarning, Leave, Lesson, ThresholdRule
from tests.classes.factories import add_members, create_finished_lesson
from tests.faults.sizes import FULL
from tests.security.sample_school import CAUSE
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
#: The days of Tom's charge, and whether he has its rights today.
DAYS = {
    "before": ({"starts_on": TODAY + DAY}, False),
    "first day": ({"starts_on": TODAY}, True),
    "during": ({}, True),
    "last day": ({"ends_on": TODAY}, True),
    "after": ({"ends_on": TODAY - DAY}, False),
}
#: A day, a kind and what it is of: with FAULTS=full all of them, else one on each day, all of them in turn.
CASES = [
    (when, kind, of)
    for number, when in enumerate(DAYS)
    for place, kind in enumerate(("charge", "deputy"))
    for turn, of in enumerate(("group", "grade"))
    if FULL or (place, turn) == (number % 2, number // 2 % 2)
]


@pytest.fixture
def lesson(bob: User, dina: User, school: Enterprise) -> Lesson:
    """A lesson of Bob's with two groups: Dina is in Hatters, Ella in Dodos."""
    ella = create_person(school, "ella", Role.STUDENT)
    lesson = create_finished_lesson(bob)
    add_members(lesson, dina, ella)
    for position, (name, student) in enumerate((("Hatters", dina), ("Dodos", ella))):
        grade = Grade.objects.create(enterprise=school, name=f"Grade of {name}", position=position)
        group = StudentGroup.objects.create(enterprise=school, name=name, grade=grade)
        group.students.add(student)
        lesson.groups.add(group)
    return lesson


def rows_about(lesson: Lesson, student: User, by: User) -> dict[str, Any]:
    """A row of everything about the student."""
    school, group = lesson.enterprise, student.student_groups.get()
    rule = ThresholdRule.objects.create(
        enterprise=school, scope="group", group=group, kind="absences", number=3
    )
    mark = {"mark": "absent", "provisional": False, "nickname": student.nickname}
    return {
        "group": group,
        "student": student,
        "mark": Attendance.objects.create(
            lesson=lesson, person=student, user_id=student.user_id, role="student", **mark
        ),
        "leave": Leave.objects.create(
            enterprise=school,
            person=student,
            begins_at=lesson.ends_at + DAY,
            ends_at=lesson.ends_at + 2 * DAY,
            state="requested",
            by=student,
        ),
        "warning": AttendanceWarning.objects.create(
            enterprise=school, rule=rule, person=student, facts=CAUSE
        ),
        "note": StudentNote.objects.create(enterprise=school, person=student, text="Left early", by=by),
    }


def statuses(reader: User, about: dict[str, Any]) -> dict[str, int]:
    """What the reader gets of everything about a student."""
    client, rest, pk = client_for(reader, "en"), rest_client(reader), about["student"].pk
    user_id = about["student"].user_id
    pages = {
        "page": f"/people/{pk}/",
        "report": f"/people/{pk}/attendance/",
        "mark": f"/attendance/{about['mark'].pk}/",
        "leave": f"/leave/{about['leave'].pk}/",
        "warning": f"/warnings/{about['warning'].pk}/",
        "group": f"/groups/mine/?group={about['group'].pk}",
        "matrix": f"/reports/matrix/?group={about['group'].pk}",
        "matrix file": f"/reports/matrix.csv?group={about['group'].pk}",
        "matrix student": f"/reports/matrix/students/{pk}/?group={about['group'].pk}",
        "note": f"/people/{pk}/notes/new/",
    }
    found = {name: client.get(path).status_code for name, path in pages.items()}
    found["rest mark"] = rest.get(f"/api/v1/attendance/{about['mark'].pk}/").status_code
    found["rest leave"] = rest.get(f"/api/v1/leave/{about['leave'].pk}/").status_code
    marks = rest.get(f"/api/v1/users/{user_id}/attendance/")
    found["rest marks"] = 200 if marks.status_code == 200 and marks.json()["results"] else 403
    return found


@pytest.mark.faults
@pytest.mark.parametrize(("when", "kind", "of"), CASES)
def test_the_rights_hold_on_these_days_only_and_of_this_group_only(
    lesson: Lesson, tom: User, bob: User, dina: User, when: str, kind: str, of: str
) -> None:
    days, holds = DAYS[when]
    own = rows_about(lesson, dina, bob)
    other = rows_about(lesson, User.objects.get(user_id="ella"), bob)
    put_in_charge(own["group"] if of == "group" else own["group"].grade, tom, kind=kind, **days)

    found = statuses(tom, own)
    opened = {name for name, status in found.items() if status == 200}
    assert opened == (set(found) if holds else set())
    assert set(statuses(tom, other).values()) <= {403, 404}


def test_nothing_of_the_other_group_stands_on_the_pages_of_ones_own(
    lesson: Lesson, tom: User, bob: User, dina: User
) -> None:
    own = rows_about(lesson, dina, bob)
    rows_about(lesson, User.objects.get(user_id="ella"), bob)
    put_in_charge(own["group"], tom)
    client = client_for(tom, "en")
    for path in (
        "/groups/mine/",
        f"/reports/matrix/?group={own['group'].pk}",
        "/leave/",
        "/warnings/",
        f"/people/{dina.pk}/",
    ):
        text = page_text(client.get(path))
        assert "Dina" in text, path
        assert "Ella" not in text, path
    assert "Ella" not in client.get(f"/reports/matrix.csv?group={own['group'].pk}").content.decode()


def test_whoever_is_in_charge_opens_no_register_and_corrects_no_mark(
    lesson: Lesson, tom: User, bob: User, dina: User
) -> None:
    own = rows_about(lesson, dina, bob)
    put_in_charge(own["group"], tom)
    client = client_for(tom, "en")
    for path in (f"/lessons/{lesson.pk}/", f"/lessons/{lesson.pk}/attendance/"):
        assert client.get(path).status_code == 403, path
    assert client.post(f"/attendance/{own['mark'].pk}/correct/", {"mark": "present"}).status_code == 403
    assert (
        f'href="/lessons/{lesson.pk}/'
        not in client.get(f"/reports/matrix/?group={own['group'].pk}").content.decode()
    )


def test_a_group_in_charge_shows_no_student_of_another_group_in_its_matrix(
    lesson: Lesson, tom: User, bob: User, dina: User
) -> None:
    own = rows_about(lesson, dina, bob)
    ella = User.objects.get(user_id="ella")
    rows_about(lesson, ella, bob)
    put_in_charge(own["group"], tom)
    taught = create_finished_lesson(tom)
    add_members(taught, ella)
    path = f"/reports/matrix/students/{ella.pk}/"
    assert client_for(tom).get(path).status_code == 200
    assert client_for(tom).get(f"{path}?group={own['group'].pk}").status_code == 403


def test_contacts_of_the_students_stay_closed(lesson: Lesson, tom: User, bob: User, dina: User) -> None:
    own = rows_about(lesson, dina, bob)
    put_in_charge(own["group"], tom)
    for person in (dina, tom):
        User.objects.filter(pk=person.pk).update(phone_no="13800130077", e_mail="d@school.example")
    for person, shown in ((dina, False), (tom, True)):
        page = client_for(tom, "en").get(f"/people/{person.pk}/").content.decode()
        assert ("13800130077" in page) is shown
        answer = rest_client(tom).get(f"/api/v1/users/{person.user_id}/")
        assert answer.status_code == 200
        assert answer.json()["phone_no"] == ("13800130077" if shown else None)


def test_notes_are_read_by_those_in_charge_and_the_office_and_deleted_by_who_wrote_them(
    lesson: Lesson, tom: User, bob: User, dina: User, alice: User, charlie: User
) -> None:
    own = rows_about(lesson, dina, bob)
    put_in_charge(own["group"], tom)
    for reader, reads in ((tom, True), (alice, True), (bob, False), (dina, False)):
        page = client_for(reader, "en").get(f"/people/{dina.pk}/")
        assert ("Left early" in page_text(page)) is reads, reader
    address = f"/people/{dina.pk}/notes/new/"
    client_for(tom).post(address, {"text": "Parents called"})
    written = StudentNote.objects.get(text="Parents called")
    assert written.by == tom
    for reader, status in ((bob, 403), (dina, 403), (charlie, 404)):
        assert client_for(reader).post(address, {"text": "x"}).status_code == status
    assert client_for(tom).post(f"/people/notes/{own['note'].pk}/delete/").status_code == 403
    assert client_for(charlie).post(f"/people/notes/{own['note'].pk}/delete/").status_code == 404
    client_for(tom).post(f"/people/notes/{written.pk}/delete/")
    client_for(alice).post(f"/people/notes/{own['note'].pk}/delete/")
    assert not StudentNote.objects.exists()
