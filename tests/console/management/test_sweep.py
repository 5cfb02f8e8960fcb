"""`manage.py sweep` does what worker and beat would do, and ends."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Enterprise
from classes.models import Lesson
from console.audit.models import UnlinkedEntry
from console.inbox.models import Callback
from console.notifications.models import Notification
from console.outbox.models import Operation
from tests.support.iclass_service import create_lesson, tomorrow_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(connected, alice, bob):
    """A lesson that is not sent, and news of another that is not handled."""
    Callback.objects.create(enterprise=connected, fingerprint="f", event="class_over", class_id="5", body={})
    return create_lesson(bob, alice)


def test_everything_due_is_sent_handled_and_compared(waiting, iclass, capsys):
    start = int(tomorrow_at(3).timestamp())
    made = iclass.call(
        "class/create",
        {
            **{"teacher_id": "bob", "class_topic": "Made outside", "class_type": "1vN", "members": []},
            **{"start_time": start, "stop_time": start + 2700, "admin_id": "administrator", "admin_sig": "x"},
        },
    )
    call_command("sweep")
    waiting.refresh_from_db()
    assert waiting.remote_id
    assert not Operation.objects.exclude(state="done").exists()
    assert Callback.objects.get().state != "waiting"
    assert Lesson.objects.filter(remote_id=str(made["class_id"]), made_outside=True).count() == 1
    assert capsys.readouterr().out.startswith("sent ")


def test_quick_leaves_the_comparing_out(waiting, iclass, capsys):
    before = Lesson.objects.count()
    call_command("sweep", "--quick")
    waiting.refresh_from_db()
    assert waiting.remote_id
    assert Lesson.objects.count() == before
    assert capsys.readouterr().out.strip().endswith("changed by comparing 0")


def test_a_second_sweep_finds_nothing_to_send(waiting, iclass, capsys):
    call_command("sweep")
    capsys.readouterr()
    call_command("sweep", "--quick")
    assert capsys.readouterr().out.startswith("sent 0, handled 0")


def test_a_service_that_is_away_does_not_keep_it_from_ending(waiting, settings, capsys):
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    settings.OUTBOX_BACKOFF_S = 60
    call_command("sweep")
    waiting.refresh_from_db()
    assert (waiting.sync_state, waiting.sync_reason) == ("sending", "not_reached")


def test_a_sweep_warns_and_tidies_as_the_schedule_would(connected, alice, iclass):
    ends_soon = timezone.now() - timedelta(days=360)
    Enterprise.objects.filter(pk=connected.pk).update(create_time=ends_soon, valid_seconds=365 * 86400)
    call_command("sweep", "--quick")
    assert Notification.objects.filter(person=alice).exists()
    assert not UnlinkedEntry.objects.exists(), "an entry of the trail waits for its chain"
