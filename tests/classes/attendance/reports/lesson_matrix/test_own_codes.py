"""Codes beside the marks: in the detail of a mark, the matrix, files and REST; marks and rates stay."""

import csv
from typing import Any

import pytest

from accounts.models import User
from classes.attendance.codes.presets import CHINESE, ENGLAND
from classes.attendance.codes.services import fill_in_codes
from classes.models import Attendance, Course, Lesson
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import all_rows, rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def chinese_codes(alice: User) -> None:
    fill_in_codes(code_set=CHINESE, by=alice)


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


def test_the_matrix_shows_codes_and_counts_by_them_only_when_asked(
    browse: Any, bob: User, course: Course, chinese_codes: None
) -> None:
    address = f"/reports/matrix/?course={course.pk}"
    plain, coded = page_text(browse(bob, address)), page_text(browse(bob, f"{address}&codes=on"))
    assert "By codes" not in plain
    assert "缺" not in plain
    assert "<b>缺</b> Absent" in coded
    assert "By codes: present" in coded
    for page in (plain, coded):
        assert '<td class="number">25 %</td>' in page


def test_a_school_without_codes_is_not_asked_for_them(browse: Any, bob: User, course: Course) -> None:
    assert 'name="codes"' not in page_text(browse(bob, f"/reports/matrix/?course={course.pk}&codes=on"))


def test_a_file_of_the_matrix_counts_by_codes(
    browse: Any, bob: User, course: Course, chinese_codes: None
) -> None:
    head, *rows = rows_of(browse(bob, f"/reports/matrix.csv?course={course.pk}&codes=on"))
    assert head[-3:] == ["By codes: present", "By codes: absent", "By codes: neither"]
    found = {row[0]: row for row in rows}
    assert found["Kid2"][2:6] == ["迟", "缺", "缺", "缺"]
    assert found["Kid2"][-3:] == ["1", "3", "0"]
    assert found["Kid3"][2:6] == ["早", "早", "?", "假"]
    assert found["Kid3"][-3:] == ["2", "0", "1"]
    assert found["By codes: absent"][2:6] == ["0", "1", "1", "1"]
    assert found["Total"][-3:] == ["7", "3", "1"]
    assert found["Kid2"][13] == "25.0%"


def test_files_of_a_register_and_a_student_have_the_code_beside_the_mark(
    browse: Any, alice: User, week: list[Lesson], chinese_codes: None
) -> None:
    head, *rows = rows_of(browse(alice, f"/lessons/{week[0].pk}/attendance.csv"))
    place = head.index("Mark")
    assert head[place : place + 3] == ["Mark", "Code", "Name of the code"]
    assert {tuple(row[place : place + 3]) for row in rows} == {
        ("present", "到", "Present"),
        ("late", "迟", "Late"),
        ("left early", "早", "Left early"),
    }
    student = Attendance.objects.filter(mark="late").get().person_id
    head, *rows = rows_of(browse(alice, f"/people/{student}/attendance.csv"))
    place = head.index("Mark")
    assert rows[-1][place : place + 3] == ["late", "迟", "Late"]


def test_the_detail_of_a_mark_names_the_code(
    browse: Any, bob: User, week: list[Lesson], chinese_codes: None
) -> None:
    row = Attendance.objects.filter(mark="late").get()
    page = page_text(browse(bob, f"/attendance/{row.pk}/"))
    assert "Your school’s code:" in page
    assert "迟" in page


def test_rest_has_the_code_of_each_mark(bob: User, week: list[Lesson], chinese_codes: None) -> None:
    client = rest_client(bob)
    rows = all_rows(client, "attendance/")
    assert {(row["mark"], row["code"], row["code_name"]) for row in rows} == {
        ("present", "到", "Present"),
        ("late", "迟", "Late"),
        ("absent", "缺", "Absent"),
        ("left_early", "早", "Left early"),
        ("excused", "假", "On leave"),
        ("unknown", None, None),
    }
    of_lesson = client.get(f"/api/v1/lessons/{week[0].pk}/attendance/").json()
    assert {(row["mark"], row["code"]) for row in of_lesson} == {
        ("present", "到"),
        ("late", "迟"),
        ("left_early", "早"),
    }
    one = client.get(f"/api/v1/attendance/{rows[0]['id']}/").json()
    assert one["code"] == rows[0]["code"]


def test_the_matrix_in_codes_takes_few_queries(
    bob: User, course: Course, alice: User, django_assert_max_num_queries: Any
) -> None:
    fill_in_codes(code_set=ENGLAND, by=alice)
    client = client_for(bob)
    with django_assert_max_num_queries(12):
        page = page_text(client.get(f"/reports/matrix/?course={course.pk}&codes=on"))
    assert "By codes: absent" in page
