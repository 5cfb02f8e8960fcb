"""A cancellation, a move or a new list of students is taken back within ten seconds; iclass has nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import StudentGroup, User
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.lessons.undo import (
    cancel_revocably,
    move_revocably,
    replace_revocably,
    undo_cancellation,
    undo_move,
    undo_replacement,
)
from classes.models import AnnouncedState, Lesson
from classes.notifications.lessons import send_lesson_notifications
from classes.timetable.make_up.services import make_up_lesson
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.services import hold_school
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to
from tests.support.undo_button import press_undo, ticket_on

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


@pytest.fixture
def lesson(bob, ann, kids):
    lesson = create_planned_lesson(bob, 2 * DAY)
    add_members(lesson, ann, *kids)
    return lesson


def moved(lesson, by, hours=2):
    times = {"starts_at": lesson.starts_at + hours * HOUR, "ends_at": lesson.ends_at + hours * HOUR}
    return move_revocably(lesson=Lesson.objects.get(pk=lesson.pk), by=by, **times)


def stored(lesson):
    return Lesson.objects.get(pk=lesson.pk)


def calls_of(iclass, endpoint, lesson):
    return sum(1 for one in requests_to(iclass, endpoint) if one["class_id"] == lesson.class_id)


def message_text(client, address):
    return client.get(address, headers={"accept-language": "en"}).content.decode()


def test_what_is_sent_is_due_after_ten_seconds(lesson, alice):
    cancel_revocably(lesson=lesson, by=alice)
    [operation] = Operation.objects.all()
    assert operation.kind == "class.delete"
    assert timedelta(seconds=9) < operation.due_at - timezone.now() <= timedelta(seconds=10)


def test_a_cancellation_is_taken_back_by_the_button_of_its_message(browse, client, lesson, alice):
    page = f"/lessons/{lesson.pk}/"
    browse(alice, f"{page}cancel/", {"reason": "Rain", "tell": "on"})
    answer, _ = press_undo(client, page)
    assert answer.url == page
    assert "Taken back. Nothing was sent to iclass." in message_text(client, page)
    assert (stored(lesson).cancelled_at, stored(lesson).cancel_reason) == (None, "")
    assert Operation.objects.get().state == "superseded"
    assert AuditEntry.objects.filter(action="lesson.restore").count() == 1


def test_a_move_is_taken_back_by_the_button_of_its_message(browse, client, lesson, alice):
    begins = timezone.localtime(lesson.starts_at + DAY)
    posted = {"day": f"{begins:%Y-%m-%d}", "start": f"{begins:%H:%M}"}
    answer = browse(alice, f"/lessons/{lesson.pk}/move/", posted)
    assert stored(lesson).starts_at > lesson.starts_at
    press_undo(client, answer.url)
    assert (stored(lesson).starts_at, stored(lesson).ends_at) == (lesson.starts_at, lesson.ends_at)
    first, second = Operation.objects.order_by("pk")
    assert (first.state, second.kind) == ("superseded", "class.modify")


def students(lesson):
    rows = lesson.members.filter(role="student").order_by("user__user_id")
    return list(rows.values_list("user__user_id", "via__name"))


def test_a_list_of_students_is_taken_back_by_the_button_of_its_message(browse, client, lesson, alice, kids):
    group = StudentGroup.objects.get(students=kids[0])
    lesson.groups.add(group)
    lesson.members.filter(user=kids[0]).update(via=group)
    before = students(lesson)
    answer = browse(alice, f"/lessons/{lesson.pk}/members/", {"ids": "kid3", "sure": "1"})
    assert [name for name, _ in students(lesson)] == ["kid3"]
    press_undo(client, answer.url)
    assert "Taken back. Nothing was sent to iclass." in message_text(client, answer.url)
    assert students(lesson) == before, "kid1 joined through the group, kid2 by hand"
    entry = AuditEntry.objects.get(action="lesson.change")
    assert sorted(entry.after["members_added"]) == ["kid1", "kid2"]


def test_the_right_is_checked_again_when_a_list_is_taken_back(browse, client, lesson, alice, kids):
    page = f"/lessons/{lesson.pk}/"
    browse(alice, f"{page}members/", {"ids": "kid3", "sure": "1"})
    ticket = ticket_on(client, page)
    User.objects.filter(pk=alice.pk).update(role="teacher")
    alice.refresh_from_db()
    assert browse(alice, "/undo/", {"ticket": ticket, "next": page}).status_code == 403
    assert [name for name, _ in students(lesson)] == ["kid3"]


def test_a_list_that_was_sent_or_changed_since_is_not_taken_back(lesson, alice, kids):
    values = replace_revocably(lesson=lesson, students=kids[2:], by=alice)
    Operation.objects.update(state="sending", attempts=1)
    with pytest.raises(ValidationError, match="来不及撤销"):
        undo_replacement(lesson=stored(lesson), by=alice, values=values)
    assert [name for name, _ in students(lesson)] == ["kid3"]
    edit_lesson(lesson=stored(lesson), by=alice, students=kids[:1])
    with pytest.raises(ValidationError, match="修改了这节课的学生名单"):
        undo_replacement(lesson=stored(lesson), by=alice, values=values)
    assert [name for name, _ in students(lesson)] == ["kid1"]


def test_a_list_is_not_taken_back_onto_a_booking_that_was_made_meanwhile(lesson, alice, school, kids):
    Lesson.objects.filter(pk=lesson.pk).update(conflict_allowed=False, conflict_reason="")
    values = replace_revocably(lesson=lesson, students=kids[2:], by=alice)
    carol = create_person(school, "carol", "teacher")
    other = create_planned_lesson(carol, 2 * DAY, conflict_allowed=False, conflict_reason="")
    add_members(other, kids[0])
    with pytest.raises(ValidationError, match="已有人另有安排"):
        undo_replacement(lesson=stored(lesson), by=alice, values=values)
    assert [name for name, _ in students(lesson)] == ["kid3"]


def test_the_same_list_offers_no_undo(lesson, alice, kids):
    assert replace_revocably(lesson=lesson, students=kids, by=alice) is None


@pytest.mark.parametrize("act", ["cancel", "move"])
def test_after_ten_seconds_it_is_refused_with_a_sentence(browse, client, lesson, alice, act):
    begins = timezone.localtime(lesson.starts_at + DAY)
    posted = {"day": f"{begins:%Y-%m-%d}", "start": f"{begins:%H:%M}"} if act == "move" else {}
    answer = browse(alice, f"/lessons/{lesson.pk}/{act}/", posted)
    before = stored(lesson)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        press_undo(client, answer.url)
        assert "It is too late to take this back" in message_text(client, answer.url)
    assert (stored(lesson).starts_at, stored(lesson).cancelled_at) == (before.starts_at, before.cancelled_at)


def test_what_was_claimed_for_sending_is_not_taken_back(lesson, alice):
    values = cancel_revocably(lesson=lesson, by=alice)
    Operation.objects.update(state="sending", attempts=1)
    with pytest.raises(ValidationError):
        undo_cancellation(lesson=lesson, by=alice, values=values)
    assert stored(lesson).cancelled_at

    other = create_planned_lesson(lesson.teacher, 3 * DAY)
    values = moved(other, alice)
    Operation.objects.filter(subject_id=other.pk).update(state="sending", attempts=1)
    with pytest.raises(ValidationError):
        undo_move(lesson=stored(other), by=alice, values=values)
    assert stored(other).starts_at == other.starts_at + 2 * HOUR


def test_a_second_cancellation_is_not_taken_back_by_the_ticket_of_the_first(lesson, alice):
    values = cancel_revocably(lesson=lesson, by=alice)
    undo_cancellation(lesson=lesson, by=alice, values=values)
    cancel_lesson(lesson=stored(lesson), by=alice)
    with pytest.raises(ValidationError, match="来不及撤销"):
        undo_cancellation(lesson=lesson, by=alice, values=values)
    assert stored(lesson).cancelled_at


def test_the_ticket_of_somebody_else_and_a_forged_one_do_nothing(browse, client, lesson, alice, bob, charlie):
    page = f"/lessons/{lesson.pk}/"
    browse(alice, f"{page}cancel/", {})
    ticket = ticket_on(client, page)
    for reader, sent in ((bob, ticket), (charlie, ticket), (alice, f"{ticket}x"), (alice, "")):
        browse(reader, "/undo/", {"ticket": sent, "next": "//evil.example/"})
        assert stored(lesson).cancelled_at
    assert browse(alice, "/undo/", {"ticket": ticket, "next": "//evil.example/"}).url == "/"
    assert stored(lesson).cancelled_at is None


def test_people_hear_nothing_of_what_is_taken_back(lesson, alice, bob):
    bob.e_mail = "bob@school.example"
    bob.save(update_fields=["e_mail"])
    state = {
        "starts_at": lesson.starts_at,
        "ends_at": lesson.ends_at,
        "topic": lesson.topic,
        "teacher": bob,
    }
    AnnouncedState.objects.create(lesson=lesson, **state)
    values = cancel_revocably(lesson=lesson, by=alice, notice="Stay at home.")
    assert send_lesson_notifications() == 0
    undo_cancellation(lesson=lesson, by=alice, values=values)
    values = moved(lesson, alice)
    assert send_lesson_notifications() == 0
    undo_move(lesson=stored(lesson), by=alice, values=values)
    assert send_lesson_notifications() == 0
    assert not Notification.objects.exists()
    assert AnnouncedState.objects.get().off_words == ""

    cancel_revocably(lesson=lesson, by=alice)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        assert send_lesson_notifications() == 5  # the teacher, the assistant and three students


def test_nobody_is_invited_anew_to_a_lesson_whose_quiet_cancellation_is_taken_back(lesson, alice, bob):
    state = {
        "starts_at": lesson.starts_at,
        "ends_at": lesson.ends_at,
        "topic": lesson.topic,
        "teacher": bob,
    }
    AnnouncedState.objects.create(lesson=lesson, **state)
    values = cancel_revocably(lesson=lesson, by=alice, tell=False)
    undo_cancellation(lesson=lesson, by=alice, values=values)
    assert AnnouncedState.objects.get().starts_at == lesson.starts_at


def test_a_change_that_the_cancellation_replaced_is_sent_after_all(lesson, alice, kids):
    edit_lesson(lesson=stored(lesson), by=alice, topic="Chess", students=kids[:1])
    values = cancel_revocably(lesson=lesson, by=alice)
    undo_cancellation(lesson=lesson, by=alice, values=values)
    ready = Operation.objects.filter(state="ready").order_by("pk")
    assert list(ready.values_list("kind", flat=True)) == ["class.modify", "class.members"]


def test_a_lesson_is_not_brought_back_onto_a_booking_that_was_made_meanwhile(lesson, alice, bob):
    Lesson.objects.filter(pk=lesson.pk).update(conflict_allowed=False, conflict_reason="")
    values = cancel_revocably(lesson=lesson, by=alice)
    create_planned_lesson(bob, 2 * DAY, conflict_allowed=False, conflict_reason="")
    with pytest.raises(ValidationError):
        undo_cancellation(lesson=lesson, by=alice, values=values)
    assert stored(lesson).cancelled_at


def test_a_lesson_that_was_made_up_since_is_not_brought_back_beside_its_make_up(lesson, alice, bob):
    values = cancel_revocably(lesson=lesson, by=alice)
    make_up = make_up_lesson(lesson=stored(lesson), by=alice, starts_at=lesson.starts_at + 5 * DAY)
    with pytest.raises(ValidationError, match="补课"):
        undo_cancellation(lesson=lesson, by=alice, values=values)
    assert (stored(lesson).cancelled_at is None, stored(make_up).cancelled_at) == (False, None)
    cancel_lesson(lesson=make_up, by=alice)
    undo_cancellation(lesson=lesson, by=alice, values=values)
    assert stored(lesson).cancelled_at is None


def test_a_move_that_somebody_changed_since_is_not_taken_back(lesson, alice):
    values = moved(lesson, alice)
    edit_lesson(lesson=stored(lesson), by=alice, ends_at=lesson.ends_at + 3 * HOUR)
    with pytest.raises(ValidationError):
        undo_move(lesson=stored(lesson), by=alice, values=values)


def test_what_has_further_consequences_or_waits_already_is_final_and_sent_at_once(lesson, alice, bob, school):
    make_up = create_planned_lesson(bob, 5 * DAY, makes_up_for=lesson)
    assert cancel_revocably(lesson=make_up, by=alice) is None
    assert Operation.objects.get().due_at <= timezone.now()
    hold_school(school, "key")
    other = create_planned_lesson(bob, 4 * DAY)
    assert moved(other, alice) is None


def test_without_a_window_nothing_is_offered(browse, client, lesson, alice, settings):
    settings.UNDO_S = 0
    browse(alice, f"/lessons/{lesson.pk}/cancel/", {})
    page = client.get(f"/lessons/{lesson.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "The lesson has been cancelled." in page
    assert "/undo/" not in page
    assert Operation.objects.get().due_at <= timezone.now()


def test_rest_and_services_send_at_once(lesson, alice):
    cancel_lesson(lesson=lesson, by=alice)
    assert Operation.objects.get().due_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_the_service_of_what_is_taken_back(connected, iclass, alice, bob):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    values = cancel_revocably(lesson=lesson, by=alice)
    assert relay.drain() == 0
    undo_cancellation(lesson=lesson, by=alice, values=values)
    values = moved(lesson, alice)
    assert relay.drain() == 0
    undo_move(lesson=stored(lesson), by=alice, values=values)
    relay.drain()
    assert [calls_of(iclass, endpoint, lesson) for endpoint in ("class/delete", "class/modify")] == [0, 0]
    assert stored(lesson).sync_state == "in_sync"

    cancel_revocably(lesson=lesson, by=alice)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        relay.drain()
    assert calls_of(iclass, "class/delete", lesson) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_the_service_of_a_list_that_is_taken_back(connected, iclass, alice, bob):
    rita, rosa = (create_person(connected, name, "student") for name in ("rita", "rosa"))
    iclass.call(
        "user/register", {"list": [{"user_id": one.user_id, "role": one.role} for one in (rita, rosa)]}
    )
    lesson = create_lesson(bob, alice, students=[rita])
    relay.drain()
    values = replace_revocably(lesson=stored(lesson), students=[rosa], by=alice)
    undo_replacement(lesson=stored(lesson), by=alice, values=values)
    lesson = stored(lesson)
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        relay.drain()
    sent = ("class/modify", "member/add", "member/delete")
    assert [calls_of(iclass, endpoint, lesson) for endpoint in sent] == [0, 0, 0]
    assert stored(lesson).sync_state == "in_sync"
