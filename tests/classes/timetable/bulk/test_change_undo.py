"""The edit of many lessons is taken back within ten seconds: all of them with all that changed, or none."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.lessons.passwords import set_password
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import AnnouncedState, Course, Lesson, LessonKey, Member
from classes.notifications.lessons import send_lesson_notifications
from classes.timetable.bulk.change_undo import undo_change_many
from classes.timetable.bulk.job import MAX_TAKEN_BACK, undo_values
from classes.timetable.bulk.services import BulkEdit, edit_lessons
from console.audit.models import AuditEntry
from console.jobs.models import Job
from console.notifications.models import Notification
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.services import hold_school
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.bulk.conftest import DAY
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.undo_button import press_undo, ticket_on

PATH = "/lessons/many/"
SENT = ("class/modify", "member/add", "member/delete")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


@pytest.fixture
def chess(school, kids):
    """A group of Kid1 and Kid3; Kid1 is in the lessons through it, and Kid2 by hand."""
    group = StudentGroup.objects.create(enterprise=school, name="Chess")
    for student in (kids[0], kids[2]):
        group.entries.create(student=student)
    return group


def rows(lessons):
    """All that is stored of these lessons, but not what is known of the service, or counts the changes."""
    keys = [one.pk for one in lessons]
    ignored = {"sync_state", "sync_reason", "observed", "later_sent", "look_at", "looked_at", "revision"}
    columns = [one.attname for one in Lesson._meta.concrete_fields if one.name not in ignored]
    stored = Lesson.objects.filter(pk__in=keys).order_by("pk")
    links = Lesson.groups.through.objects.filter(lesson__in=keys).order_by("lesson_id", "studentgroup_id")
    passwords = LessonKey.objects.filter(lesson__in=keys, password__isnull=False).order_by("lesson_id")
    return [
        list(stored.values_list(*columns)),
        list(Member.objects.filter(lesson__in=keys).order_by("pk").values_list()),
        list(links.values_list("lesson_id", "studentgroup_id")),
        [(one.lesson_id, one.password.reveal(), one.version) for one in passwords],
    ]


def edit(lessons, by, reason="", **changes):
    found = list(Lesson.objects.filter(pk__in=[one.pk for one in lessons]).order_by("pk"))
    told = {"edit": BulkEdit(**changes), "conflict_reason": reason, "confirmed": True}
    return edit_lessons(school=by.enterprise, lessons=found, by=by, **told)


def take_back(job, by):
    undo_change_many(job=Job.objects.get(pk=job.pk), by=by)


def posted(lessons, **fields):
    return {"chosen": [one.pk for one in lessons], "sure": "1", **fields}


def test_an_edit_of_many_is_taken_back_by_the_button_of_its_message(
    browse, client, alice, ann, carol, lessons
):
    before = rows(lessons)
    fields = {"topic": "Tea", "teacher": "carol", "days": "1", "minutes": "30", "length": "60"}
    fields |= {"class_type": "public", "record_types": "both", "auto_open_mic": "yes", "bitrate": "900"}
    fields |= {"max_on_mic": "3", "capacity": "40", "password": "off-with-heads", "confirmed": "on"}
    fields |= {"add": ["kid3", "ann"], "remove": ["kid1"]}
    answer = browse(alice, PATH, posted(lessons, **fields))
    assert answer.status_code == 302, answer.content.decode()
    after = rows(lessons)
    assert all(old != new for old, new in zip(before[0], after[0], strict=True))
    assert before[1] != after[1]
    assert len(after[3]) == 3
    assert min(Operation.objects.values_list("due_at", flat=True)) > timezone.now()
    press_undo(client, answer.url)
    page = client.get(answer.url, headers={"accept-language": "en"}).content.decode()
    assert "Taken back. Nothing was sent to iclass." in page
    assert rows(lessons) == before
    assert Job.objects.get(kind="lessons.push").state == "stopped"
    entry = AuditEntry.objects.get(action="lesson.restore_many")
    assert (entry.actor, entry.after["lessons"]) == (alice, [one.pk for one in lessons])


@pytest.mark.parametrize("of_course", [True, False])
def test_so_is_one_that_began_at_a_course_or_in_the_timetable(
    browse, client, alice, school, lessons, of_course
):
    plan = {"title": "Croquet", "starts_local": datetime(2027, 3, 2, 10), "duration_minutes": 45}
    course = Course.objects.create(enterprise=school, teacher=alice, **plan)
    address = f"/courses/{course.pk}/lessons/" if of_course else "/timetable/change/"
    answer = browse(alice, address, posted(lessons, topic="Tea"))
    assert Lesson.objects.filter(topic="Tea").count() == 3
    press_undo(client, answer.url)
    assert not Lesson.objects.filter(topic="Tea").exists()


def test_groups_come_back_with_those_who_joined_through_them(alice, kids, chess, lessons):
    for one in lessons:
        one.groups.add(chess)
        one.members.filter(user=kids[0]).update(via=chess)
    before = rows(lessons)
    job = edit(lessons, alice, leave=[chess.pk])
    assert set(Member.objects.values_list("user", flat=True)) == {kids[1].pk}
    take_back(job, alice)
    assert rows(lessons) == before


def test_who_is_in_two_groups_is_a_member_through_the_former_one_again(alice, school, kids, chess, lessons):
    tea = StudentGroup.objects.create(enterprise=school, name="Tea")
    tea.entries.create(student=kids[0])
    for one in lessons:
        one.groups.add(chess, tea)
        one.members.filter(user=kids[0]).update(via=chess)
    before = rows(lessons)
    job = edit(lessons, alice, leave=[chess.pk])
    assert set(Member.objects.filter(user=kids[0]).values_list("via", flat=True)) == {tea.pk}
    take_back(job, alice)
    assert rows(lessons) == before


def test_those_who_came_with_a_group_leave_with_it(alice, chess, lessons):
    before = rows(lessons)
    job = edit(lessons, alice, join=[chess])
    assert Member.objects.filter(via=chess).count() == 3
    take_back(job, alice)
    assert rows(lessons) == before


def test_a_password_that_was_replaced_comes_back_and_is_not_readable_in_the_job(alice, lessons):
    set_password(lessons[0], "off-with-heads")
    before = rows(lessons)
    job = edit(lessons, alice, password="cards")
    assert "off-with-heads" not in str(Job.objects.get(pk=job.pk).args)
    assert "cards" not in str(Job.objects.get(pk=job.pk).args)
    take_back(job, alice)
    assert rows(lessons) == before
    assert "before" not in Job.objects.get(pk=job.pk).args


def test_a_permission_of_conflicts_comes_back_as_it_was(alice, bob, carol, lessons):
    """Two lessons of Bob's at one time, which was allowed; the new teacher has another reason."""
    beside = create_planned_lesson(bob, DAY, conflict_allowed=True, conflict_reason="Two rooms")
    create_planned_lesson(carol, DAY, conflict_allowed=False, conflict_reason="")
    before = rows([*lessons, beside])
    job = edit([*lessons, beside], alice, "She asked for it.", fields={"teacher": carol})
    assert Lesson.objects.filter(conflict_reason="She asked for it.").exists()
    take_back(job, alice)
    assert rows([*lessons, beside]) == before


