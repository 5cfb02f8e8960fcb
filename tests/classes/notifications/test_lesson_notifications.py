"""Invitations, changes and reminders: whom they reach, in which language, and never twice."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Role, StudentGroup, User
from accounts.people.group_services import save_group
from classes.lessons.services import cancel_lesson, edit_lesson
from classes.models import AnnouncedState, Lesson, MembershipNotice
from classes.notifications.calendar_feeds.tokens import create_feed
from classes.notifications.lessons import send_lesson_notifications
from console.notifications import email_delivery, unsubscribe_tokens
from console.notifications.models import Notification
from tests.classes.factories import add_members, create_planned_lesson
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def kid(kids, settings):
    """A student with an e-mail address who reads English; the other two have none and cannot sign in."""
    settings.EMAIL_IS_SET_UP = True
    for one in User.objects.exclude(user_id="bob"):
        one.set_unusable_password()
        one.save(update_fields=["password"])
    kids[0].refresh_from_db()
    kids[0].e_mail, kids[0].language = "kid@school.example", "en"
    kids[0].save(update_fields=["e_mail", "language"])
    return kids[0]


def kinds(person):
    return list(Notification.objects.filter(person=person).order_by("id").values_list("kind", flat=True))


def subjects():
    mail.outbox.clear()
    email_delivery.send_due_emails()
    return [letter.subject for letter in mail.outbox]


def parts():
    """Of each mail that leaves now: the calendars in it, whose method its header tells, too."""
    subjects()
    found = []
    for letter in mail.outbox:
        found.append([])
        for part in letter.message().walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_payload(decode=True))
                assert part.get_param("method") == str(calendar["method"])
                assert not [problem for event in calendar.walk() for problem in event.errors]
                found[-1].append(calendar)
    return found


def lesson_of(bob, kids, begins=3 * DAY, **fields):
    lesson = create_planned_lesson(bob, begins, **fields)
    add_members(lesson, *kids)
    return lesson


def test_an_invitation_reaches_those_who_can_read_it_once(bob, kid, kids):
    lesson_of(bob, kids, topic="Croquet")
    assert send_lesson_notifications() == 2
    assert send_lesson_notifications() == 0
    assert kinds(kid) == kinds(bob) == ["lesson.invited"]
    assert kinds(kids[1]) == []
    assert subjects()[0].startswith("New lesson: “Croquet”")
    assert "(Beijing time)" in mail.outbox[0].body
    assert mail.outbox[0].to == ["kid@school.example"]


def test_a_whole_term_is_one_letter(bob, kid, kids):
    for number in range(12):
        lesson_of(bob, kids, number * DAY + 3 * DAY)
    send_lesson_notifications()
    assert kinds(kid) == ["lesson.invited_to_many"]
    assert "12 new lessons" in subjects()[0]


def test_before_the_service_has_the_lesson_nobody_is_invited(bob, kid, kids):
    lesson_of(bob, kids, remote_id="")
    assert send_lesson_notifications() == 0


def test_the_reminders_come_a_day_and_an_hour_before_each_once(bob, kid, kids):
    lesson = lesson_of(bob, kids, topic="Croquet")
    send_lesson_notifications()
    for begins in (DAY - HOUR, HOUR / 2):
        Lesson.objects.filter(pk=lesson.pk).update(
            starts_at=lesson.created_at + begins, ends_at=lesson.created_at + begins + HOUR
        )
        AnnouncedState.objects.update(
            starts_at=lesson.created_at + begins, ends_at=lesson.created_at + begins + HOUR
        )
        send_lesson_notifications()
        assert send_lesson_notifications() == 0
    assert kinds(kid) == ["lesson.invited", "lesson.tomorrow", "lesson.in_an_hour"]


def test_a_lesson_of_soon_brings_the_nearest_reminder_alone(bob, kid, kids):
    lesson_of(bob, kids, HOUR / 2)
    send_lesson_notifications()
    assert kinds(kid) == ["lesson.invited", "lesson.in_an_hour"]


def test_moved_and_cancelled_lessons_are_told(alice, bob, kid, kids):
    lesson = lesson_of(bob, kids, topic="Croquet")
    send_lesson_notifications()
    edit_lesson(lesson=lesson, by=alice, starts_at=lesson.starts_at + DAY, ends_at=lesson.ends_at + DAY)
    assert send_lesson_notifications() == 2
    was = f"{timezone.localtime(lesson.starts_at, bob.enterprise.tz):%Y-%m-%d %H:%M}"
    assert Notification.objects.get(person=kid, kind="lesson.moved").args["was"] == was
    cancel_lesson(lesson=lesson, by=alice, reason="between us")
    assert send_lesson_notifications() == 2
    assert send_lesson_notifications() == 0
    assert kinds(kid) == ["lesson.invited", "lesson.moved", "lesson.called_off"]
    assert "Cancelled: “Croquet”" in subjects()[-1]
    assert not any("between us" in letter.body for letter in mail.outbox)


def test_what_was_cancelled_before_anybody_heard_of_it_is_not_told(alice, bob, kid, kids):
    cancel_lesson(lesson=lesson_of(bob, kids), by=alice)
    assert send_lesson_notifications() == 0


def test_without_mail_those_who_sign_in_read_it_in_the_console(bob, kid, kids, settings):
    settings.EMAIL_IS_SET_UP = False
    lesson_of(bob, kids)
    send_lesson_notifications()
    assert (kinds(kid), kinds(bob)) == ([], ["lesson.invited"])


class TestCalendarPart:
    """What a mail carries for the calendar of its reader, read by a calendar library."""

    def parts(self):
        """Of each mail that leaves now: the calendar in it."""
        return [calendar for (calendar,) in parts()]

    def test_an_invitation_a_move_and_a_cancellation_are_one_event_that_grows(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids, topic="槌球")
        send_lesson_notifications()
        (asked,) = self.parts()
        lesson = edit_lesson(
            lesson=lesson, by=alice, starts_at=lesson.starts_at + DAY, ends_at=lesson.ends_at + DAY
        )
        send_lesson_notifications()
        (moved,) = self.parts()
        cancel_lesson(lesson=lesson, by=alice)
        send_lesson_notifications()
        (off,) = self.parts()
        assert [str(one["method"]) for one in (asked, moved, off)] == ["REQUEST", "REQUEST", "CANCEL"]
        events = [one.events[0] for one in (asked, moved, off)]
        assert len({str(event["uid"]) for event in events}) == 1
        assert [event["sequence"] for event in events] == sorted({event["sequence"] for event in events})
        assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert events[1].start == lesson.starts_at
        assert str(events[0]["summary"]) == "槌球"
        assert str(events[0]["attendee"]).lower() == "mailto:kid@school.example"
        assert events[0]["organizer"].params["CN"] == "Wonderland"
        assert events[0]["dtstart"].params["TZID"] == "Asia/Shanghai"
        assert asked.timezones

    def test_many_lessons_at_once_are_published_in_one_file(self, bob, kid, kids):
        for number in range(3):
            lesson_of(bob, kids, number * DAY + 3 * DAY)
        send_lesson_notifications()
        (calendar,) = self.parts()
        assert str(calendar["method"]) == "PUBLISH"
        assert len({str(event["uid"]) for event in calendar.events}) == 3
        assert not any("attendee" in event for event in calendar.events)

    def test_its_words_are_in_the_language_of_the_reader(self, bob, kid, kids):
        kid.language = "zh-hans"
        kid.save(update_fields=["language"])
        lesson_of(bob, kids)
        send_lesson_notifications()
        (calendar,) = self.parts()
        assert "教师：Bob" in str(calendar.events[0]["description"])
        assert "选择您要接收的邮件" in mail.outbox[0].body

    def test_what_was_cancelled_before_the_mail_left_invites_nobody(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids)
        send_lesson_notifications()
        cancel_lesson(lesson=lesson, by=alice)
        subjects()
        assert [one.get_content_type() for one in mail.outbox[0].message().walk()] == ["text/plain"]

    def test_a_reminder_carries_none(self, bob, kid, kids):
        lesson_of(bob, kids, HOUR / 2)
        send_lesson_notifications()
        subjects()
        (reminder,) = [one for one in mail.outbox if one.subject.startswith("Starting soon")]
        assert not reminder.attachments


class TestWhatChanged:
    """Topic, teacher and people of a lesson that was told of: whom it reaches, once, and their calendars."""

    @pytest.fixture
    def carol(self, school, kid):
        return create_person(school, "carol", Role.TEACHER)

    @pytest.fixture
    def lesson(self, bob, kid, kids):
        """Told of, with its mails gone."""
        lesson = lesson_of(bob, kids, topic="Croquet")
        send_lesson_notifications()
        subjects()
        return lesson

    def in_feed(self, client, person):
        path = f"/calendar/{create_feed(by=person)[1]}.ics"
        return Calendar.from_ical(client.get(path).content).events

    def test_another_topic_is_one_new_invitation(self, alice, bob, kid, lesson, client):
        lesson = edit_lesson(lesson=lesson, by=alice, topic="Flamingos")
        edit_lesson(lesson=lesson, by=alice, topic="Croquet again")
        assert send_lesson_notifications() == 2
        assert send_lesson_notifications() == 0
        assert kinds(kid) == ["lesson.invited", "lesson.changed"]
        (((calendar,),), (event,)) = parts(), self.in_feed(client, kid)
        assert str(calendar["method"]) == "REQUEST"
        told = calendar.events[0]
        assert str(told["summary"]) == str(event["summary"]) == "Croquet again"
        assert told["sequence"] == event["sequence"] == 2

    def test_a_move_tells_of_the_topic_too(self, alice, kid, lesson):
        later = {"starts_at": lesson.starts_at + DAY, "ends_at": lesson.ends_at + DAY}
        edit_lesson(lesson=lesson, by=alice, topic="Flamingos", **later)
        send_lesson_notifications()
        assert kinds(kid) == ["lesson.invited", "lesson.moved"]

    def test_moved_there_and_back_and_there_is_told_each_time(self, alice, kid, lesson):
        for days in (1, -1, 1):
            step = {"starts_at": lesson.starts_at + days * DAY, "ends_at": lesson.ends_at + days * DAY}
            lesson = edit_lesson(lesson=lesson, by=alice, **step)
            send_lesson_notifications()
        assert kinds(kid) == ["lesson.invited", *["lesson.moved"] * 3]

    def test_what_people_are_not_told_of_tells_nobody(self, alice, kid, lesson):
        edit_lesson(lesson=lesson, by=alice, bitrate=900)
        assert send_lesson_notifications() == 0

    def test_another_teacher_reaches_the_old_the_new_and_the_people(self, alice, bob, carol, kid, lesson):
        edit_lesson(lesson=lesson, by=alice, teacher=carol)
        assert send_lesson_notifications() == 3
        assert send_lesson_notifications() == 0
        assert kinds(kid)[1:] == ["lesson.changed"]
        assert kinds(bob)[1:] == ["lesson.taken_off"]
        assert kinds(carol) == ["lesson.invited"]
        subjects()
        assert "Teacher: Carol" in mail.outbox[0].body

    def test_an_assistant_who_becomes_the_teacher_is_told_of_the_change_alone(
        self, alice, bob, kid, kids, ann
    ):
        lesson = lesson_of(bob, [kid, ann])
        send_lesson_notifications()
        edit_lesson(lesson=lesson, by=alice, teacher=ann, staff=[bob])
        send_lesson_notifications()
        assert kinds(ann) == kinds(bob) == ["lesson.invited", "lesson.changed"]

    def test_who_is_taken_out_gets_one_cancelling_and_the_others_nothing(
        self, alice, bob, kid, kids, lesson, client
    ):
        (before,) = self.in_feed(client, kid)
        edit_lesson(lesson=lesson, by=alice, students=kids[1:])
        assert send_lesson_notifications() == 1
        assert send_lesson_notifications() == 0
        assert kinds(bob) == ["lesson.invited"]
        assert kinds(kid) == ["lesson.invited", "lesson.taken_off"]
        (((calendar,),), (event,)) = parts(), self.in_feed(client, kid)
        assert str(calendar["method"]) == "CANCEL"
        (told,) = calendar.events
        assert str(told["attendee"]).lower() == "mailto:kid@school.example"
        for one in (told, event):
            assert (one["uid"], str(one["status"])) == (before["uid"], "CANCELLED")
            assert one["sequence"] > before["sequence"]
            assert one.start == before.start

    def test_what_became_of_it_afterwards_is_not_theirs_to_know(self, alice, kid, kids, lesson, client):
        lesson = edit_lesson(lesson=lesson, by=alice, students=kids[1:])
        edit_lesson(lesson=lesson, by=alice, topic="About the kid")
        send_lesson_notifications()
        cancel_lesson(lesson=lesson, by=alice)
        send_lesson_notifications()
        assert kinds(kid) == ["lesson.invited", "lesson.taken_off"]
        (event,) = self.in_feed(client, kid)
        assert str(event["summary"]) == "Croquet"
        assert "url" not in event

    def test_who_comes_back_is_invited_anew_with_a_higher_number(self, alice, kid, kids, lesson):
        numbers = []
        for students in (kids[1:], kids):
            edit_lesson(lesson=lesson, by=alice, students=students)
            send_lesson_notifications()
            (((calendar,),),) = (parts(),)
            numbers.append(calendar.events[0]["sequence"])
        assert kinds(kid) == ["lesson.invited", "lesson.taken_off", "lesson.invited"]
        assert numbers == sorted(set(numbers))

    def test_who_is_put_back_before_anybody_was_told_hears_nothing(self, alice, kid, kids, lesson):
        lesson = edit_lesson(lesson=lesson, by=alice, students=kids[1:])
        edit_lesson(lesson=lesson, by=alice, students=kids)
        assert send_lesson_notifications() == 0

    def test_who_comes_later_is_invited_and_not_told_of_older_changes(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids[1:])
        send_lesson_notifications()
        edit_lesson(lesson=lesson, by=alice, topic="Flamingos", students=kids)
        send_lesson_notifications()
        assert kinds(kid) == ["lesson.invited"]

    def test_who_came_before_it_was_cancelled_hears_nothing(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids[1:])
        send_lesson_notifications()
        edit_lesson(lesson=lesson, by=alice, students=kids)
        cancel_lesson(lesson=lesson, by=alice)
        send_lesson_notifications()
        assert kinds(kid) == []
        assert kinds(bob) == ["lesson.invited", "lesson.called_off"]

    def test_a_student_who_leaves_a_group_gets_one_mail_for_all_lessons(self, alice, bob, kid, kids):
        group = StudentGroup.objects.get(name="Year 7")
        for number in range(3):
            lesson = lesson_of(bob, kids, number * DAY + 3 * DAY)
            lesson.groups.add(group)
            lesson.members.update(via=group)
        send_lesson_notifications()
        subjects()
        save_group(group=group, students=kids[1:], by=alice)
        assert send_lesson_notifications() == 1
        (calendars,) = parts()
        assert [str(one["method"]) for one in calendars] == ["CANCEL"] * 3
        assert len({str(one.events[0]["uid"]) for one in calendars}) == 3
        assert mail.outbox[0].subject.startswith("You are no longer expected in 3 lessons")

    def test_of_many_cancelled_lessons_each_is_struck(self, alice, bob, kid, kids):
        for number in range(2):
            lesson_of(bob, kids, number * DAY + 3 * DAY)
        send_lesson_notifications()
        subjects()
        for lesson in Lesson.objects.all():
            cancel_lesson(lesson=lesson, by=alice, notice="Snow.")
        send_lesson_notifications()
        (calendars,) = parts()
        assert [str(one["method"]) for one in calendars] == ["CANCEL"] * 2

    def test_the_start_of_a_lesson_ends_what_was_waiting(self, alice, kid, kids, lesson):
        edit_lesson(lesson=lesson, by=alice, students=kids[1:])
        Lesson.objects.update(starts_at=lesson.created_at - HOUR)
        assert send_lesson_notifications() == 0
        assert not MembershipNotice.objects.filter(pending=True).exists()


class TestChoice:
    """Which mails a person wants; the notice in the console stays."""

    @pytest.mark.parametrize(
        ("wanted", "mailed"),
        [
            ({}, ["New lesson", "Starting soon"]),
            ({"mail-lessons": "never"}, ["Starting soon"]),
            ({"mail-reminders": "weekly"}, ["New lesson"]),
            ({"mail-lessons": "never", "mail-reminders": "daily"}, []),
        ],
    )
    def test_invitations_and_reminders_are_chosen_apart(self, browse, bob, kid, kids, wanted, mailed):
        ticked = {"console-lessons": "on", "console-reminders": "on"}
        assert browse(kid, reverse("accounts:my_mails"), ticked | wanted).status_code == 302
        lesson_of(bob, kids, HOUR / 2)
        send_lesson_notifications()
        assert [one.split(":")[0] for one in subjects()] == mailed
        assert kinds(kid) == ["lesson.invited", "lesson.in_an_hour"]

    def test_supervisors_are_not_reminded_by_mail_unless_they_want_it(self, bob, kid, kids, sue):
        sue.e_mail = "sue@school.example"
        sue.save(update_fields=["e_mail"])
        lesson_of(bob, [sue], HOUR / 2)
        send_lesson_notifications()
        assert [one.split("：")[0] for one in subjects()] == ["新课堂"]

    def test_the_mail_leads_to_where_its_reader_chooses(self, bob, kid, kids):
        lesson_of(bob, kids)
        with time_machine.travel(timezone.now(), tick=False):  # the address is signed with the second
            send_lesson_notifications()
            subjects()
            assert unsubscribe_tokens.unsubscribe_url(kid, "lessons") in mail.outbox[0].body
