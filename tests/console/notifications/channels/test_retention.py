"""What is kept of messages: states for a while, nothing of somebody who was erased."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people.erasure import erase_person
from console.notifications.channels.queue import RETENTION, delete_old_messages
from console.notifications.models import Message, MessagingAddress, QuietHours
from console.notifications.services import notify

pytestmark = pytest.mark.django_db


def test_the_states_of_messages_to_groups_end_after_their_time(alice, make_bot):
    make_bot("wecom")
    for key in ("old", "waiting", "new"):
        notify("alarm.ghost", people=[alice], key=key, args={"lesson": "Hats", "number": 0})
    long_ago = timezone.now() - RETENTION - timedelta(days=1)
    Message.objects.exclude(key="new").update(created_at=long_ago)
    Message.objects.exclude(key="waiting").update(delivery="delivered")
    assert delete_old_messages() == 1
    assert set(Message.objects.values_list("key", flat=True)) == {"waiting", "new"}


def test_the_states_of_messages_to_people_go_with_their_notice(alice, make_app):
    make_app("wecom")
    notify("lesson.invited", people=[alice], key="a", args={"topic": "Hats", "at": "1", "zone": "z"})
    alice.notices.all().delete()
    assert not Message.objects.exists()


def test_nothing_of_an_erased_person_is_left(alice, bob, make_app, make_bot):
    make_app("wecom")
    make_bot("wecom")
    MessagingAddress.objects.create(enterprise=bob.enterprise, person=bob, provider="wecom", address="bob-id")
    QuietHours.objects.create(person=bob, quiet_from="22:00", quiet_until="07:00")
    notify("alarm.ghost", people=[alice], key="a", args={"lesson": bob.nickname, "number": 0})
    notify("lesson.invited", people=[bob], key="b", args={"topic": "Hats", "at": "1", "zone": "z"})
    erase_person(person=bob, by=alice, reason="asked")
    assert not Message.objects.exists()
    assert not MessagingAddress.objects.exists()
    assert not QuietHours.objects.exists()
