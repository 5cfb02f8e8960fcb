"""Invitations, changes and reminders: whom they reach, in which language, and never twice."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from classes.models import Lesson, Told
from classes.services import cancel_lesson, edit_lesson
from classes.telling.lessons import tell_all
from console.notices import post
from console.notices.models import Notice
from tests.classes.rows import expect, planned

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def kid(kids, settings):
    """A student with an e-mail address who reads English; the other two have none and cannot sign in."""
    settings.EMAIL_IS_SET_UP = True
    for one in User.objects.exclude(user_id="bob"):
        one.set_unusable_password()
        one.save()
    kids[0].refresh_from_db()
    kids[0].e_mail, kids[0].language = "kid@school.example", "en"
    kids[0].save()
    return kids[0]


def kinds(person):
    return list(Notice.objects.filter(person=person).order_by("id").values_list("kind", flat=True))


def subjects():
    mail.outbox.clear()
    post.drain()
    return [letter.subject for letter in mail.outbox]


def lesson_of(bob, kids, begins=3 * DAY, **fields):
    lesson = planned(bob, begins, **fields)
    expect(lesson, *kids)
    return lesson


def test_an_invitation_reaches_those_who_can_read_it_once(bob, kid, kids):
    lesson_of(bob, kids, topic="Croquet")
    assert tell_all() == 2
    assert tell_all() == 0
    assert kinds(kid) == kinds(bob) == ["lesson.invited"]
    assert kinds(kids[1]) == []
    (subject,) = subjects()
    assert subject.startswith("New lesson: “Croquet”")
    assert "(Asia/Shanghai)" in mail.outbox[0].body
    assert mail.outbox[0].to == ["kid@school.example"]


def test_a_whole_term_is_one_letter(bob, kid, kids):
    for number in range(12):
        lesson_of(bob, kids, number * DAY + 3 * DAY)
    tell_all()
    assert kinds(kid) == ["lesson.invited_to_many"]
    assert "12 new lessons" in subjects()[0]


def test_before_the_service_has_the_lesson_nobody_is_invited(bob, kid, kids):
    lesson_of(bob, kids, remote_id="")
    assert tell_all() == 0


def test_the_reminders_come_a_day_and_an_hour_before_each_once(bob, kid, kids):
    lesson = lesson_of(bob, kids, topic="Croquet")
    tell_all()
    for begins in (DAY - HOUR, HOUR / 2):
        Lesson.objects.filter(pk=lesson.pk).update(
            starts_at=lesson.created_at + begins, ends_at=lesson.created_at + begins + HOUR
        )
        Told.objects.update(starts_at=lesson.created_at + begins)
        tell_all()
        assert tell_all() == 0
    assert kinds(kid) == ["lesson.invited", "lesson.tomorrow", "lesson.in_an_hour"]


def test_a_lesson_of_soon_brings_the_nearest_reminder_alone(bob, kid, kids):
    lesson_of(bob, kids, HOUR / 2)
    tell_all()
    assert kinds(kid) == ["lesson.invited", "lesson.in_an_hour"]


def test_moved_and_cancelled_lessons_are_told(alice, bob, kid, kids):
    lesson = lesson_of(bob, kids, topic="Croquet")
    tell_all()
    edit_lesson(lesson=lesson, by=alice, starts_at=lesson.starts_at + DAY, ends_at=lesson.ends_at + DAY)
    assert tell_all() == 2
    cancel_lesson(lesson=lesson, by=alice, reason="between us")
    assert tell_all() == 2
    assert tell_all() == 0
    assert kinds(kid) == ["lesson.invited", "lesson.moved", "lesson.called_off"]
    assert "Cancelled: “Croquet”" in subjects()[-1]
    assert not any("between us" in letter.body for letter in mail.outbox)


def test_what_was_cancelled_before_anybody_heard_of_it_is_not_told(alice, bob, kid, kids):
    cancel_lesson(lesson=lesson_of(bob, kids), by=alice)
    assert tell_all() == 0


def test_without_mail_those_who_sign_in_read_it_in_the_console(bob, kid, kids, settings):
    settings.EMAIL_IS_SET_UP = False
    lesson_of(bob, kids)
    tell_all()
    assert (kinds(kid), kinds(bob)) == ([], ["lesson.invited"])


class TestCalendarPart:
    """What a mail carries for the calendar of its reader, read by a calendar library."""

    def parts(self):
        """Of each mail that leaves now: the method that its header tells, and the calendar in it."""
        subjects()
        found = []
        for letter in mail.outbox:
            (part,) = [one for one in letter.message().walk() if one.get_content_type() == "text/calendar"]
            calendar = Calendar.from_ical(part.get_payload(decode=True))
            assert part.get_filename() == "invite.ics"
            assert part.get_param("method") == str(calendar["method"])
            assert not [problem for event in calendar.walk() for problem in event.errors]
            found.append(calendar)
        return found

    def test_an_invitation_a_move_and_a_cancellation_are_one_event_that_grows(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids, topic="槌球")
        tell_all()
        (asked,) = self.parts()
        edit_lesson(lesson=lesson, by=alice, starts_at=lesson.starts_at + DAY, ends_at=lesson.ends_at + DAY)
        tell_all()
        (moved,) = self.parts()
        cancel_lesson(lesson=lesson, by=alice)
        tell_all()
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
        tell_all()
        (calendar,) = self.parts()
        assert str(calendar["method"]) == "PUBLISH"
        assert len({str(event["uid"]) for event in calendar.events}) == 3
        assert not any("attendee" in event for event in calendar.events)

    def test_its_words_are_in_the_language_of_the_reader(self, bob, kid, kids):
        kid.language = "zh-hans"
        kid.save()
        lesson_of(bob, kids)
        tell_all()
        (calendar,) = self.parts()
        assert "教师：Bob" in str(calendar.events[0]["description"])
        assert "关闭" in mail.outbox[0].body

    def test_what_was_cancelled_before_the_mail_left_invites_nobody(self, alice, bob, kid, kids):
        lesson = lesson_of(bob, kids)
        tell_all()
        cancel_lesson(lesson=lesson, by=alice)
        subjects()
        assert [one.get_content_type() for one in mail.outbox[0].message().walk()] == ["text/plain"]

    def test_a_reminder_carries_none(self, bob, kid, kids):
        lesson_of(bob, kids, HOUR / 2)
        tell_all()
        subjects()
        (reminder,) = [one for one in mail.outbox if one.subject.startswith("Within an hour")]
        assert not reminder.attachments


class TestChoice:
    """Which mails a person wants; the notice in the console stays."""

    @pytest.mark.parametrize(
        ("wanted", "mailed"),
        [
            ({"invitations": "on", "reminders": "on"}, ["New lesson", "Within an hour"]),
            ({"reminders": "on"}, ["Within an hour"]),
            ({"invitations": "on"}, ["New lesson"]),
            ({}, []),
        ],
    )
    def test_invitations_and_reminders_are_chosen_apart(self, browse, bob, kid, kids, wanted, mailed):
        assert browse(kid, reverse("accounts:my_mails"), wanted).status_code == 302
        lesson_of(bob, kids, HOUR / 2)
        tell_all()
        assert [one.split(":")[0] for one in subjects()] == mailed
        assert kinds(kid) == ["lesson.invited", "lesson.in_an_hour"]

    def test_the_page_shows_what_was_chosen_and_the_mail_leads_there(self, browse, bob, kid, kids):
        browse(kid, reverse("accounts:my_mails"), {"invitations": "on"})
        page = browse(kid, reverse("accounts:my_sign_in")).content.decode()
        assert 'name="invitations" checked' in page
        assert 'name="reminders" checked' not in page
        lesson_of(bob, kids)
        tell_all()
        subjects()
        assert f"{reverse('accounts:my_sign_in')}#mails" in mail.outbox[0].body
