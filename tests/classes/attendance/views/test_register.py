"""The register of a lesson as a page and as files."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Role
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.choices import Status
from classes.models import Attendance, Lesson
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    record_full_presence,
    record_poll,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, kids):
    """Bob's, over: Kid1 and Kid2 were there all the time, Kid3 never came, Zoe was not expected."""
    zoe = create_person(bob.enterprise, "zoe", Role.STUDENT)
    lesson = create_finished_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_full_presence(lesson, [bob, *kids[:2], zoe])
    return lesson


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def names(page):
    """Who stands in the registers of the page, in order."""
    return [name.strip() for name in re.findall(r'class="person-words">(?:<a[^>]*>|<span>)([^<]+)', page)]


def test_the_absent_come_first_then_the_present_then_staff_and_strangers(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))
    assert names(page) == ["Kid3", "Kid1", "Kid2", "Bob", "Zoe"]
    assert page.index("Teachers and staff") < page.index(">Bob<")
    assert page.index("Other attendees") < page.index(">Zoe<")


def test_a_row_tells_mark_times_and_share(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))
    row = page[page.index(">Kid1<") : page.index(">Kid2<")]
    assert "present" in row
    assert f"{timezone.localtime(lesson.real_started_at):%H:%M:%S}" in row
    assert "45 min" in row
    assert "100 %" in row
    assert "Present: " not in row, "the row has said it"
    assert "Absent: did not join the lesson." not in page
    for user_id, why in (("kid1", "Present: "), ("kid3", "Absent: did not join the lesson.")):
        mark = Attendance.objects.get(lesson=lesson, user_id=user_id)
        assert why in text_of(browse(alice, f"/attendance/{mark.pk}/", htmx=True))
    assert "Absent: did not join the lesson." in text_of(
        browse(alice, f"/lessons/{lesson.pk}/attendance/?as=table")
    )


def test_a_sentence_stands_below_rows_of_which_it_says_more(browse, alice, bob, kids):
    lesson = create_finished_lesson(bob)
    add_members(lesson, *kids)
    for minute in range(46):
        here = [kids[0], *([kids[1]] if not 10 < minute < 20 else []), *([kids[2]] if minute < 20 else [])]
        record_poll(lesson, [bob, *here], lesson.real_started_at + timedelta(minutes=minute))
    freeze_policy(lesson)
    recompute_register(lesson)
    rows = browse(alice, f"/lessons/{lesson.pk}/attendance/").context["rows"]
    why = {row.entry.user_id: row.why for row in rows}
    assert why["kid1"] == ""
    assert "away" in why["kid2"]
    assert why["kid3"] != ""


def test_the_line_is_drawn_without_style_and_told_in_words(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))
    assert "<rect" in page
    assert "style=" not in page
    begins, ends = (
        timezone.localtime(at).strftime("%H:%M:%S") for at in (lesson.real_started_at, lesson.real_ended_at)
    )
    assert f'aria-label="In the room: {begins}–{ends}.' in page


@pytest.mark.parametrize(
    ("mark", "found"), [("absent", ["Kid3"]), ("present", ["Kid1", "Kid2"]), ("late", [])]
)
def test_a_count_shows_those_that_it_counts(browse, alice, lesson, mark, found):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/?mark={mark}"))
    assert names(page) == [*found, "Bob", "Zoe"]
    number = re.search(rf'href="\?mark={mark}".*?<strong>(\d+)</strong>', page, re.S)
    assert (int(number[1]) if number else 0) == len(found)


def test_an_unknown_mark_shows_nobody_and_breaks_nothing(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/?mark=%3Cb%3E"))
    assert "No one has this mark" in page


def test_provisional_and_final_are_told_apart(browse, alice, lesson):
    assert "Final since" in text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))
    lesson.final_at = None
    lesson.save(update_fields=["final_at"])
    assert "Provisional" in text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))


def test_who_is_still_in_is_said_while_it_runs(browse, alice, bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, kids[0]], timezone.now() - timedelta(seconds=5))
    recompute_register(lesson)
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/"))
    assert "still in the room" in page
    assert "The lesson is running. This is the current state." in page


