"""Forgotten passwords: by e-mail where the address is verified, else through the office.

The page stores what was typed (`ask`) and answers everybody alike: it looks nobody up, so neither its answer
nor its time tells whether a login exists. A worker answers (`answer_requests`).
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import PasswordRequest, User
from accounts.models.password_request import KEPT_FOR
from accounts.sign_in import attempt_limits
from accounts.sign_in.lockout import Locked
from accounts.sign_in.password_links import (
    Delivery,
    check_link_allowed,
    create_link,
    send_links,
    unused_links,
)
from accounts.sign_in.school_pages import login_to_try
from accounts.sign_in.verified_addresses import is_verified
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.notifications.channels.mail_server import mail_is_set_up
from console.policy import scoped
from console.vault import keyring
from console.wakeup import wake_worker

SEAL_CONTEXT = "forgotten password"
#: Nobody gets two links within this time, nor loses a card that the office gave them, because somebody asks.
PAUSE = timedelta(minutes=15)
TASK = "accounts.tasks.answer_password_requests"


def ask(*, login: str, address: str) -> None:
    """Store that somebody at this IP address forgot the password of a login. Raise Locked after too many."""
    taken: list[attempt_limits.AttemptLimit] = []
    for limit in attempt_limits.forgotten_limits(login, address):
        if until := attempt_limits.take_attempt(limit):
            for one in taken:
                attempt_limits.return_attempt(one)
            raise Locked(until)
        taken.append(limit)
    sealed = keyring.seal_bytes(login.encode(), SEAL_CONTEXT).decode()
    PasswordRequest.objects.create(login=sealed)
    transaction.on_commit(lambda: wake_worker(TASK))


def answer_requests() -> int:
    """Look up the logins that were typed; send links, or leave the request to the office. Return how many."""
    done = 0
    for key in PasswordRequest.objects.filter(person=None).values_list("pk", flat=True).order_by("pk"):
        done += _answer(key=key)
    return done


@service
def _answer(*, key: int) -> int:
    unanswered = PasswordRequest.objects.filter(pk=key, person=None)
    login = _reveal(unanswered.values_list("login", flat=True).first() or "")
    account = login_to_try(login, None)
    found = User.objects.filter(login=account, enterprise__isnull=False).first() if login else None
    person = lock_row(found) if found else None  # before the request, as everywhere
    request = unanswered.select_for_update().first()
    if request is None:
        return 0
    if person is None or not _may_have_link(person):
        request.delete()
        return 1
    record("person.password_forgotten", person, by=None)
    links = unused_links(person).filter(expires_at__gt=timezone.now())
    if links.filter(created_at__gt=timezone.now() - PAUSE).exists():
        request.delete()  # the link of a moment ago stays valid, however often somebody asks
    elif mail_is_set_up() and is_verified(person) and not links.filter(delivery=Delivery.CARD).exists():
        request.delete()
        issued = create_link(person=person, by=None, delivery=Delivery.EMAIL)
        send_links([issued.link], "password.forgotten")
    elif PasswordRequest.objects.filter(person=person).exists():
        request.delete()
    else:
        request.person, request.enterprise, request.login = person, person.enterprise, ""
        request.save(update_fields=["person", "enterprise", "login"])
    return 1


def _reveal(sealed: str) -> str:
    """Return the login that was typed; empty if its key is gone."""
    try:
        return keyring.unseal_bytes(sealed.encode(), SEAL_CONTEXT).decode() if sealed else ""
    except keyring.VaultError:
        return ""


def _may_have_link(person: User) -> bool:
    try:
        check_link_allowed(person, None)
    except ValidationError:
        return False
    return True


def requests_to_answer(reader: Any) -> QuerySet[PasswordRequest]:
    """Return the requests that wait for this reader, the oldest first."""
    waiting = PasswordRequest.objects.filter(person__isnull=False)
    return scoped(waiting, reader, "password_link", "answer").order_by("asked_at", "id")


@service
def dismiss_request(*, request: PasswordRequest, by: User) -> None:
    """Close a request without a link."""
    asking: Any = request.person  # a request that administrators see has one
    stored = lock_row(asking)
    if PasswordRequest.objects.filter(person=stored).delete()[0]:
        record("person.password_dismissed", stored, by=by)


def delete_old_requests() -> int:
    """Delete requests that nobody answered in KEPT_FOR; return how many."""
    return PasswordRequest.objects.filter(asked_at__lt=timezone.now() - KEPT_FOR).delete()[0]
