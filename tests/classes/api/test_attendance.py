"""REST of attendance: a register as rows and as files, and all marks as a list."""

import csv
import io
from contextlib import closing
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Role
from classes.attendance.register import finalize_register
from classes.models import Attendance, Lesson, Observation
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db(transaction=True)

ROW = [
    *("user_id", "nickname", "role", "mark", "code", "code_name"),
    *("first_entered_at", "last_left_at", "present_seconds"),
    *("share", "evidence", "reason", "provisional"),
]


@pytest.fixture
def lesson(alice, bob, school):
    """Held from 8:00 to 8:45: Dina was there throughout, Mouse never came."""
    students = [create_person(school, name, Role.STUDENT) for name in ("dina", "mouse")]
    began = timezone.now().replace(microsecond=0) - timedelta(hours=2)
    ended = began + timedelta(minutes=45)
    lesson = create_lesson(bob, alice, students=students, starts_at=began)
    Lesson.objects.update(status="end", real_started_at=began, real_ended_at=ended, remote_id="7")
    for name, role in (("dina", "student"), ("bob", "teacher")):
        Observation.objects.create(
            lesson=lesson,
            source="history",
            user_id=name,
            nickname=name.title(),
            role=role,
            entered_at=began,
            left_at=ended,
        )
    lesson.refresh_from_db()
    finalize_register(lesson)
    return lesson


def test_a_register_has_the_pinned_fields_and_everybody(alice, lesson):
    rows = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/attendance/").json()
    assert all(list(row) == ROW for row in rows)
    by_id = {row["user_id"]: row for row in rows}
    assert {name: row["mark"] for name, row in by_id.items()} == {
        "dina": "present",
        "mouse": "absent",
        "bob": None,
    }
    dina, mouse = by_id["dina"], by_id["mouse"]
    assert (dina["present_seconds"], dina["share"], dina["provisional"]) == (2700, 1.0, False)
    assert dina["first_entered_at"] == timezone.localtime(lesson.real_started_at).isoformat()
    assert (mouse["first_entered_at"], mouse["present_seconds"]) == (None, 0)
    assert all(row["reason"] for row in (dina, mouse))
    assert by_id["bob"]["role"] == "teacher"


def test_a_student_sees_the_own_row_alone_and_takes_no_file(lesson):
    dina = lesson.members.get(user__user_id="dina").user
    client, address = rest_client(dina), f"/api/v1/lessons/{lesson.pk}/attendance"
    assert [row["user_id"] for row in client.get(f"{address}/").json()] == ["dina"]
    assert [row["user_id"] for row in all_rows(client, "attendance/")] == ["dina"]
    theirs = Attendance.objects.get(user_id="mouse")
    assert client.get(f"/api/v1/attendance/{theirs.pk}/").status_code == 403
    for suffix in (".xlsx", ".csv"):
        refused = client.get(f"{address}{suffix}")
        assert refused.status_code == 403
        assert refused.json()["detail"]


def test_a_teacher_reads_the_register_of_the_own_lessons(lesson, bob, school):
    address = f"/api/v1/lessons/{lesson.pk}/attendance/"
    assert len(rest_client(bob).get(address).json()) == 3
    dora = create_person(school, "dora", Role.TEACHER)
    assert rest_client(dora).get(address).status_code == 403
    assert all_rows(rest_client(dora), "attendance/") == []


def test_charlie_finds_no_mark_of_alices_school(lesson, charlie):
    client = rest_client(charlie)
    assert all_rows(client, "attendance/") == []
    assert client.get(f"/api/v1/attendance/{Attendance.objects.first().pk}/").status_code == 404
    assert client.get(f"/api/v1/lessons/{lesson.pk}/attendance/").status_code == 404


def test_asking_for_a_lesson_of_another_school_says_no_more_than_for_one_that_is_none(lesson, charlie):
    client = rest_client(charlie)
    answers = [client.get(f"/api/v1/attendance/?lesson={pk}") for pk in (lesson.pk, lesson.pk + 1000)]
    assert [(one.status_code, one.json()["results"]) for one in answers] == [(200, []), (200, [])]


def test_all_marks_are_a_list_that_says_which_lesson(alice, lesson):
    client = rest_client(alice)
    rows = all_rows(client, f"attendance/?lesson={lesson.pk}&mark=absent")
    assert [(row["lesson"], row["user_id"]) for row in rows] == [(lesson.pk, "mouse")]
    one = client.get(f"/api/v1/attendance/{rows[0]['id']}/").json()
    assert list(one) == ["id", "lesson", *ROW]
    assert client.post("/api/v1/attendance/", {}).status_code in (403, 405)
    assert client.patch(f"/api/v1/attendance/{one['id']}/", {"mark": "present"}).status_code in (403, 405)