def test_the_reason_of_the_other_lesson_is_enough(alice, bob, lessons):
    beside = create_planned_lesson(bob, DAY, conflict_allowed=True, conflict_reason="Two rooms")
    before = rows([*lessons, beside])
    job = edit(lessons[:1], alice, days=9)
    take_back(job, alice)
    assert rows([*lessons, beside]) == before


def test_if_one_was_claimed_for_sending_none_is_taken_back(alice, lessons):
    job = edit(lessons, alice, fields={"topic": "Tea"})
    after = rows(lessons)
    Operation.objects.filter(subject_id=lessons[2].pk).update(state="sending", attempts=1)
    with pytest.raises(ValidationError, match="来不及撤销"):
        take_back(job, alice)
    assert rows(lessons) == after


def test_if_somebody_was_planned_meanwhile_none_is_taken_back(alice, bob, lessons):
    job = edit(lessons, alice, days=9)
    after = rows(lessons)
    create_planned_lesson(bob, 3 * DAY, conflict_allowed=False, conflict_reason="")
    with pytest.raises(ValidationError, match="已有人另有安排"):
        take_back(job, alice)
    assert rows(lessons) == after


@pytest.mark.parametrize("change", ["topic", "student", "password", "cancelled", "began", "deleted"])
def test_if_one_was_changed_or_began_meanwhile_none_is_taken_back(alice, kids, lessons, change):
    job = edit(lessons, alice, days=9)
    last = Lesson.objects.get(pk=lessons[2].pk)
    sentence = f"“{last.topic}”"
    match change:
        case "topic":
            edit_lesson(lesson=last, by=alice, topic="Tea")
            sentence = "“Tea”"
        case "student":
            edit_lesson(lesson=last, by=alice, students=kids)
        case "password":
            set_password(last, "cards")
        case "cancelled":
            cancel_lesson(lesson=last, by=alice)
        case "began":
            Lesson.objects.filter(pk=last.pk).update(status="ing")
        case "deleted":
            last.delete()
            sentence = "被删除了"
    after = rows(lessons)
    with pytest.raises(ValidationError, match=sentence):
        take_back(job, alice)
    assert rows(lessons) == after


