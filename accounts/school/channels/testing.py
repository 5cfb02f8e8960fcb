"""Test a channel while somebody waits, and say what was answered. What is sent says that it is a test."""

from smtplib import SMTPException, SMTPResponseException
from typing import NamedTuple
from uuid import uuid4

from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from console.audit.trail import record
from console.guarded_client import AddressRefused
from console.notifications.channels.answers import REASONS, Answer, Outcome, answer_text, clean_words
from console.notifications.channels.exchange import (
    check_credentials,
    find_address,
    post_to_bot,
    send_to_person,
)
from console.notifications.channels.mail_server import MailServerRefused, mail_server, send_email
from console.notifications.models import MessagingApp, MessagingBot
from console.vault.keyring import VaultError


class Result(NamedTuple):
    """What a test found, as a sentence."""

    succeeded: bool
    message: str


def check_bot(bot: MessagingBot, *, by: User) -> Result:
    """Post a test message to the group."""
    text = _("Test message from the iclass console of %(school)s.") % {"school": bot.enterprise.name}
    facts = {
        "id": str(uuid4()),
        "kind": "test",
        "school": bot.enterprise.sdkappid,
        "title": text,
        "url": "",
        "at": timezone.now().isoformat(),
    }
    answer = post_to_bot(bot, text, facts)
    record("channel.test", bot, by=by, after=_facts(answer))
    return Result(answer.outcome is Outcome.DELIVERED, f"{bot.name}: {answer_text(answer)}")


def check_app(app: MessagingApp, *, by: User) -> Result:
    """Try the credentials, and send a test message to the tester if the provider knows them."""
    answer = check_credentials(app)
    if answer.outcome is not Outcome.DELIVERED:
        record("channel.test", app, by=by, after=_facts(answer))
        return Result(False, f"{app}: {answer_text(answer)}")
    address = find_address(app, by, use_failures=False)
    if isinstance(address, Answer):
        answer = address
        text = _("The credentials were accepted. No test message was sent to you: %(reason)s")
        succeeded = answer.reason == "no_address" or bool(answer.words)
    else:
        words = _("Test message from the iclass console of %(school)s.") % {"school": app.enterprise.name}
        answer = send_to_person(app, address, f"{words} {timezone.now():%H:%M:%S}", str(uuid4()))
        text = _("The credentials were accepted. Test message to you: %(reason)s")
        succeeded = answer.outcome is Outcome.DELIVERED
    record("channel.test", app, by=by, after=_facts(answer))
    return Result(succeeded, f"{app}: {text % {'reason': answer_text(answer)}}")


def check_mail(recipient: str, *, by: User) -> Result:
    """Send a test e-mail through the server that applies."""
    row = mail_server()
    try:
        secret = row.password.reveal() if row and row.password else ""
        body = _("This e-mail shows that the iclass console can send e-mail.")
        send_email(EmailMessage(_("Test e-mail of the iclass console"), body, to=[recipient]))
        words = ""
    except MailServerRefused as error:
        words = str(REASONS.get(str(error), error))
    except SMTPResponseException as error:
        said = error.smtp_error
        told = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        words = _("The answer was: %(words)s") % {"words": clean_words(f"{error.smtp_code} {told}", [secret])}
    except (SMTPException, OSError, AddressRefused) as error:
        words = _("The mail server could not be used: %(error)s") % {"error": type(error).__name__}
    except VaultError:
        words = str(REASONS["secret"])
    record("mail_server.test", row, by=by, after={"succeeded": not words})
    return Result(not words, words or _("The test e-mail was accepted by the mail server."))


def _facts(answer: Answer) -> dict[str, str]:
    return {"outcome": answer.outcome.value, "answer": answer.words or answer.reason}
