"""The page of a teacher in charge: who of the group is missing now, and what waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, StudentGroup, StudentNote, User
from classes.attendance.leave import grant_leave, request_leave
from classes.attendance.register import recompute_register
from classes.lessons.teacher_presence import stale_after
from classes.live.room.calls import record_call
from classes.models import AbsenceStreak, Leave, Lesson
from classes.pages.own_group import MAX_ROWS
from tests.classes.factories import (
    add_members,
    create_planned_lesson,
    create_running_lesson,
    create_students,
    record_poll,
)
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
PAGE = "/groups/mine/"


@pytest.fixture
def kids(school: Enterprise, tom: User) -> list[User]:
    kids = create_students(school, 3, "Year 7")
    put_in_charge(StudentGroup.objects.get(name="Year 7"), tom)
    return kids


@pytest.fixture
def lesson(bob: User, kids: list[User], dina: User) -> Lesson:
    """A running lesson in which Kid1 and Dina, of no group, are; Kid2 and Kid3 are not."""
    lesson = create_running_lesson(bob, topic="Croquet")
    add_members(lesson, *kids, dina)
    record_poll(lesson, [kids[0], dina], at=timezone.now() - timedelta(minutes=2))
    recompute_register(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    return lesson


def missing(page: Any) -> list[str]:
    return [one.name for one in page.context["now"].missing]


def test_nobody_is_called_missing_by_old_data(browse: Any, tom: User, lesson: Lesson) -> None:
    seen = timezone.now() - stale_after()
    for looked_at, names in ((seen, ["Kid2", "Kid3"]), (seen - timedelta(seconds=1), [])):
        Lesson.objects.filter(pk=lesson.pk).update(looked_at=looked_at)
        assert missing(browse(tom, PAGE)) == names
    assert "Croquet" in page_text(browse(tom, PAGE))


def test_without_current_data_nobody_is_said_to_be_there(browse: Any, tom: User, lesson: Lesson) -> None:
    seen = timezone.now() - stale_after() - timedelta(seconds=1)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=seen)
    page = page_text(browse(tom, PAGE))
    assert "It is not known who is missing." in page
    assert "Nobody is missing." not in page
    assert "No current data about Year 7" in page_text(browse(tom, "/"))


def test_the_missing_of_the_group_stand_with_their_lesson_and_since_when(
    browse: Any, tom: User, lesson: Lesson
) -> None:
    page = browse(tom, PAGE)
    assert missing(page) == ["Kid2", "Kid3"]
    text = page_text(page)
    assert "Croquet · Bob" in text
    assert f"since {timezone.localtime(lesson.starts_at, tom.enterprise.tz):%H:%M}" in text
    assert "not seen yet" in text
    assert "1 student is in a lesson." in text


def test_who_left_was_last_seen_then_and_a_call_is_named(
    browse: Any, tom: User, bob: User, kids: list[User], lesson: Lesson
) -> None:
    record_poll(lesson, [], at=timezone.now())
    recompute_register(lesson)
    record_call(lesson=lesson, person=kids[1], outcome="coming", by=bob)
    text = page_text(browse(tom, PAGE))
    assert "Kid1" in text
    assert "last seen" in text
    assert "is coming" in text


def test_who_is_on_leave_is_not_missing_and_a_request_is_named(
    browse: Any, tom: User, alice: User, kids: list[User], lesson: Lesson
) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    grant_leave(person=kids[1], begins_at=now - hour, ends_at=now + hour, reason="Ill", by=alice)
    request_leave(person=kids[2], periods=[(now - hour, now + hour)], kind="sick", reason="Ill", by=kids[2])
    page = browse(tom, PAGE)
    assert missing(page) == ["Kid3"]
    assert [one.name for one in page.context["now"].on_leave] == ["Kid2"]
    assert "leave requested" in page_text(page)


def test_a_lesson_that_has_not_begun_or_was_not_polled_has_no_data_and_nobody_is_missing(
    browse: Any, tom: User, bob: User, kids: list[User]
) -> None:
    due = create_planned_lesson(bob, timedelta(minutes=-5), topic="Due")
    add_members(due, *kids)
    page = browse(tom, PAGE)
    assert missing(page) == []
    assert "No current data from “Due”." in page_text(page)


def test_today_says_how_many_are_missing_and_leads_to_the_page(
    browse: Any, tom: User, bob: User, lesson: Lesson
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    home = browse(tom, "/")
    assert "2 of Year 7 are missing now" in page_text(home)
    assert f'href="{PAGE}?group={group.pk}"' in home.content.decode()
    assert "Year 7" not in page_text(browse(bob, "/"))


def test_a_request_is_approved_on_the_page_and_the_reader_comes_back_to_it(
    browse: Any, tom: User, kids: list[User]
) -> None:
    now = timezone.now()
    period = (now + timedelta(days=1), now + timedelta(days=2))
    (leave,) = request_leave(person=kids[0], periods=[period], kind="sick", reason="Ill", by=kids[0])
    group = StudentGroup.objects.get(name="Year 7")
    page = browse(tom, PAGE)
    assert [one.pk for one in page.context["requests"]] == [leave.pk]
    back = f"{PAGE}?group={group.pk}"
    answer = browse(tom, f"/leave/{leave.pk}/answer/", {"decision": "approve", "next": back})
    assert answer["Location"] == back
    assert Leave.objects.get().state == "approved"


def test_absences_in_a_row_and_notes_of_the_group_are_listed(
    browse: Any, tom: User, kids: list[User], dina: User
) -> None:
    now = timezone.now()
    for person, number in ((kids[0], 3), (kids[1], 1), (dina, 4)):
        AbsenceStreak.objects.create(
            enterprise=tom.enterprise, person=person, times=[now], number=number, began_at=now, last_at=now
        )
        StudentNote.objects.create(enterprise=tom.enterprise, person=person, text=f"About {person}", by=tom)
    page = browse(tom, PAGE)
    assert [one.person for one in page.context["streaks"]] == [kids[0]]
    assert [one.person for one in page.context["notes"]] == [kids[1], kids[0]]
    assert "About Dina" not in page_text(page)


def test_notes_without_room_are_on_the_pages_of_the_students(
    browse: Any, tom: User, kids: list[User]
) -> None:
    StudentNote.objects.bulk_create(
        StudentNote(enterprise=tom.enterprise, person=kids[n % 3], text=f"Note {n}", by=tom)
        for n in range(MAX_ROWS + 1)
    )
    text = page_text(browse(tom, PAGE))
    assert f"Only the first {MAX_ROWS} are shown. Earlier notes are on the pages of the students." in text
    assert f"{MAX_ROWS}+" in text
    assert "Note 0<" not in text


def test_without_a_group_the_page_says_who_enters_it_and_other_groups_do_not_exist(
    browse: Any, bob: User, tom: User, kids: list[User], school: Enterprise
) -> None:
    assert "You are not in charge of a group today" in page_text(browse(bob, PAGE))
    other = StudentGroup.objects.create(enterprise=school, name="Year 8")
    for wrong in (other.pk, "x", "9" * 30):
        assert browse(tom, f"{PAGE}?group={wrong}").status_code == 404


def test_whoever_is_in_charge_of_two_groups_chooses(
    browse: Any, tom: User, kids: list[User], school: Enterprise
) -> None:
    other = StudentGroup.objects.create(enterprise=school, name="Year 8")
    put_in_charge(other, tom, kind="deputy")
    assert browse(tom, PAGE).context["group"].name == "Year 7"
    page = browse(tom, f"{PAGE}?group={other.pk}")
    assert page.context["group"] == other
    assert 'aria-current="page"' in page.content.decode()


def test_only_the_live_part_is_refreshed_and_nothing_new_is_304(
    browse: Any, tom: User, lesson: Lesson
) -> None:
    client = client_for(tom, "en")
    first = client.get(PAGE, headers={"x-live": "own-group-now"})
    assert "requests" not in first.context
    again = client.get(PAGE, headers={"x-live": "own-group-now", "if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_the_page_takes_at_most_twelve_queries(
    tom: User, lesson: Lesson, django_assert_max_num_queries: Any
) -> None:
    client = client_for(tom)
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
