"""Closing many registers from the list: each on its own, with a result row by row."""

import re
from typing import Any

import pytest

from accounts.models import User
from classes.attendance.reports.closing import MAX_CLOSED
from classes.models import Attendance, Lesson, Register
from console.audit.models import AuditEntry
from tests.classes.factories import add_members, create_finished_lesson, record_full_presence
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
LIST, CLOSE = "/reports/registers/", "/reports/registers/close/"


@pytest.fixture
def lessons(bob: User, kids: list[User]) -> list[Lesson]:
    """Three of Bob's that are over; in the last one, nothing is known of Kid3 and Kid2."""
    found = []
    for topic in ("One", "Two", "Three"):
        lesson = create_finished_lesson(bob, topic=topic)
        add_members(lesson, *kids)
        record_full_presence(lesson, [bob, *kids])
        found.append(lesson)
    doubtful = Attendance.objects.filter(lesson=found[-1], user_id__in=("kid2", "kid3"))
    doubtful.update(mark="unknown", derived_mark="unknown")
    Lesson.objects.filter(pk=found[-1].pk).update(final_at=None)
    return found


def keys(lessons: list[Lesson]) -> list[str]:
    return [str(one.pk) for one in lessons]


def test_the_list_lets_registers_be_selected_and_says_where_data_are_missing(
    browse: Any, alice: User, lessons: list[Lesson]
) -> None:
    Lesson.objects.filter(pk=lessons[-1].pk).update(final_at=lessons[0].final_at)
    page = browse(alice, LIST)
    text = page_text(page)
    assert re.findall(r'name="chosen" value="(\d+)"', text) == keys(lessons)
    rows = [{column.key: value for column, value in row} for _key, _link, row in page.context["registers"]]
    assert [row["unknown"] for row in rows] == ["", "", "2"]
    assert 'id="registers" data-live="30"' in text


def test_the_page_asks_before_it_closes(browse: Any, alice: User, lessons: list[Lesson]) -> None:
    text = page_text(browse(alice, CLOSE, post={"chosen": keys(lessons)}))
    assert "Close 3 registers?" in text
    assert "One" in text
    assert not Register.objects.exists()
    assert browse(alice, CLOSE, post={})["Location"] == LIST


def test_more_than_one_act_closes_are_asked_about_and_closed_in_parts(
    browse: Any, alice: User, lessons: list[Lesson]
) -> None:
    chosen = [*keys(lessons[:2]), *(str(10**6 + number) for number in range(MAX_CLOSED))]
    page = browse(alice, CLOSE, post={"chosen": chosen})

    text = page_text(page)
    assert f"Close {MAX_CLOSED} of {MAX_CLOSED + 2} registers?" in text
    assert "The others stay in the list." in text
    asked = re.findall(r'name="chosen" value="(\d+)"', text)
    assert asked == chosen[:MAX_CLOSED]

    result = browse(alice, CLOSE, post={"chosen": asked, "sure": "yes"})
    assert len(result.context["results"]) == MAX_CLOSED
    assert Register.objects.count() == 2


def test_each_row_has_a_result_and_those_with_open_questions_stay_open(
    browse: Any, alice: User, lessons: list[Lesson]
) -> None:
    page = browse(alice, CLOSE, post={"chosen": keys(lessons), "sure": "yes"})
    text = page_text(page)
    assert "2 registers closed." in text
    results = page.context["results"]
    assert [bool(one.left_open) for one in results] == [True, False, False]
    assert "Three" in results[0].label
    assert "not complete" in results[0].left_open
    assert set(Register.objects.values_list("lesson__topic", flat=True)) == {"One", "Two"}
    assert AuditEntry.objects.filter(action="attendance.close").count() == 2


def test_what_a_colleague_closed_meanwhile_is_not_called_open(
    browse: Any, alice: User, bob: User, lessons: list[Lesson]
) -> None:
    post = {"chosen": keys(lessons[:1]), "sure": "yes"}
    browse(bob, CLOSE, post=post)
    page = browse(alice, CLOSE, post=post)
    assert [(one.left_open, one.was_closed) for one in page.context["results"]] == [("", True)]
    assert "was closed already" in page_text(page)
    assert "0 registers closed." in page_text(page)
    assert Register.objects.count() == 1


def test_a_teacher_closes_only_what_they_teach(
    browse: Any, bob: User, alice: User, sue: User, kids: list[User], lessons: list[Lesson]
) -> None:
    foreign = create_finished_lesson(alice, topic="Alice's")
    add_members(foreign, bob)
    post = {"chosen": [*keys([foreign]), *keys(lessons[:1]), "x"], "sure": "yes"}
    results = browse(bob, CLOSE, post=post).context["results"]
    assert sorted(bool(one.left_open) for one in results) == [False, True, True]
    assert Register.objects.get().lesson.topic == "One"
    for reader in (sue, kids[0]):
        assert browse(reader, CLOSE, post=post).status_code == 403


def test_a_supervisor_sees_the_list_without_boxes(browse: Any, sue: User, lessons: list[Lesson]) -> None:
    assert 'name="chosen"' not in page_text(browse(sue, LIST))


def test_another_school_closes_nothing_here(browse: Any, charlie: User, lessons: list[Lesson]) -> None:
    page = browse(charlie, CLOSE, post={"chosen": keys(lessons), "sure": "yes"})
    assert all("does not exist in your school" in one.left_open for one in page.context["results"])
    assert not Register.objects.exists()
