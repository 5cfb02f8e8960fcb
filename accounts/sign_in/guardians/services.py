"""Services of the accounts of guardians: made by an invitation, signed in with, ended."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, Guardian, GuardianAccount, GuardianInvitation, Role, User
from accounts.sign_in import attempt_limits, lockout
from accounts.sign_in.guardians.invitations import (
    Delivery,
    delete_expired_invitations,
    find_invitation,
    revoke_open_invitations,
)
from accounts.sign_in.guardians.names import find_account, name_digests, normal_name
from accounts.sign_in.guardians.session_list import delete_expired_sessions
from console.audit.trail import record
from console.concurrency import lock_row, service


@service
def accept_invitation(
    *, invitation: GuardianInvitation, name: str, password: str, language: str
) -> GuardianAccount | None:
    """Use up an invitation and create the account of its guardian; None if the invitation is late.

    Raise ValidationError, at the field `name`, if another guardian of the school signs in with this name.
    """
    used = _lock_open(invitation)
    if used is None or used.renewed_account is not None:
        return None
    guardian = used.guardian
    if find_account(guardian.enterprise, name) is not None:
        raise ValidationError({"name": _("This name is taken. Choose another one.")})
    account = GuardianAccount(
        enterprise=guardian.enterprise,
        sign_in_name=normal_name(name),
        name_digest=name_digests(guardian.enterprise_id, name)[0],
        password=make_password(password),
        language=language,
    )
    account.save(force_insert=True)
    _attach(used, account)
    record("guardian.account", guardian.person, by=None, after=_facts(guardian, account))
    return account


@service
def join_account(*, invitation: GuardianInvitation, account: GuardianAccount) -> GuardianAccount | None:
    """Use up an invitation: its student is added to an account of the same school. None if it is late.

    The caller has checked the password of the account.
    """
    if account.enterprise_id != invitation.enterprise_id:
        return None
    used = _lock_open(invitation)
    if used is None or used.account_id is not None:
        return None
    stored, guardian = lock_row(account), used.guardian
    _attach(used, stored)
    delete_unused_accounts(stored.enterprise_id)
    record("guardian.child_added", guardian.person, by=None, after=_facts(guardian, stored))
    return stored


@service
def renew_password(*, invitation: GuardianInvitation, password: str) -> GuardianAccount | None:
    """Use up an invitation: set a new password and end all sessions. None if it is late."""
    used = _lock_open(invitation)
    if used is None or used.guardian.account is None:
        return None
    account, guardian = lock_row(used.guardian.account), used.guardian
    if used.renewed_account is None:  # another student was added to the account meanwhile
        return None
    _use_up(used)
    account.password = make_password(password)
    account.session_epoch += 1
    account.save(update_fields=["password", "session_epoch"])
    if used.account_id is None:
        guardian.keep_identity()
        _keep_address(used, account)
    account.sessions.all().delete()
    attempt_limits.reset_limit(
        attempt_limits.login_limit(limit_name(account.enterprise, account.sign_in_name.reveal()))
    )
    record("guardian.password", guardian.person, by=None, after=_facts(guardian, account))
    return account


def _lock_open(invitation: GuardianInvitation) -> GuardianInvitation | None:
    """Lock the student, the guardian and the invitation, in this order; None if it is late."""
    student = lock_row(invitation.guardian.person)
    guardian = lock_row(invitation.guardian)
    stored = find_invitation(lock_row(invitation).digest)
    if stored is None or student.role != Role.STUDENT or stored.account_id not in (None, guardian.account_id):
        return None
    stored.guardian = guardian
    return stored


def _use_up(used: GuardianInvitation) -> None:
    used.used_at = timezone.now()
    used.save(update_fields=["used_at"])


def _attach(used: GuardianInvitation, account: GuardianAccount) -> None:
    _use_up(used)
    used.guardian.account = account
    used.guardian.save(update_fields=["account"])
    if used.delivery == Delivery.EMAIL:
        _keep_address(used, account)


def _keep_address(used: GuardianInvitation, account: GuardianAccount) -> None:
    """Keep where the guardian opened a link; none after a card, which may have come to anybody."""
    account.e_mail = used.guardian.e_mail if used.delivery == Delivery.EMAIL else None
    account.save(update_fields=["e_mail"])


def end_tie_of_another(guardian: Guardian, before: Mapping[str, str], *, by: User | None) -> bool:
    """End the account and the link of a row, which is saved, if it names somebody else than it did.

    `before` is the identity before this change. The student is locked.
    """
    if not guardian.names_another(before):
        return False
    revoke_open_invitations([guardian], by=by, reason="another_person")
    had_account = guardian.account_id is not None
    if had_account:
        facts = {"relation": guardian.relation, "guardian_account": guardian.account_id}
        record("guardian.account_ended", guardian.person, by=by, before=facts, reason="another_person")
    guardian.account = guardian.known_as = None
    guardian.save(update_fields=["account", "known_as"])
    delete_unused_accounts(guardian.enterprise_id)
    return had_account


def _facts(guardian: Guardian, account: GuardianAccount) -> dict[str, Any]:
    return {"relation": guardian.relation, "guardian_account": account.pk}


def limit_name(school: Enterprise | None, typed: str) -> str:
    """Return what the attempts at a sign-in name are counted by; the logins of users never look like it."""
    return f"guardian {school.pk if school else ''} {normal_name(typed)}"


def check_sign_in(
    school: Enterprise | None, name: str, password: str, address: str
) -> GuardianAccount | None:
    """Return the account with this name and password, within the limits of attempts. Raise Locked.

    A name that nobody has costs the time of a check, too.
    """
    attempt = lockout.start_password_attempt(limit_name(school, name), address)
    account = find_account(school, name) if school else None
    if account is None:
        make_password(password)
    elif check_password(password, account.password):
        attempt.record_success()
        return account
    attempt.record_failure(account)
    return None


@service
def record_sign_in(*, account: GuardianAccount, address: str, language: str = "") -> GuardianAccount:
    """Record a sign-in, and the language of the browser if it has chosen one."""
    stored = lock_row(account)
    stored.signed_in_at = timezone.now()
    stored.language = language or stored.language
    stored.save(update_fields=["signed_in_at", "language"])
    record("guardian.sign_in", stored, by=None, after={"address": address})
    return stored


@service
def end_sessions(*, account: GuardianAccount) -> None:
    """End all sessions of an account."""
    stored = lock_row(account)
    stored.session_epoch += 1
    stored.save(update_fields=["session_epoch"])
    ended = stored.sessions.all().delete()[0]
    record("guardian.sessions_ended", stored, by=None, after={"sessions": ended})


def guardians_of(account: GuardianAccount) -> QuerySet[Guardian]:
    """Return the rows of an account whose student is at the school: active and not erased."""
    rows = Guardian.objects.select_related("person__enterprise").filter(account=account)
    students = {"person__is_active": True, "person__erased_at": None, "person__role": Role.STUDENT}
    return rows.filter(enterprise_id=F("person__enterprise_id"), **students).order_by("pk")


def delete_unused_accounts(school: int | None = None) -> int:
    """Delete the accounts, of one school or all, that no guardian has any more; return how many."""
    unused = GuardianAccount.objects.filter(guardians=None)
    rows = unused if school is None else unused.filter(enterprise=school)
    return rows.delete()[0]


def delete_expired() -> int:
    """Delete what no guardian needs any more; return how many rows."""
    return delete_expired_invitations() + delete_expired_sessions() + delete_unused_accounts()