def test_before_a_lesson_everybody_expected_stands_in_its_register(alice, bob, school):
    lesson = create_lesson(bob, alice, students=[create_person(school, "dina", Role.STUDENT)])
    rows = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/attendance/").json()
    assert {row["user_id"] for row in rows} == {"bob", "dina"}
    assert all(row["provisional"] for row in rows)


def test_the_register_is_taken_as_an_excel_file(alice, lesson):
    excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for accept in ("*/*", excel):
        address = f"/api/v1/lessons/{lesson.pk}/attendance.xlsx"
        with closing(rest_client(alice).get(address, headers={"Accept": accept})) as answer:
            assert answer.status_code == 200
            assert answer["Content-Type"] == excel
            book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
            assert {row[0] for row in book.get_sheet_by_index(0).to_python()[1:]} == {"dina", "mouse", "bob"}


def test_the_register_is_taken_as_a_csv_file(alice, lesson):
    answer = rest_client(alice).get(f"/api/v1/lessons/{lesson.pk}/attendance.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {"dina", "mouse", "bob"}


def test_a_long_list_of_marks_costs_no_more_queries_than_a_short_one(
    alice, lesson, school, django_assert_max_num_queries
):
    client = rest_client(alice)
    addresses = ("/api/v1/attendance/", f"/api/v1/lessons/{lesson.pk}/attendance/")
    counts = {}
    for address in addresses:
        client.get(address)
        with django_assert_max_num_queries(20) as short:
            client.get(address)
        counts[address] = len(short)
    for number in range(30):
        one = create_person(school, f"card{number}", Role.STUDENT)
        Attendance.objects.create(lesson=lesson, person=one, user_id=one.user_id, role="student", mark="late")
    for address in addresses:
        with django_assert_max_num_queries(counts[address]):
            assert client.get(address).status_code == 200


def marked(lesson, user_id="mouse"):
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def test_a_mark_is_corrected_with_a_reason_by_who_teaches_the_lesson(bob, school, lesson):
    path = f"/api/v1/attendance/{marked(lesson).pk}/correct/"
    assert set(rest_client(bob).post(path, {"mark": "excused"}, format="json").json()["errors"]) == {"reason"}
    answer = rest_client(bob).post(path, {"mark": "excused", "reason": "Ill"}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["user_id"], answer.json()["mark"], answer.json()["evidence"]) == (
        *("mouse", "excused", "by_hand"),
    )
    assert lesson.corrections.get().instead_of == "absent"
    back = rest_client(bob).post(path, {"mark": "", "reason": "A mistake"}, format="json")
    assert back.json()["mark"] == "absent"
    assert lesson.corrections.count() == 2
    tom, sue = create_person(school, "tom", Role.TEACHER), create_person(school, "sue", Role.SUPERVISOR)
    lesson.members.create(user=tom)
    for other in (tom, sue, marked(lesson).person):
        assert (
            rest_client(other).post(path, {"mark": "present", "reason": "x"}, format="json").status_code
            == 403
        )


def test_a_register_is_closed_and_reopened_and_a_closed_one_takes_no_correction(alice, bob, charlie, lesson):
    path = f"/api/v1/lessons/{lesson.pk}/attendance/"
    closed = rest_client(bob).post(f"{path}close/", {}, format="json").json()
    assert (closed["number"], len(closed["digest"]), closed["reopened_at"]) == (1, 64, None)
    correct = f"/api/v1/attendance/{marked(lesson).pk}/correct/"
    english = {"accept-language": "en"}
    refused = rest_client(bob).post(
        correct, {"mark": "present", "reason": "x"}, format="json", headers=english
    )
    assert refused.status_code == 400
    assert "closed" in refused.content.decode()
    assert rest_client(charlie).post(f"{path}reopen/", {"reason": "x"}, format="json").status_code == 404
    assert (
        rest_client(alice).post(f"{path}reopen/", {"reason": "A note"}, format="json").json()["reopened_at"]
    )
    assert rest_client(bob).post(f"{path}close/", {}, format="json").json()["number"] == 2


def test_a_register_with_doubts_is_closed_by_rest_only_where_that_is_said(bob, lesson):
    Lesson.objects.update(final_at=None)
    path = f"/api/v1/lessons/{lesson.pk}/attendance/close/"
    refused = rest_client(bob).post(path, {}, format="json")
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"anyway"})
    assert rest_client(bob).post(path, {"anyway": True}, format="json").status_code == 200
