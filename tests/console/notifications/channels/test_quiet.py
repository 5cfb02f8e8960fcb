"""Quiet hours: of the school and of people, over midnight, for messages and e-mails."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from console.notifications.channels.quiet import quiet_end
from console.notifications.channels.sending import deliver_due_messages
from console.notifications.email_delivery import send_due_emails
from console.notifications.models import Message, MessagingSettings, QuietHours
from console.notifications.services import notify

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=ZONE)
MORNING = datetime(2026, 12, 2, 7, 0, tzinfo=ZONE)


@pytest.fixture
def quiet_school(school):
    return MessagingSettings.objects.create(enterprise=school, quiet_from=time(22), quiet_until=time(7))


@pytest.mark.parametrize(
    ("begin", "end", "now", "until"),
    [
        (time(22), time(7), NIGHT, MORNING),
        (time(22), time(7), NIGHT.replace(hour=12), None),
        (time(22), time(7), MORNING - timedelta(hours=1), MORNING),
        (time(22), time(7), MORNING, None),
        (time(12), time(14), MORNING.replace(hour=13), MORNING.replace(hour=14)),
        (time(12), time(14), MORNING.replace(hour=14), None),
        (time(12), time(12), MORNING.replace(hour=12), None),
    ],
)
def test_hours_end_on_their_day_or_the_next(begin, end, now, until):
    assert quiet_end((begin, end), now, ZONE) == until


def test_a_message_of_the_night_is_delivered_in_the_morning(alice, make_bot, providers, quiet_school):
    make_bot("wecom")
    with time_machine.travel(NIGHT, tick=False):
        notify("alarm.ghost", people=[alice], key="alarm 1", args={"lesson": "Hats", "number": 0})
        assert deliver_due_messages() == 1
        assert Message.objects.get().delivery_due_at == MORNING
        assert deliver_due_messages() == 0
    assert providers.delivered() == []
    with time_machine.travel(MORNING + timedelta(seconds=1), tick=False):
        deliver_due_messages()
    assert len(providers.delivered()) == 1


def test_a_persons_own_hours_take_the_place_of_the_schools(alice, bob, settings, quiet_school):
    settings.EMAIL_IS_SET_UP = True
    for person in (alice, bob):
        person.e_mail = f"{person.user_id}@example.org"
        person.save(update_fields=["e_mail"])
    QuietHours.objects.create(person=bob, quiet_from=time(12), quiet_until=time(13))
    with time_machine.travel(NIGHT, tick=False):
        args = {"topic": "Hats", "at": "1", "zone": "z", "lessons": []}
        notify("lesson.tomorrow", people=[alice, bob], key="a", args=args)
        send_due_emails()
    assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]
    with time_machine.travel(MORNING + timedelta(minutes=1), tick=False):
        send_due_emails()
    assert len(mail.outbox) == 2


def test_what_nobody_can_turn_off_is_not_held_back(alice, settings, quiet_school):
    settings.EMAIL_IS_SET_UP = True
    alice.e_mail = "alice@example.org"
    alice.save(update_fields=["e_mail"])
    with time_machine.travel(NIGHT, tick=False):
        notify("school.licence_soon", people=[alice], key="x", args={"day": "2026-12-01", "days": 3})
        send_due_emails()
    assert len(mail.outbox) == 1
