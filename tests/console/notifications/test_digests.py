"""Digests: gathered at seven by the school's clock, each once, in the reader's language, never empty."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import Role, User
from console.notifications import digests, email_delivery, preferences
from console.notifications.models import Notification, NotificationDigest, QuietHours
from console.notifications.services import notify
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
REGISTER = {"lesson": "Croquet", "absent": 1, "late": 0, "unknown": 0}


@pytest.fixture
def alice(alice, settings):
    """She wants registers once a day and exports once a week."""
    settings.EMAIL_IS_SET_UP = True
    alice.e_mail, alice.language = "alice@example.org", "en"
    alice.save(update_fields=["e_mail", "language"])
    preferences.save_preferences(
        alice, {"mail-registers": "daily", "mail-work_done": "weekly"}, console=False
    )
    return alice


def register(person, topic="Croquet", days=1.0):
    """Told so many days ago."""
    notify(
        "register.final", people=[person], key=topic, args=REGISTER | {"lesson": topic}, link="/lessons/1/"
    )
    Notification.objects.filter(key=topic).update(created_at=timezone.now() - timedelta(days=days))


def sent():
    mail.outbox.clear()
    digests.create_due_digests()
    email_delivery.send_due_emails()
    return mail.outbox


@pytest.mark.parametrize(
    ("period", "now", "end"),
    [
        ("daily", "2026-11-25 06:59", "2026-11-24"),
        ("daily", "2026-11-25 07:00", "2026-11-25"),
        ("weekly", "2026-11-23 06:59", "2026-11-16"),
        ("weekly", "2026-11-23 07:00", "2026-11-23"),
        ("weekly", "2026-11-29 23:00", "2026-11-23"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_period_ends_at_seven_by_the_clock_of_the_school(period, now, end, zone):
    here = ZoneInfo(zone)
    at = datetime.fromisoformat(now).replace(tzinfo=here).astimezone(UTC)
    assert f"{digests.last_period_end(period, at, here):%Y-%m-%d %H:%M}" == f"{end} 07:00"


def test_what_was_told_in_a_day_is_one_mail_grouped_with_links(alice, settings):
    register(alice, "Croquet")
    register(alice, "Tea")
    (letter,) = sent()
    assert letter.subject == "Your day: 2 notifications"
    assert letter.body.count("Registers that are final") == 1
    assert letter.body.index("Croquet") < letter.body.index("Tea")
    assert f"{settings.PUBLIC_URL}/lessons/1/" in letter.body
    assert letter.extra_headers["List-Unsubscribe"].endswith("/daily/>")


def test_it_comes_once_however_often_somebody_gathers(alice):
    register(alice)
    assert digests.create_due_digests() == 1
    assert digests.create_due_digests() == 0
    register(alice, "told late, of the same day")
    assert digests.create_due_digests() == 0
    assert NotificationDigest.objects.count() == 1
    assert email_delivery.send_due_emails() == 1
    assert email_delivery.send_due_emails() == 0


def test_what_is_told_after_seven_waits_for_the_next(alice):
    until = digests.last_period_end("daily", timezone.now(), SHANGHAI)
    register(alice)
    Notification.objects.update(created_at=until)
    assert sent() == []
    Notification.objects.update(created_at=until - timedelta(seconds=1))
    assert len(sent()) == 1


def test_an_empty_one_is_not_sent_and_what_was_read_is_not_told_again(alice):
    register(alice)
    Notification.objects.update(read_at=timezone.now())
    assert sent() == []
    assert not Notification.objects.filter(digest=None).exists()


def test_those_of_a_week_come_apart(alice):
    notify("export.ready", people=[alice], key="export", args={"file": "people.csv", "hours": 24})
    Notification.objects.update(created_at=timezone.now() - 8 * DAY)
    (letter,) = sent()
    assert letter.subject == "Your week: 1 notification"


def test_students_read_their_marks_in_their_language_the_next_morning(alice, school):
    kid = create_person(school, "kid", Role.STUDENT)
    User.objects.filter(pk=kid.pk).update(e_mail="kid@example.org", language="zh-hans")
    kid.refresh_from_db()
    notify("attendance.absent", people=[kid], key="x", args={"lesson": "槌球", "until": "2026-12-01"})
    Notification.objects.update(created_at=timezone.now() - DAY)
    (letter,) = sent()
    assert letter.subject == "今日通知：1 条"


def test_turning_it_off_holds_for_what_waits_already(alice):
    register(alice)
    preferences.disable_emails(alice, "daily")
    assert sent() == []
    assert {one.topic.name: one.channels.mail for one in preferences.preferences_of(alice)}[
        "registers"
    ] == "never"


def test_another_period_takes_what_waits_along(alice):
    register(alice)
    preferences.save_preferences(alice, {"mail-registers": "weekly"}, console=False)
    assert Notification.objects.get().period == "weekly"


def test_who_has_left_gets_none(alice):
    register(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert sent() == []


def test_old_ones_are_forgotten(alice, school):
    NotificationDigest.objects.create(
        enterprise=school, person=alice, period="daily", day=timezone.now() - 70 * DAY
    )
    digests.create_due_digests()
    assert not NotificationDigest.objects.exists()


def test_a_digest_keeps_the_quiet_hours_of_its_person(alice, settings):
    QuietHours.objects.create(person=alice, quiet_from=time(6), quiet_until=time(9))
    day = datetime(2026, 12, 1, 7, 30, tzinfo=SHANGHAI)
    with time_machine.travel(day - DAY, tick=False):
        notify("register.final", people=[alice], key="a", args=REGISTER, link="/lessons/1/")
    with time_machine.travel(day, tick=False):
        assert sent() == []
        digest = NotificationDigest.objects.get()
        assert (digest.mail_due_at, digest.mail_attempts) == (day.replace(hour=9, minute=0), 0)
        assert sent() == []
    with time_machine.travel(day + timedelta(hours=2), tick=False):
        assert [letter.subject for letter in sent()] == ["Your day: 1 notification"]
