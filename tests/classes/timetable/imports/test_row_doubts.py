"""Rows of unusual lessons ask in the preview of a timetable, and one box confirms them."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Enterprise, User
from classes.models import Lesson, TimetableImport
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.imports import services
from tests.classes.factories import create_students
from tests.classes.timetable.imports.timetable_files import next_monday, xlsx_file
from tests.support.page_client import LANGUAGES, page_says, page_text

pytestmark = pytest.mark.django_db

LONG = "The lesson lasts 7 h. Is that right?"
NOBODY = "No student and no group is chosen. Is that right?"


@pytest.fixture
def monday(school: Enterprise, bob: User) -> date:
    create_students(school, 3, "Year 7")
    return next_monday()


def upload(by: User, *rows: tuple[Any, ...]) -> TimetableImport:
    """An import of single lessons: topic, groups, start and minutes."""
    day = next_monday().isoformat()
    cells = [(topic, "bob", groups, day, start, minutes, "", "") for topic, groups, start, minutes in rows]
    source: TimetableImport = services.receive_file(
        TIMETABLE_IMPORT, file=xlsx_file(cells), filename="term.xlsx", by=by
    )
    return source


USUAL = ("Croquet", "Year 7", "08:00", 360)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_asks_in_its_place_and_is_found_by_a_filter(
    browse: Any, alice: User, monday: date, language: str
) -> None:
    source = upload(alice, USUAL, ("Tea", "", "16:00", 45), ("Cards", "Year 7", "17:00", 420))
    page = browse(alice, f"/timetable/imports/{source.pk}/", language=language)
    for words in (NOBODY, "with a question", "Yes, save it like this"):
        assert page_says(page, words, language)
    if language == "en":
        assert "2 rows have a question." in page_text(page)
        assert LONG in page_text(page)
    filtered = browse(alice, f"/timetable/imports/{source.pk}/?show=question").context["lines"]
    assert [line.planned.topic for line in filtered] == ["Tea", "Cards"]


def test_nothing_is_planned_until_the_box_is_ticked(browse: Any, alice: User, monday: date) -> None:
    source = upload(alice, ("Tea", "", "16:00", 45))
    path = f"/timetable/imports/{source.pk}/"
    answer = browse(alice, browse(alice, f"{path}apply/", {}).url)
    assert "There are questions about some rows." in page_text(answer)
    assert not Lesson.objects.exists()
    browse(alice, f"{path}apply/", {"confirmed": "on"})
    assert Lesson.objects.get().topic == "Tea"
    assert NOBODY not in page_text(browse(alice, path))


def test_usual_rows_and_those_that_exist_are_not_asked_about(browse: Any, alice: User, monday: date) -> None:
    source = upload(alice, USUAL)
    assert 'name="confirmed"' not in page_text(browse(alice, f"/timetable/imports/{source.pk}/"))
    tea = ("Tea", "", "16:00", 45)
    services.start_apply(TIMETABLE_IMPORT, upload(alice, tea), by=alice)
    again = page_text(browse(alice, f"/timetable/imports/{upload(alice, tea, USUAL).pk}/"))
    assert 'name="confirmed"' not in again
    assert NOBODY not in again
