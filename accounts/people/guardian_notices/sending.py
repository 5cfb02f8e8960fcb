"""Send the e-mails of notices, each once: claim, send, record what was answered.

The claim is that of other messages (console.notifications.delivery). A mail server does not recognise a
repeated e-mail, so what an interrupted process may have sent is shown as "perhaps delivered", and a person
decides.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import GuardianNotice
from accounts.models.consent import ConsentState
from accounts.models.guardian_notice import GuardianNoticeSettings
from accounts.people.guardian_notices.email import build_email
from console.failpoints import point
from console.notifications.channels.answers import Answer, Outcome, clean_words
from console.notifications.channels.mail_server import connection_to, mail_is_set_up, mail_server
from console.notifications.channels.models import Delivery
from console.notifications.channels.quiet import hours_of_school, quiet_end
from console.notifications.delivery import next_attempt_at, send_due, settle
from console.vault.keyring import VaultError

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 10
#: Most e-mails of this kind that leave in RATE_PERIOD: mail servers refuse who sends a whole school at once.
RATE, RATE_PERIOD = 120, timedelta(minutes=1)
STATES = {
    Outcome.DELIVERED: Delivery.DELIVERED,
    Outcome.REFUSED: Delivery.REFUSED,
    Outcome.LATER: Delivery.REFUSED,
    Outcome.UNKNOWN: Delivery.UNKNOWN,
}
CLAIMED = point("guardian_notices.claimed", "a notification to a guardian is claimed, and nothing has left")
ANSWERED = point("guardian_notices.answered", "the mail server has answered, and nothing is recorded")


def deliver_due_notices() -> int:
    """Send due notices, at most RATE in RATE_PERIOD; return how many were attempted."""
    settle_interrupted()
    recent = GuardianNotice.objects.filter(attempted_at__gt=timezone.now() - RATE_PERIOD).count()
    failed = {"delivery": Delivery.UNKNOWN, "reason": "interrupted", "answer": ""}
    return send_due(GuardianNotice, "delivery", _deliver, limit=RATE - recent, failed=failed)


def settle_interrupted() -> int:
    """Settle notices whose process ended while sending; return how many."""
    over = GuardianNotice.objects.filter(delivery=Delivery.SENDING, delivery_due_at__lte=timezone.now())
    return over.update(delivery=Delivery.UNKNOWN, reason="interrupted", answer="")


def stop_reason(notice: GuardianNotice) -> str:
    """Return in one word why a notice must not leave now; empty if it may."""
    guardian, student = notice.guardian, notice.guardian.person
    if not student.is_active or student.erased_at:
        return "inactive"
    if not guardian.told_attendance:
        return "not_told"
    if not has_consent(student, needed=_needs_consent(notice.enterprise_id)):
        return "no_consent"
    if not guardian.e_mail:
        return "no_mail"
    return "" if mail_is_set_up() else "no_server"


def has_consent(student: Any, needed: bool) -> bool:
    """Whether guardians may be told: not after consent was withdrawn, nor without one where it is needed."""
    return bool(
        student.consent == ConsentState.GIVEN if needed else student.consent != ConsentState.WITHDRAWN
    )


def _needs_consent(school: int) -> bool:
    return GuardianNoticeSettings.objects.filter(enterprise=school, needs_consent=True).exists()


def _deliver(pk: int) -> None:
    CLAIMED.hit()
    rows = GuardianNotice.objects.select_related("enterprise", "guardian__person")
    notice = rows.filter(pk=pk).first()
    if notice is None:  # its guardian was deleted after the claim
        return
    if reason := stop_reason(notice):
        settle(notice, "delivery", Delivery.REFUSED, reason=reason, answer="")
        return
    hours = hours_of_school(notice.enterprise)
    until = quiet_end(hours, timezone.now(), notice.enterprise.tz) if hours else None
    if until is not None:
        kept = notice.delivery_attempts - 1  # waiting is no attempt
        settle(notice, "delivery", Delivery.WAITING, delivery_due_at=until, delivery_attempts=kept)
        return
    GuardianNotice.objects.filter(pk=pk).update(attempted_at=timezone.now())
    answer = _send(notice)
    ANSWERED.hit()
    _store(notice, answer)


def _send(notice: GuardianNotice) -> Answer:
    try:
        message = build_email(notice)
        message.message()  # an address that no header can hold fails here
    except (VaultError, ValueError):
        return Answer(Outcome.REFUSED, reason="secret")
    try:
        connection = _connect(message)
    except (SMTPException, OSError, VaultError) as error:
        return Answer(Outcome.LATER, _words(error), "unreachable")
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused as error:
        return _refusal(*next(iter(error.recipients.values()), (0, b"")))
    except SMTPResponseException as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except (SMTPException, OSError) as error:  # the line broke, perhaps after the server took it
        return Answer(Outcome.UNKNOWN, _words(error), "interrupted")
    finally:
        with suppress(SMTPException, OSError):
            connection.close()
    return Answer(Outcome.DELIVERED)


def _connect(message: EmailMessage) -> Any:
    """Return an open connection to the mail server, so that only the sending itself can be in doubt."""
    row = mail_server()
    if row is not None:
        message.from_email = row.sender
    connection = connection_to(row)
    connection.open()
    return connection


def _refusal(code: int, words: bytes | str) -> Answer:
    """Return what a reply code of the mail server means: 4xx may be repeated (RFC 5321, 4.2.1)."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    outcome = Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED
    return Answer(outcome, clean_words(f"{code} {text}"))


def _words(error: Exception) -> str:
    return clean_words(str(error)) if isinstance(error, SMTPException) else ""


def _store(notice: GuardianNotice, answer: Answer) -> None:
    """Store what came of an attempt, and plan the next one where there may be one."""
    log_level = logging.INFO if answer.outcome is Outcome.DELIVERED else logging.WARNING
    log.log(log_level, "notice %s to a guardian: %s %s", notice.pk, answer.outcome, answer.reason)
    told: dict[str, Any] = {"answer": _without(notice, answer.words), "reason": answer.reason}
    if answer.outcome is Outcome.LATER and notice.delivery_attempts < MAX_ATTEMPTS:
        due = next_attempt_at(notice.delivery_attempts)
        settle(notice, "delivery", Delivery.WAITING, delivery_due_at=due, **told)
        return
    done = {"delivered_at": timezone.now()} if answer.outcome is Outcome.DELIVERED else {}
    settle(notice, "delivery", STATES[answer.outcome], **done, **told)


def _without(notice: GuardianNotice, words: str) -> str:
    """Return what the server said without the address, which is kept encrypted alone."""
    return clean_words(words, [notice.guardian.e_mail.reveal()])
