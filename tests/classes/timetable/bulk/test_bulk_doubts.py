"""A bulk edit that makes lessons unusual asks at each of them, and one box confirms them all."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Enterprise, User
from classes.models import Lesson, Member
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from console.confirmation import ConfirmationNeeded
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db

PAGE = "/lessons/many/"
LONG = "The lesson lasts 7 h. Is that right?"
NOBODY = "No student and no group is chosen. Is that right?"


def chosen(lessons: list[Lesson], **more: Any) -> dict[str, Any]:
    return {"chosen": [one.pk for one in lessons], "conflict_reason": "Two rooms.", **more}


@pytest.mark.parametrize(
    ("change", "question"), [({"length": "420"}, LONG), ({"remove": ["kid1", "kid2"]}, NOBODY)]
)
def test_the_preview_asks_at_each_lesson_and_saves_once_confirmed(
    browse: Any, alice: User, lessons: list[Lesson], change: dict[str, Any], question: str
) -> None:
    typed = chosen(lessons, **change)
    looked = page_text(browse(alice, PAGE, typed | {"look": "1"}))
    assert looked.count(question) == len(lessons)
    assert 'name="confirmed"' in looked
    asked = page_text(browse(alice, PAGE, typed | {"sure": "1"}))
    assert 'href="#id_confirmed"' in asked
    assert not Lesson.objects.exclude(pk__in=[one.pk for one in lessons]).exists()
    assert {one.ends_at for one in Lesson.objects.all()} == {one.ends_at for one in lessons}
    assert Member.objects.filter(role="student").count() == 2 * len(lessons)
    assert browse(alice, PAGE, typed | {"sure": "1", "confirmed": "on"}).status_code == 302


def test_what_stays_usual_or_was_unusual_before_is_not_asked_about(
    browse: Any, alice: User, lessons: list[Lesson]
) -> None:
    for one in lessons:
        Lesson.objects.filter(pk=one.pk).update(ends_at=one.starts_at + timedelta(hours=8))
    Lesson.objects.filter(pk=lessons[0].pk).update(class_type="public")
    Member.objects.filter(lesson__in=lessons[1:], role="student").delete()
    typed = chosen(lessons, length="420", remove=["kid1", "kid2"], look="1")
    assert 'name="confirmed"' not in page_text(browse(alice, PAGE, typed))
    assert 'name="confirmed"' not in page_text(browse(alice, PAGE, chosen(lessons, days="1", look="1")))


def test_the_service_asks_too(alice: User, school: Enterprise, lessons: list[Lesson]) -> None:
    with pytest.raises(ConfirmationNeeded):
        edit_lessons(school=school, lessons=lessons, edit=BulkEdit(length=420), by=alice)
    edit_lessons(school=school, lessons=lessons, edit=BulkEdit(length=420), by=alice, confirmed=True)