@pytest.mark.parametrize("change", ["left", "joined", "archived"])
def test_if_a_group_changed_meanwhile_none_is_taken_back(alice, kids, chess, lessons, change):
    for one in lessons:
        one.groups.add(chess)
        one.members.filter(user=kids[0]).update(via=chess)
    job = edit(lessons, alice, leave=[chess.pk])
    after = rows(lessons)
    match change:
        case "left":
            chess.entries.filter(student=kids[0]).delete()
        case "joined":
            chess.entries.create(student=kids[1])
        case "archived":
            StudentGroup.objects.filter(pk=chess.pk).update(archived_at=timezone.now())
    with pytest.raises(ValidationError, match="或其班级"):
        take_back(job, alice)
    assert rows(lessons) == after


def test_it_is_taken_back_once(browse, client, alice, lessons):
    answer = browse(alice, PATH, posted(lessons, topic="Tea"))
    _answer, ticket = press_undo(client, answer.url)
    edit(lessons, alice, fields={"topic": "Tea"})
    browse(alice, "/undo/", {"ticket": ticket, "next": "/"})
    assert Lesson.objects.filter(topic="Tea").count() == 3


def test_more_lessons_than_the_limit_are_sent_at_once(browse, client, alice, bob):
    many = [create_planned_lesson(bob, 2 * DAY) for _number in range(MAX_TAKEN_BACK + 1)]
    answer = browse(alice, PATH, posted(many, topic="Tea"))
    page = client.get(answer.url).content.decode()
    assert "/undo/" not in page
    assert max(Operation.objects.values_list("due_at", flat=True)) <= timezone.now()
    assert undo_values(edit(many[1:], alice, fields={"topic": "Chess"})) is not None


def test_while_the_school_is_held_it_is_final(alice, school, lessons):
    hold_school(school, "key")
    assert undo_values(edit(lessons, alice, fields={"topic": "Tea"})) is None


def test_the_right_is_checked_again_and_other_schools_have_none(browse, client, alice, charlie, lessons):
    answer = browse(alice, PATH, posted(lessons, topic="Tea"))
    ticket = ticket_on(client, answer.url)
    browse(charlie, "/undo/", {"ticket": ticket, "next": "/"})
    assert Lesson.objects.filter(topic="Tea").count() == 3
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    assert browse(alice, "/undo/", {"ticket": ticket, "next": "/"}).status_code == 403
    assert Lesson.objects.filter(topic="Tea").count() == 3


def test_people_hear_nothing_of_what_is_taken_back(alice, bob, carol, kids, lessons):
    for person in (bob, carol, *kids):
        person.e_mail = f"{person.user_id}@school.example"
        person.save(update_fields=["e_mail"])
    for one in lessons:
        told = {"starts_at": one.starts_at, "ends_at": one.ends_at, "topic": one.topic, "teacher": bob}
        AnnouncedState.objects.create(lesson=one, day_for=one.starts_at, hour_for=one.starts_at, **told)
    changes = {"days": 9, "fields": {"teacher": carol}, "add": [kids[2]], "remove": [kids[0].pk]}
    job = edit(lessons, alice, **changes)
    assert send_lesson_notifications() == 0
    take_back(job, alice)
    assert send_lesson_notifications() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        assert send_lesson_notifications() == 0
    assert not Notification.objects.exists()

    edit(lessons, alice, **changes)
    assert send_lesson_notifications() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        send_lesson_notifications()
    assert set(Notification.objects.values_list("person", flat=True)) >= {bob.pk, carol.pk, kids[0].pk}


@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_the_service_of_many_that_are_taken_back(connected, iclass, alice, bob):
    people = [create_person(connected, name, "student") for name in ("rita", "rosa")]
    iclass.call("user/register", {"list": [{"user_id": one.user_id, "role": one.role} for one in people]})
    times = [timezone.now() + days * DAY for days in (2, 3)]
    made = [create_lesson(bob, alice, starts_at=at, students=people[:1]) for at in times]
    relay.drain()
    edits = {"days": 1, "fields": {"bitrate": 900}, "add": people[1:], "remove": [people[0].pk]}
    job = edit(made, alice, **edits)
    assert relay.drain() == 0
    take_back(job, alice)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        relay.drain()
    numbers = {int(one.remote_id) for one in Lesson.objects.all()}
    sent = [one for endpoint in SENT for one in requests_to(iclass, endpoint) if one["class_id"] in numbers]
    assert sent == []
    assert set(Lesson.objects.values_list("sync_state", flat=True)) == {"in_sync"}

    edit(made, alice, **edits)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        relay.drain()
    sent = [sum(one["class_id"] in numbers for one in requests_to(iclass, endpoint)) for endpoint in SENT]
    assert sent == [2, 2, 2]


def test_the_first_assistant_is_the_same_again(alice, school, ann, lessons):
    add_members(lessons[0], ann, create_person(school, "ben", "assistant"))
    before = rows(lessons)
    job = edit(lessons, alice, remove=[ann.pk])
    take_back(job, alice)
    assert rows(lessons) == before
