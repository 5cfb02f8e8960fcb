"""Two people on one page at once: what was typed is kept, and the second is told at the field."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.lessons.services import edit_lesson
from classes.models import Lesson, LessonRecording
from classes.recordings.services import update_recording
from tests.classes.factories import add_members, create_finished_lesson, create_planned_lesson
from tests.support.iclass_service import tomorrow_at
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.django_db

MEANWHILE = "Someone changed this list while you were editing. Save again to replace it with your list."


@pytest.fixture
def lesson(bob: User, kids: list[User]) -> Lesson:
    """Kid1 is expected tomorrow, in the daytime: the form has one day for both times."""
    starts_at = tomorrow_at(2)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    lesson = create_planned_lesson(bob, **times, conflict_allowed=False, conflict_reason="")
    add_members(lesson, kids[0])
    return lesson


@pytest.fixture
def alices(alice: User) -> Client:
    return client_for(alice)


def opened(client: Client, lesson: Lesson) -> dict[str, Any]:
    """What the browser would send of the form as it is drawn."""
    form = client.get(f"/lessons/{lesson.pk}/edit/").context["form"]
    starts, ends = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    typed = {name: form.initial[name] for name in ("topic", "teacher", "class_type", "bitrate", "students")}
    times = {"day": starts.date().isoformat(), "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}"}
    return {**typed, **times, "record_types": ["local"], "picked": "1", "seen": form.seen_json}


def others(lesson: Lesson, by: User, **fields: Any) -> None:
    """Somebody else saves meanwhile."""
    edit_lesson(lesson=Lesson.objects.get(pk=lesson.pk), by=by, **fields)


def members(lesson: Lesson) -> set[str]:
    return set(lesson.members.values_list("user__user_id", flat=True))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_second_page_keeps_what_was_typed_and_says_what_it_is_now(
    alice: User, bob: User, lesson: Lesson, language: str
) -> None:
    client = client_for(alice, language)
    typed = opened(client, lesson) | {"topic": "Hedgehogs"}
    others(lesson, bob, topic="Flamingos")
    page = client.post(f"/lessons/{lesson.pk}/edit/", typed)
    assert page.status_code == 200
    assert "Flamingos" in page_text(page)
    assert 'value="Hedgehogs"' in page_text(page)
    assert list(page.context["form"].errors) == ["topic"]
    assert Lesson.objects.get().topic == "Flamingos"
    knowing = typed | {"seen": page.context["form"].seen_json}
    assert client.post(f"/lessons/{lesson.pk}/edit/", knowing).status_code == 302
    assert Lesson.objects.get().topic == "Hedgehogs"


def test_what_the_page_did_not_change_is_not_put_back(alices: Client, bob: User, lesson: Lesson) -> None:
    typed = opened(alices, lesson) | {"topic": "Hedgehogs"}
    others(lesson, bob, bitrate=1200, ends_at=lesson.ends_at + timedelta(minutes=15))
    assert alices.post(f"/lessons/{lesson.pk}/edit/", typed).status_code == 302
    stored = Lesson.objects.get()
    assert (stored.topic, stored.bitrate) == ("Hedgehogs", 1200)
    assert stored.ends_at == lesson.ends_at + timedelta(minutes=15)


def test_people_who_came_meanwhile_stay_where_the_page_changed_nobody(
    alices: Client, bob: User, lesson: Lesson, kids: list[User]
) -> None:
    typed = opened(alices, lesson) | {"topic": "Hedgehogs"}
    others(lesson, bob, students=kids[:2])
    assert alices.post(f"/lessons/{lesson.pk}/edit/", typed).status_code == 302
    assert members(lesson) == {"kid1", "kid2"}


def test_two_who_change_the_list_of_students_do_not_overwrite_each_other(
    alices: Client, bob: User, lesson: Lesson, kids: list[User]
) -> None:
    typed = opened(alices, lesson) | {"students": ["kid1", "kid3"]}
    others(lesson, bob, students=kids[:2])
    page = alices.post(f"/lessons/{lesson.pk}/edit/", typed)
    assert page_says(page, MEANWHILE)
    assert list(page.context["form"].errors) == ["students"]
    assert members(lesson) == {"kid1", "kid2"}
    knowing = typed | {"seen": page.context["form"].seen_json}
    assert alices.post(f"/lessons/{lesson.pk}/edit/", knowing).status_code == 302
    assert members(lesson) == {"kid1", "kid3"}


def test_groups_that_somebody_linked_meanwhile_stay(
    alices: Client, bob: User, lesson: Lesson, kids: list[User]
) -> None:
    group = StudentGroup.objects.get()
    typed = opened(alices, lesson) | {"topic": "Hedgehogs"}
    others(lesson, bob, groups=[group])
    assert alices.post(f"/lessons/{lesson.pk}/edit/", typed).status_code == 302
    assert list(lesson.groups.all()) == [group]


def test_a_page_that_carries_nothing_is_taken_as_it_is(alices: Client, bob: User, lesson: Lesson) -> None:
    typed = opened(alices, lesson) | {"topic": "Hedgehogs", "seen": "does not exist in your school"}
    others(lesson, bob, topic="Flamingos")
    assert alices.post(f"/lessons/{lesson.pk}/edit/", typed).status_code == 302
    assert Lesson.objects.get().topic == "Hedgehogs"


def test_a_list_is_not_replaced_that_is_not_the_one_that_was_compared(
    alices: Client, bob: User, lesson: Lesson, kids: list[User]
) -> None:
    path = f"/lessons/{lesson.pk}/members/"
    looked = alices.post(path, {"ids": "kid3", "look": "1"})
    seen = looked.context["form"].seen_json
    others(lesson, bob, students=kids[:2])
    page = alices.post(path, {"ids": "kid3", "sure": "1", "seen": seen})
    assert page_says(page, MEANWHILE)
    assert members(lesson) == {"kid1", "kid2"}
    again = {"ids": "kid3", "sure": "1", "seen": page.context["form"].seen_json}
    assert alices.post(path, again).status_code == 302
    assert members(lesson) == {"kid3"}


def test_a_title_and_tags_that_two_give_a_recording_merge(alices: Client, bob: User) -> None:
    lesson = create_finished_lesson(bob, record_types=["remote"])
    path = f"/recordings/{lesson.pk}/edit/"
    seen = alices.get(path).context["form"].seen_json
    update_recording(lesson=lesson, title="Long necks", by=bob)
    assert alices.post(path, {"title": "", "tags": "birds", "seen": seen}).status_code == 302
    kept = LessonRecording.objects.get()
    assert (kept.title, kept.tags) == ("Long necks", ["birds"])
    page = alices.post(path, {"title": "Short necks", "tags": "birds", "seen": seen})
    assert list(page.context["form"].errors) == ["title"]
    assert 'value="Short necks"' in page_text(page)
