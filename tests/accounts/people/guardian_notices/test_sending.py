"""E-mails of notices leave once, in the language of the guardian, and their state can be read."""

import smtplib
from datetime import time, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from accounts.models import GuardianNotice
from accounts.people.erasure import erase_person
from accounts.people.guardian_notices import sending
from accounts.people.guardian_notices.queries import state_text
from accounts.people.guardian_notices.sending import deliver_due_notices
from accounts.people.guardian_notices.services import save_settings, send_notice_again
from accounts.people.guardians.services import delete_guardian
from console.notifications.models import MessagingSettings
from tests.accounts.people.guardian_notices.conftest import guardian_of, notice_for
from tests.support.guardians import create_account

pytestmark = pytest.mark.django_db
ANSWERS = {
    "refused": smtplib.SMTPRecipientsRefused({"ada@wonderland.example": (550, b"no such mailbox")}),
    "busy": smtplib.SMTPResponseException(451, b"come back later"),
    "broken": smtplib.SMTPServerDisconnected("gone"),
}


class FailingBackend(EmailBackend):
    """A mail server that answers what the test has chosen."""

    answer = "refused"

    def send_messages(self, messages):
        raise ANSWERS[self.answer]


class ClosedBackend(EmailBackend):
    def open(self):
        raise ConnectionRefusedError


def backend(settings, found, answer="refused"):
    settings.EMAIL_BACKEND = f"{__name__}.{found.__name__}"
    found.answer = answer


def state_of(notice):
    notice.refresh_from_db()
    with translation.override("en"):
        return state_text(notice)


def test_the_email_names_the_child_and_the_lessons_and_nobody_else(ada, alice, bob, dina):
    notice_for(ada)
    assert deliver_due_notices() == 1
    (message,) = mail.outbox
    assert message.to == ["ada@wonderland.example"]
    assert message.subject == "Attendance of Dina"
    assert "Tuesday 24 November, 12:00, Croquet: absent" in message.body
    assert "UTC+8" in message.body
    hidden = (dina.phone_no, dina.e_mail, alice.nickname, bob.nickname, ada.phone_no or "13800138000")
    assert not [one for one in hidden if str(one) in message.body]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/guardian/" not in message.body, "she cannot sign in"
    assert deliver_due_notices() == 0


def test_the_email_leads_a_guardian_who_signs_in_to_the_page_of_notifications(ada, settings):
    create_account(ada)
    notice_for(ada)
    deliver_due_notices()
    assert f"{settings.PUBLIC_URL}/guardian/{ada.pk}/notices/" in mail.outbox[0].body


def test_each_guardian_reads_their_own_language(alice, dina):
    notice_for(guardian_of(dina, alice, language="zh-hans"))
    deliver_due_notices()
    assert "缺勤" in mail.outbox[0].body
    assert "Dina" in mail.outbox[0].subject


def test_what_is_delivered_says_so(ada):
    notice = notice_for(ada)
    deliver_due_notices()
    assert state_of(notice) == "delivered"
    assert notice.delivered_at is not None


def test_a_refused_mailbox_is_shown_without_the_address(ada, settings):
    notice = notice_for(ada)
    backend(settings, FailingBackend)
    deliver_due_notices()
    assert state_of(notice) == "refused: 550 no such mailbox"


def test_a_busy_or_absent_server_is_asked_again_with_a_pause(ada, settings):
    notice = notice_for(ada)
    backend(settings, FailingBackend, "busy")
    deliver_due_notices()
    assert state_of(notice).startswith("waiting")
    assert notice.delivery_due_at > timezone.now()
    GuardianNotice.objects.update(delivery_due_at=timezone.now())
    backend(settings, ClosedBackend)
    deliver_due_notices()
    assert state_of(notice).startswith("waiting")
    GuardianNotice.objects.update(delivery_due_at=timezone.now(), delivery_attempts=sending.MAX_ATTEMPTS)
    deliver_due_notices()
    assert state_of(notice) == "refused: There was no answer."


