"""What is unusual about a lesson is asked before it is saved, and not again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.models import Course, Lesson
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.page_client import LANGUAGES, page_says, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

NEW = "/lessons/new/"
NOBODY = "No student and no group is chosen. Is that right?"
LONG = "The lesson lasts 23 h. Is that right?"
Browse = Callable[..., Any]


@pytest.fixture
def typed(bob: User, kids: list[User]) -> dict[str, Any]:
    """A usual lesson of tomorrow evening."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    times = {"day": tomorrow.isoformat(), "start": "19:00", "end": "19:45"}
    room = {"class_type": "1vN", "record_types": ["local"], "bitrate": "850"}
    return {"topic": "Croquet", "teacher": "bob", "students": ["kid1"], **times, **room}


def until_evening(typed: dict[str, Any]) -> dict[str, Any]:
    """The same, but the last day was set and then the end for the morning taken for the evening."""
    day = timezone.localdate() + timedelta(days=2)
    return typed | {"end": "18:00", "end_day": day.isoformat()}


def test_a_usual_lesson_is_saved_without_a_question(
    browse: Browse, alice: User, typed: dict[str, Any]
) -> None:
    assert 'name="confirmed"' not in page_text(browse(alice, NEW))
    assert browse(alice, NEW, typed).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_without_students_is_asked_about_at_its_box(
    browse: Browse, alice: User, typed: dict[str, Any], language: str
) -> None:
    asked = browse(alice, NEW, typed | {"students": []}, language=language)
    assert page_says(asked, NOBODY, language)
    assert page_says(asked, "Yes, save it like this", language)
    assert 'href="#id_confirmed"' in page_text(asked)
    assert not Lesson.objects.exists()
    assert browse(alice, NEW, typed | {"students": [], "confirmed": "on"}).status_code == 302


def test_a_group_pasted_ids_or_an_open_lesson_need_no_answer(
    browse: Browse, alice: User, typed: dict[str, Any]
) -> None:
    nobody = typed | {"students": [], "conflict_reason": "Many at once."}
    for more in ({"groups": [StudentGroup.objects.get().pk]}, {"ids": "kid2"}, {"class_type": "public"}):
        assert browse(alice, NEW, nobody | more).status_code == 302, more


def test_a_lesson_of_23_hours_is_asked_about(browse: Browse, alice: User, typed: dict[str, Any]) -> None:
    asked = browse(alice, NEW, until_evening(typed))
    assert LONG in page_text(asked)
    assert not Lesson.objects.exists()
    assert browse(alice, NEW, until_evening(typed) | {"confirmed": "on"}).status_code == 302
    lesson = Lesson.objects.get()
    assert lesson.ends_at - lesson.starts_at == timedelta(hours=23)


def test_a_course_that_ends_before_it_starts_lasts_until_the_next_day(
    browse: Browse, alice: User, typed: dict[str, Any]
) -> None:
    course = typed | {"end": "18:00", "count": "2"}
    asked = browse(alice, "/courses/new/", course | {"students": []})
    assert LONG in page_text(asked)
    assert NOBODY in page_text(asked)
    assert not Course.objects.exists()
    assert LONG not in page_text(browse(alice, "/courses/new/", course | {"look": "1"}))
    assert browse(alice, "/courses/new/", course | {"confirmed": "on"}).status_code == 302


def test_a_change_asks_only_about_what_it_makes_unusual(
    browse: Browse, alice: User, bob: User, typed: dict[str, Any], kids: list[User]
) -> None:
    starts = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    lesson = create_planned_lesson(bob, starts_at=starts, ends_at=starts + timedelta(hours=7))
    path = f"/lessons/{lesson.pk}/edit/"
    stored = typed | {"start": "08:00", "end": "15:00", "students": []}
    assert browse(alice, path, stored | {"topic": "Long croquet"}).status_code == 302
    assert "The lesson lasts 8 h. Is that right?" in page_text(browse(alice, path, stored | {"end": "16:00"}))
    add_members(lesson, kids[0])
    assert NOBODY in page_text(browse(alice, path, stored))


def test_rest_says_what_it_wants_and_is_not_asked(alice: User, bob: User) -> None:
    starts = timezone.now() + timedelta(days=1)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=23)).isoformat()}
    answer = rest_client(alice).post("/api/v1/lessons/", {"topic": "Croquet", "teacher": "bob", **times})
    assert answer.status_code == 201
