"""Putting many people into a group is taken back within ten seconds, with the lessons that followed."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.bulk.services import add_people_revocably
from accounts.models import GroupMembership, StudentGroup, User
from accounts.people.group_services import archive_group, save_group
from classes.lessons.services import cancel_lesson
from classes.models import Lesson, Member
from classes.timetable.group_changes.undo import undo_joining
from console.audit.models import AuditEntry
from console.jobs.models import Job
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.services import hold_school
from tests.classes.factories import create_planned_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.undo_button import press_undo, ticket_on

PATH = "/people/bulk/group/"
DAY = timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


@pytest.fixture
def year7(kids):
    return StudentGroup.objects.get(name="Year 7")


@pytest.fixture
def newcomers(school):
    return [create_person(school, name, "student") for name in ("lily", "liz")]


@pytest.fixture
def lessons(bob, kids, year7):
    """Two lessons to come of the group."""
    made = [create_planned_lesson(bob, DAY * day) for day in (2, 3)]
    for lesson in made:
        lesson.groups.add(year7)
        Member.objects.bulk_create(Member(lesson=lesson, user=one, role="student", via=year7) for one in kids)
    return made


def chosen(people, group, **more):
    return {"chosen": [one.pk for one in people], "sure": "yes", "group": group.pk, **more}


def names(row):
    people = row.students if isinstance(row, StudentGroup) else User.objects.filter(memberships__lesson=row)
    return sorted(people.values_list("user_id", flat=True))


def join(people, group, by, **more):
    return add_people_revocably(people=people, by=by, group=group, **more).values


def test_those_who_joined_leave_the_group_and_its_lessons_and_the_others_stay(
    browse, client, alice, kids, newcomers, year7, lessons
):
    answer = browse(alice, PATH, chosen([kids[0], *newcomers], year7))
    assert names(year7) == names(lessons[0]) == ["kid1", "kid2", "kid3", "lily", "liz"]
    assert min(Operation.objects.values_list("due_at", flat=True)) > timezone.now()
    press_undo(client, answer.url)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "Taken back. Nothing was sent to iclass." in page
    assert [names(row) for row in (year7, *lessons)] == [["kid1", "kid2", "kid3"]] * 3
    joined, left = AuditEntry.objects.filter(action="group.change").order_by("pk")
    assert joined.after["added"] == left.after["removed"] == sorted(one.pk for one in newcomers)
    assert left.actor == alice
    assert Job.objects.order_by("pk")[0].state == "stopped"


def test_a_group_without_lessons_is_as_before(alice, kids, newcomers, year7):
    values = join([kids[0], *newcomers], year7, alice)
    undo_joining(group=year7, by=alice, values=values)
    assert names(year7) == ["kid1", "kid2", "kid3"]


def test_who_was_in_a_lesson_already_stays_in_it(alice, newcomers, year7, lessons):
    Member.objects.create(lesson=lessons[0], user=newcomers[0], role="student")
    undo_joining(group=year7, by=alice, values=join(newcomers, year7, alice))
    assert names(lessons[0]) == ["kid1", "kid2", "kid3", "lily"]
    assert names(lessons[1]) == ["kid1", "kid2", "kid3"]


def test_if_one_of_them_left_or_joined_anew_meanwhile_none_is_taken_back(alice, kids, newcomers, year7):
    values = join(newcomers, year7, alice)
    save_group(group=year7, students=[*kids, newcomers[0]], by=alice)
    with pytest.raises(ValidationError, match="修改了这个班级的学生"):
        undo_joining(group=year7, by=alice, values=values)
    save_group(group=year7, students=[*kids, *newcomers], by=alice)
    with pytest.raises(ValidationError, match="修改了这个班级的学生"):
        undo_joining(group=year7, by=alice, values=values)
    assert names(year7) == ["kid1", "kid2", "kid3", "lily", "liz"]


def test_who_was_added_since_stays(alice, school, kids, newcomers, year7):
    values = join(newcomers, year7, alice)
    GroupMembership.objects.create(group=year7, student=create_person(school, "late", "student"))
    undo_joining(group=year7, by=alice, values=values)
    assert names(year7) == ["kid1", "kid2", "kid3", "late"]


@pytest.mark.parametrize("what", ["sent", "cancelled", "begun", "changed"])
def test_what_was_sent_or_changed_meanwhile_is_not_taken_back(alice, kids, newcomers, year7, lessons, what):
    values = join(newcomers, year7, alice)
    if what == "sent":
        Operation.objects.filter(subject_id=lessons[1].pk).update(state="sending", attempts=1)
    elif what == "cancelled":
        cancel_lesson(lesson=lessons[1], by=alice)
    elif what == "begun":
        Lesson.objects.filter(pk=lessons[1].pk).update(status="ing")
    else:
        late = create_person(alice.enterprise, "late", "student")
        save_group(group=year7, students=[*kids, *newcomers, late], by=alice)
    before = [names(row) for row in (year7, *lessons)]
    with pytest.raises(ValidationError, match="来不及撤销"):
        undo_joining(group=year7, by=alice, values=values)
    assert [names(row) for row in (year7, *lessons)] == before


def test_an_archived_group_is_left_as_it_is(alice, newcomers, year7):
    values = join(newcomers, year7, alice)
    archive_group(group=year7, by=alice)
    with pytest.raises(ValidationError, match="已归档"):
        undo_joining(group=year7, by=alice, values=values)
    assert len(names(year7)) == 5


def test_a_conflict_that_was_allowed_for_them_is_allowed_no_more(alice, school, newcomers, year7, lessons):
    Lesson.objects.update(conflict_allowed=False, conflict_reason="")
    carol = create_person(school, "carol", "teacher")
    other = create_planned_lesson(carol, 2 * DAY, conflict_allowed=False, conflict_reason="")
    Member.objects.create(lesson=other, user=newcomers[0], role="student")
    values = join(newcomers, year7, alice, conflict_reason="Two rooms")
    assert Lesson.objects.get(pk=lessons[0].pk).conflict_reason == "Two rooms"
    undo_joining(group=year7, by=alice, values=values)
    stored = Lesson.objects.get(pk=lessons[0].pk)
    assert (stored.conflict_allowed, stored.conflict_reason, stored.conflict_by) == (False, "", None)


def test_what_replaces_a_reason_or_waits_already_or_changes_nobody_is_final(
    alice, school, kids, newcomers, year7, lessons
):
    Lesson.objects.update(conflict_allowed=True, conflict_reason="Two rooms")
    carol = create_person(school, "carol", "teacher")
    Member.objects.create(lesson=create_planned_lesson(carol, 2 * DAY), user=newcomers[0], role="student")
    assert join(newcomers[:1], year7, alice, conflict_reason="Both") is None
    assert max(Operation.objects.values_list("due_at", flat=True)) <= timezone.now()
    assert join(kids, year7, alice) is None
    hold_school(school, "key")
    assert join(newcomers, year7, alice) is None


def test_the_right_is_checked_again_and_after_ten_seconds_it_is_refused(
    browse, client, alice, charlie, newcomers, year7
):
    answer = browse(alice, PATH, chosen(newcomers, year7))
    ticket = ticket_on(client, answer.url)
    browse(charlie, "/undo/", {"ticket": ticket, "next": "/"})
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    browse(alice, "/undo/", {"ticket": ticket, "next": "/"})
    User.objects.filter(pk=alice.pk).update(role="admin")
    alice.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        browse(alice, "/undo/", {"ticket": ticket, "next": "/"})
    assert len(names(year7)) == 5


@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_the_service_of_those_who_are_taken_back(connected, iclass, alice, bob):
    rita, rosa = (create_person(connected, name, "student") for name in ("rita", "rosa"))
    iclass.call(
        "user/register", {"list": [{"user_id": one.user_id, "role": one.role} for one in (rita, rosa)]}
    )
    group = save_group(group=StudentGroup(enterprise=connected, name="Chess"), students=[rita], by=alice)
    lesson = create_lesson(bob, alice, students=[rita], groups=[group])
    relay.drain()
    values = join([rosa], group, alice)
    assert names(lesson) == ["rita", "rosa"]
    assert relay.drain() == 0
    undo_joining(group=group, by=alice, values=values)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        relay.drain()
    assert not requests_to(iclass, "member/add")
    assert not requests_to(iclass, "member/delete")
    assert Lesson.objects.get().sync_state == "in_sync"