def test_a_line_that_broke_is_not_tried_again_by_itself(ada, settings):
    notice = notice_for(ada)
    backend(settings, FailingBackend, "broken")
    deliver_due_notices()
    assert notice.delivery == "waiting"
    assert state_of(notice).startswith("perhaps delivered")
    assert deliver_due_notices() == 0


def test_an_interrupted_process_leaves_a_notice_that_perhaps_arrived(ada):
    notice = notice_for(ada, delivery="sending", delivery_due_at=timezone.now() - timedelta(seconds=1))
    assert deliver_due_notices() == 0
    assert state_of(notice) == "perhaps delivered: The console was interrupted while sending."
    assert mail.outbox == []


def test_a_notice_waits_for_the_end_of_the_quiet_hours(ada, time_machine):
    time_machine.move_to("2026-11-24T22:30+08:00", tick=False)
    MessagingSettings.objects.create(enterprise=ada.enterprise, quiet_from=time(22), quiet_until=time(7))
    notice = notice_for(ada)
    deliver_due_notices()
    assert mail.outbox == []
    assert state_of(notice) == "waiting until 11-25 07:00"
    time_machine.move_to("2026-11-25T07:00+08:00", tick=False)
    assert deliver_due_notices() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"is_active": False}, "refused: The student is deactivated."),
        ({"consent": "withdrawn"}, "refused: There is no consent to it."),
    ],
)
def test_what_changed_at_the_student_before_the_sending_counts(ada, dina, change, text):
    notice = notice_for(ada)
    type(dina).objects.filter(pk=dina.pk).update(**change)
    deliver_due_notices()
    assert mail.outbox == []
    assert state_of(notice) == text


def test_what_changed_at_the_guardian_before_the_sending_counts(ada, alice, settings):
    notice = notice_for(ada)
    save_settings(school=alice.enterprise, by=alice, needs_consent=True)
    deliver_due_notices()
    assert state_of(notice) == "refused: There is no consent to it."
    save_settings(school=alice.enterprise, by=alice, needs_consent=False)
    ada.told_attendance = False
    ada.save(update_fields=["told_attendance"])
    send_notice_again(notice=notice, by=alice)
    deliver_due_notices()
    assert state_of(notice) == "refused: This guardian is not told about attendance."
    ada.told_attendance, ada.e_mail = True, None
    ada.save(update_fields=["told_attendance", "e_mail"])
    send_notice_again(notice=notice, by=alice)
    deliver_due_notices()
    assert state_of(notice) == "no mail address"
    ada.e_mail = "ada@wonderland.example"
    ada.save(update_fields=["e_mail"])
    settings.EMAIL_IS_SET_UP = False
    send_notice_again(notice=notice, by=alice)
    deliver_due_notices()
    assert state_of(notice) == "refused: The console has no mail server."
    assert mail.outbox == []


def test_nothing_leaves_for_a_deleted_guardian_or_an_erased_student(ada, alice, dina):
    notice_for(ada)
    delete_guardian(guardian=ada, by=alice)
    assert deliver_due_notices() == 0
    notice_for(guardian_of(dina, alice))
    erase_person(person=dina, by=alice, reason="left")
    assert deliver_due_notices() == 0
    assert not GuardianNotice.objects.exists()
    assert mail.outbox == []


def test_no_more_leave_in_a_minute_than_the_rate(ada, alice, dina, monkeypatch):
    monkeypatch.setattr(sending, "RATE", 2)
    for days in range(3):
        notice_for(ada, day=timezone.localdate() - timedelta(days=days))
    assert deliver_due_notices() == 2
    assert deliver_due_notices() == 0
    GuardianNotice.objects.update(attempted_at=timezone.now() - timedelta(minutes=2))
    assert deliver_due_notices() == 1