def test_nobody_is_still_in_a_lesson_that_is_over(browse, alice, bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, kids[0]], timezone.now() - timedelta(seconds=5))
    recompute_register(lesson)
    path = f"/lessons/{lesson.pk}/attendance/"
    page = text_of(browse(alice, path))
    assert "actual since" in " ".join(page.split())
    assert "–now." in page
    Lesson.objects.filter(pk=lesson.pk).update(status="end")
    page = text_of(browse(alice, path))
    assert "actual since" not in " ".join(page.split())
    assert "end unknown" in page
    assert "–now." not in page
    row = Attendance.objects.get(lesson=lesson, user_id="kid1")
    for found in (page, text_of(browse(alice, f"/attendance/{row.pk}/"))):
        assert "still in the room" not in found


def test_before_the_first_mark_everybody_expected_stands_there(browse, alice, bob, kids):
    lesson = create_planned_lesson(bob, status=Status.WILL)
    add_members(lesson, *kids)
    assert set(names(text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/")))) >= {"Kid1", "Kid2", "Kid3"}


def test_a_student_sees_the_own_row_alone_and_takes_no_file(browse, kids, lesson):
    page = text_of(browse(kids[0], f"/lessons/{lesson.pk}/attendance/"))
    assert names(page) == ["Kid1"]
    assert "attendance.xlsx" not in page
    assert browse(kids[0], f"/lessons/{lesson.pk}/attendance.xlsx").status_code == 403


def test_the_teacher_takes_the_file_and_another_teacher_does_not(browse, bob, school, lesson):
    answer = browse(bob, f"/lessons/{lesson.pk}/attendance.xlsx")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    dora = create_person(school, "dora", Role.TEACHER)
    assert browse(dora, f"/lessons/{lesson.pk}/attendance.xlsx").status_code == 403


def test_the_excel_file_holds_everybody_to_the_second(browse, alice, lesson):
    answer = browse(alice, f"/lessons/{lesson.pk}/attendance.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    heading, *rows = book.get_sheet_by_index(0).to_python()
    by_id = {row[0]: dict(zip(heading, row, strict=True)) for row in rows}
    assert list(by_id) == ["kid3", "kid1", "kid2", "bob", "zoe"]
    assert by_id["kid3"]["Mark"] == "absent"
    began = timezone.localtime(lesson.real_started_at).replace(tzinfo=None)
    first_in = next(value for name, value in by_id["kid1"].items() if name.startswith("First joined"))
    assert first_in == began
    assert "Beijing time" in " ".join(map(str, heading))
    assert "Croquet" in str(book.get_sheet_by_index(1).to_python())


def test_the_csv_file_says_the_same(browse, alice, lesson):
    answer = browse(alice, f"/lessons/{lesson.pk}/attendance.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Cache-Control"] == "no-store, private"
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["kid3", "kid1", "kid2", "bob", "zoe"]
    assert "Croquet" in answer["Content-Disposition"]


def test_the_file_speaks_chinese_to_a_chinese_reader(browse, alice, lesson):
    answer = browse(alice, f"/lessons/{lesson.pk}/attendance.csv", language="zh-hans")
    assert "缺勤" in answer.content.decode()


def test_thirty_rows_cost_no_more_queries_than_three(queries, alice, bob, school, lesson):
    few = queries(alice, f"/lessons/{lesson.pk}/attendance/")
    add_members(lesson, *(create_person(school, f"m{n}", Role.STUDENT) for n in range(27)))
    recompute_register(lesson)
    assert queries(alice, f"/lessons/{lesson.pk}/attendance/") == few


def test_the_same_stands_in_a_plain_table_with_every_fact_in_a_cell(browse, alice, lesson):
    page = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/?as=table"))
    names_in_order = re.findall(r'<tr><th scope="row"><a href="/attendance/\d+/">([^<]+)</a>', page)
    assert names_in_order == ["Kid3", "Kid1", "Kid2", "Bob", "Zoe"]
    assert '<svg class="line"' not in page
    row = page[page.index(">Kid1<") : page.index(">Kid2<")]
    for label in (
        "User ID",
        "Mark",
        "First joined",
        "Last left",
        "Time present",
        "Share",
        "Share of planned time",
    ):
        assert f'data-label="{label}"' in row
    assert row.count("100 %") >= 2
    assert "one source" in row
    assert "Present: " in row
    assert "In the room: " in row


def test_the_switch_between_timeline_and_table_keeps_what_was_chosen(browse, alice, lesson):
    drawn = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/?mark=present"))
    assert 'href="?mark=present&amp;as=table"' in drawn
    plain = text_of(browse(alice, f"/lessons/{lesson.pk}/attendance/?mark=present&as=table"))
    assert 'href="?mark=present"' in plain
    assert 'href="?mark=absent&amp;as=table"' in plain
    assert "data-print" in plain
    assert ">Kid3<" not in plain
