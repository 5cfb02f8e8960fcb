"""Forms of teachers who schedule their own lessons name only lessons that these teachers may open."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Lesson
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.iclass_service import tomorrow_at
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
ROOM = {"class_type": "1vN", "record_types": ["local"], "bitrate": "850"}


@pytest.fixture
def kid(school: Enterprise, bob: User) -> User:
    """A student of a group that Bob is in charge of; his school lets teachers schedule and edit lists."""
    Enterprise.objects.filter(pk=school.pk).update(teachers_schedule=True, teachers_edit_rosters=True)
    kid = create_person(school, "kid", Role.STUDENT)
    group = StudentGroup.objects.create(enterprise=school, name="Year 7")
    group.students.add(kid)
    put_in_charge(group, bob)
    return kid


def lesson_at(teacher: User, hour: int, topic: str, *people: User) -> Lesson:
    times = {"starts_at": tomorrow_at(hour), "ends_at": tomorrow_at(hour) + timedelta(minutes=45)}
    lesson = create_planned_lesson(teacher, topic=topic, **times)
    add_members(lesson, *people)
    return lesson


@pytest.fixture
def toms(school: Enterprise, kid: User) -> Lesson:
    """A lesson of another teacher with the student."""
    return lesson_at(create_person(school, "tom", Role.TEACHER), 2, "Secret croquet", kid)


def typed(lesson: Lesson, **more: Any) -> dict[str, Any]:
    """The form of a new lesson at the same time."""
    starts, ends = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    times = {"day": f"{starts:%Y-%m-%d}", "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}"}
    return {"topic": "Chess", "teacher": "bob", "picked": "1", **times, **ROOM, **more}


def assert_closed(answer: Any, lesson: Lesson) -> None:
    page = page_text(answer)
    starts = timezone.localtime(lesson.starts_at)
    assert f"another lesson {starts:%H:%M}" in page
    assert lesson.topic not in page
    assert f'href="/lessons/{lesson.pk}/"' not in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_new_lesson_names_no_lesson_of_a_colleague(
    browse: Any, bob: User, kid: User, toms: Lesson, htmx: bool
) -> None:
    assert_closed(browse(bob, "/lessons/new/", typed(toms, students=[kid.user_id]), htmx=htmx), toms)
    assert not Lesson.objects.filter(topic="Chess").exists()


def test_administrators_and_the_own_lesson_are_named_as_ever(
    browse: Any, alice: User, bob: User, kid: User, toms: Lesson
) -> None:
    own = lesson_at(bob, 2, "Own chess")
    for reader, expected in ((alice, {"Secret croquet", "Own chess"}), (bob, {"Own chess"})):
        page = page_text(browse(reader, "/lessons/new/", typed(toms, students=[kid.user_id]), htmx=True))
        assert {topic for topic in ("Secret croquet", "Own chess") if topic in page} == expected
    assert f'href="/lessons/{own.pk}/"' in page


def test_moving_a_lesson_names_no_lesson_of_a_colleague(
    browse: Any, bob: User, kid: User, toms: Lesson
) -> None:
    own = lesson_at(bob, 5, "Own chess", kid)
    starts = timezone.localtime(toms.starts_at)
    assert_closed(browse(bob, f"/lessons/{own.pk}/move/?day={starts:%Y-%m-%d}&start={starts:%H:%M}"), toms)


def test_a_new_list_names_no_lesson_of_a_colleague(browse: Any, bob: User, kid: User, toms: Lesson) -> None:
    own = lesson_at(bob, 2, "Own chess")
    assert_closed(browse(bob, f"/lessons/{own.pk}/members/", {"ids": kid.user_id, "look": "1"}), toms)
