"""The whole list of students replaced: compared before, sent as a whole, and the staff added again."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role, StudentGroup
from classes.lessons.members import compare_members, replace_members
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from tests.classes.factories import add_members, create_planned_lesson, create_running_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(bob, ann, kids):
    """Kid1 and Kid2 are expected, and Ann assists."""
    lesson = create_planned_lesson(bob, conflict_allowed=False, conflict_reason="")
    add_members(lesson, *kids[:2], ann)
    return lesson


def members(lesson):
    return dict(lesson.members.values_list("user__user_id", "role"))


def test_both_lists_stand_side_by_side_before_anything_happens(browse, alice, lesson):
    path = f"/lessons/{lesson.pk}/members/"
    page = browse(alice, path).content.decode()
    assert "kid1\nkid2</textarea>" in page
    looked = browse(alice, path, {"ids": "kid2 kid3", "look": "1"}).content.decode()
    joins, leaves, stays = (
        looked.index(word) for word in ("To be added: 1", "To be removed: 1", "Unchanged: 1")
    )
    assert joins < looked.index("Kid3") < leaves < looked.index("Kid1") < stays < looked.index("Kid2", stays)
    assert "Ann · assistant" in looked
    assert "These people are added again with their own role after the list is replaced." in looked
    assert members(lesson) == {"kid1": "student", "kid2": "student", "ann": "assistant"}
    assert not Operation.objects.exists()


def test_the_list_is_replaced_after_the_comparison(browse, alice, lesson):
    answer = browse(alice, f"/lessons/{lesson.pk}/members/", {"ids": "kid2,kid3", "sure": "1"})
    assert answer.url == f"/lessons/{lesson.pk}/"
    assert members(lesson) == {"kid2": "student", "kid3": "student", "ann": "assistant"}
    entry = AuditEntry.objects.get(action="lesson.replace_members")
    assert entry.after == {"members_added": ["kid3"], "members_removed": ["kid1"]}


def test_the_students_of_groups_can_be_the_new_list(browse, alice, lesson):
    group = StudentGroup.objects.get()
    looked = browse(alice, f"/lessons/{lesson.pk}/members/", {"groups": [group.pk], "look": "1"})
    assert "Unchanged: 2" in looked.content.decode()
    assert "To be added: 1" in looked.content.decode()


def test_the_service_gets_the_whole_list_and_then_the_staff_again(connected, alice, bob, iclass):
    roles = {"rita": "student", "rory": "student", "rosa": "student", "asta": "assistant"}
    people = {name: create_person(connected, name, role) for name, role in roles.items()}
    known = [{"user_id": name, "role": one.role} for name, one in people.items()]
    iclass.call("user/register", {"list": known})
    lesson = create_lesson(bob, alice, students=[people["rita"], people["rory"]], staff=[people["asta"]])
    relay.drain()
    lesson.refresh_from_db()
    replace_members(lesson=lesson, students=[people["rory"], people["rosa"]], by=alice)
    relay.drain()
    (body,) = [one for one in requests_to(iclass, "class/modify") if one["class_id"] == lesson.class_id]
    assert sorted(one["user_id"] for one in body["members"]) == ["rory", "rosa"]
    assert {one["role"] for one in body["members"]} == {"student"}
    told = iclass.call("class/info", {"class_id": lesson.class_id})["members"]
    there = {one["user_id"]: one["role"] for one in told}
    assert there == {"bob": "teacher", "asta": "assistant", "rory": "student", "rosa": "student"}
    lesson.refresh_from_db()
    assert lesson.sync_state == "in_sync"


def test_somebody_who_is_planned_elsewhere_needs_a_reason(browse, alice, bob, lesson, kids, school):
    carol = create_person(school, "carol", Role.TEACHER)
    add_members(create_planned_lesson(carol, topic="Hats"), kids[2])
    path, typed = f"/lessons/{lesson.pk}/members/", {"ids": "kid3"}
    assert "Hats" in browse(alice, path, typed | {"look": "1"}).content.decode()
    refused = browse(alice, path, typed | {"sure": "1"}).content.decode()
    assert "Choose other times or people, or enter a reason to allow the conflicts." in refused
    assert "kid1" in members(lesson)
    browse(alice, path, typed | {"sure": "1", "conflict_reason": "Once."})
    assert members(lesson) == {"kid3": "student", "ann": "assistant"}
    assert Lesson.objects.get(pk=lesson.pk).conflict_allowed


@pytest.mark.parametrize("empty", [{"ids": " "}, {"ids": "", "groups": ["empty"]}])
def test_a_list_of_nobody_is_asked_about(browse, alice, lesson, school, empty):
    question, path = "No student and no group is chosen. Is that right?", f"/lessons/{lesson.pk}/members/"
    if "groups" in empty:
        empty = empty | {"groups": [StudentGroup.objects.create(enterprise=school, name="Empty").pk]}
    looked = page_text(browse(alice, path, empty | {"look": "1"}))
    assert looked.count(question) == 1
    assert 'name="confirmed"' in looked
    asked = page_text(browse(alice, path, empty | {"sure": "1"}))
    assert question in asked
    assert 'href="#id_confirmed"' in asked
    assert set(members(lesson)) == {"kid1", "kid2", "ann"}
    assert browse(alice, path, empty | {"sure": "1", "confirmed": "on"}).status_code == 302
    assert set(members(lesson)) == {"ann"}


def test_who_takes_nobody_away_is_not_asked(browse, alice, lesson):
    path = f"/lessons/{lesson.pk}/members/"
    assert 'name="confirmed"' not in page_text(browse(alice, path, {"ids": "kid3", "look": "1"}))
    Lesson.objects.filter(pk=lesson.pk).update(class_type="public")
    assert browse(alice, path, {"ids": "", "sure": "1"}).status_code == 302
    assert 'name="confirmed"' not in page_text(browse(alice, path, {"ids": "", "look": "1"}))


def test_unknown_ids_are_said_at_once(browse, alice, lesson):
    path = f"/lessons/{lesson.pk}/members/"
    page = browse(alice, path, {"ids": "kid1 nobody", "sure": "1"}).content.decode()
    assert "no student with the user ID nobody" in page
    assert "kid1 nobody</textarea>" in page


def test_a_running_lesson_is_locked(browse, alice, bob, kids):
    lesson = create_running_lesson(bob)
    assert browse(alice, f"/lessons/{lesson.pk}/members/").url == f"/lessons/{lesson.pk}/"
    with pytest.raises(ValidationError):
        replace_members(lesson=lesson, students=kids, by=alice)


def test_only_who_runs_the_school_replaces_lists(browse, bob, charlie, lesson):
    assert browse(bob, f"/lessons/{lesson.pk}/members/").status_code == 403
    assert browse(charlie, f"/lessons/{lesson.pk}/members/").status_code == 404


def test_an_assistant_in_the_list_stays_an_assistant(alice, lesson, ann, kids):
    found = compare_members(lesson, [*kids[:2], ann])
    assert not found.changes
    replace_members(lesson=lesson, students=[*kids[:2], ann], by=alice)
    assert members(lesson)["ann"] == "assistant"
