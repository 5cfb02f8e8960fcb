"""Two workers and one message: a claim is one worker's own, and what perhaps arrived is not repeated late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from console.notifications.channels.queue import send_again
from console.notifications.channels.sending import deliver_due_messages, settle_interrupted
from console.notifications.delivery import claim, settle
from console.notifications.models import Message, MessagingSettings
from console.notifications.preferences import save_preferences
from console.notifications.services import notify

pytestmark = pytest.mark.django_db
ARGS = {"topic": "Croquet", "starts_at": "2026-12-01T08:00:00+00:00", "teacher": "Alice"}


@pytest.fixture
def claimed(bob: User, make_app: Any) -> Message:
    """A message that a worker has claimed."""
    make_app("wecom")
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    return claim_one()


def claim_one() -> Message:
    found = claim(Message, "delivery")
    assert found is not None
    return Message.objects.get(pk=found[0])


def make_quiet(school: Enterprise) -> None:
    """Quiet hours of an hour before and after now."""
    now, hour = datetime.now(school.tz), timedelta(hours=1)
    begin, end = (now - hour).time(), (now + hour).time()
    MessagingSettings.objects.create(enterprise=school, quiet_from=begin, quiet_until=end)


def end_lease(message: Message, ago: timedelta) -> None:
    Message.objects.filter(pk=message.pk).update(delivery_due_at=timezone.now() - ago)


def test_a_late_worker_settles_nothing_that_another_one_claimed(claimed: Message) -> None:
    Message.objects.update(delivery="unknown")
    send_again(Message.objects.all())
    second = claim_one()
    assert second.delivery_attempts == claimed.delivery_attempts
    assert not settle(claimed, "delivery", "waiting")
    assert Message.objects.get().delivery == "sending"
    assert settle(second, "delivery", "delivered")


@pytest.mark.parametrize(
    ("ago", "state"), [(timedelta(seconds=1), "waiting"), (timedelta(hours=1), "unknown")]
)
def test_an_interrupted_message_leaves_again_soon_or_not_at_all(
    claimed: Message, ago: timedelta, state: str
) -> None:
    end_lease(claimed, ago)
    assert settle_interrupted() == 1
    assert Message.objects.get().delivery == state


def test_what_perhaps_arrived_does_not_arrive_again_after_quiet_hours(
    claimed: Message, school: Enterprise
) -> None:
    make_quiet(school)
    end_lease(claimed, timedelta(seconds=1))
    assert settle_interrupted() == 1
    assert Message.objects.get().delivery == "unknown"


def test_waiting_for_the_end_of_quiet_hours_is_no_attempt(
    bob: User, school: Enterprise, make_app: Any
) -> None:
    make_app("wecom")
    make_quiet(school)
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    deliver_due_messages()
    assert Message.objects.get().delivery_attempts == 0


def test_an_app_that_a_person_turns_off_sends_nothing_that_waits(bob: User, make_app: Any) -> None:
    make_app("wecom")
    notify("lesson.invited", people=[bob], key="a", args=ARGS)
    assert Message.objects.count() == 1
    save_preferences(bob, {"console-lessons": "on"})
    assert not Message.objects.exists()
