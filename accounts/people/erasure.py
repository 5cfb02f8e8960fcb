"""Irreversible erasure of a person's data in rows, payloads and the audit log.

The API cannot delete a person. Fields that it can clear are cleared (`/user/profile/modify`), the entry
token is renewed to revoke the old one (`/user/token/update`), and the remaining data is read back
(`/user/info`). The page lists what iclass keeps: account, user ID, gender, recordings, chat and the history
of lessons.
"""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.models import (
    Avatar,
    Consent,
    ErasureRequest,
    IdentityLink,
    KnownDevice,
    PasswordLink,
    PasswordRequest,
    StudentNote,
    User,
)
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from accounts.sign_in.services import end_all_access
from console.audit.personal_data import erase_personal_data, register_scrubber
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.inbox.models import Callback
from console.mirror.models import IgnoredDifference
from console.notifications.models import Message, MessagingAddress, Notification, QuietHours
from console.outbox.models import Operation
from console.outbox.services import enqueue, open_operations, supersede
from console.policy.database_scope import as_owner
from console.policy.models import ApiToken
from console.webhooks.models import WebhookAttempt

ERASED_NAME = gettext_noop("Erased person")
#: Columns of the row that are erased; `clear_observed` erases the observed values.
EMPTIED_COLUMNS = (
    *("nickname", "gender", "avatar", "phone_no", "e_mail", "language"),
    *("age_group", "date_of_birth", "verified_e_mail"),
    *("is_active", "erased_at", "password"),
)
#: Personal fields of payloads, besides the user ID.
PERSONAL_FIELDS = (
    "nickname",
    "nick_name",
    "avatar",
    "phone_no",
    "e_mail",
    "gender",
    "user_sig",
    "user_token",
)


def erased_name() -> str:
    """Return the name that replaces the erased one, in LANGUAGE_CODE."""
    with override(settings.LANGUAGE_CODE):
        return _(ERASED_NAME)


@service
def erase_person(*, person: User, by: User | None, reason: str) -> dict[str, int]:
    """Erase a person and enqueue the remote operations; return the number of changed rows by scrubber.

    No administrator erases alone: `accounts.people.erasure_requests` calls this once a second one confirms.

    The row, its user ID and attendance marks stay, because lessons and the audit log refer to them. Raise
    ValidationError if users erase themselves or the person is erased already.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    if by == stored:
        raise ValidationError(_("You cannot erase yourself. Ask another administrator."))
    end_all_access([stored], by=by, reason="erased")
    supersede(open_operations(stored))
    with as_owner():  # the request's database role cannot change evidence and payloads
        counts = erase_personal_data(stored)
    _empty_columns(stored)
    record("person.erase", stored, by=by, after=counts, reason=reason)
    if stored.remote_id or open_operations(stored).exists():
        enqueue("user.modify", stored, by=by, args={"erase": True})
        enqueue("user.token", stored, by=by)
        enqueue("user.pull", stored, by=by)
    return counts


def _empty_columns(person: User) -> None:
    """Clear the personal columns and disable sign-in."""
    person.nickname = erased_name()
    person.gender = person.avatar = person.phone_no = person.e_mail = person.language = ""
    person.age_group, person.date_of_birth, person.verified_e_mail = "", None, ""
    person.is_active, person.erased_at = False, timezone.now()
    person.set_unusable_password()
    person.save(update_fields=EMPTIED_COLUMNS)
    clear_observed(person)


@register_scrubber("sign_in")
def _scrub_sign_in(person: User) -> int:
    """Delete second factors, single sign-on accounts, REST tokens, password links and known devices."""
    rows = (
        Authenticator.objects.filter(user=person),
        SocialAccount.objects.filter(user=person),
        ApiToken.objects.filter(user=person),
        PasswordLink.objects.filter(person=person),
        PasswordRequest.objects.filter(person=person),
        IdentityLink.objects.filter(person=person),
        KnownDevice.objects.filter(person=person),
    )
    return sum(queryset.delete()[0] for queryset in rows)


@register_scrubber("consents")
def _scrub_consents(person: User) -> int:
    """Erase who gave consent. That it was given or withdrawn stays as evidence."""
    return Consent.objects.filter(person=person, guardian__isnull=False).update(guardian=None)


@register_scrubber("pictures")
def _scrub_pictures(person: User) -> int:
    return Avatar.objects.filter(person=person).delete()[0]


@register_scrubber("notes")
def _delete_notes(person: User) -> int:
    """Delete the notes about the person."""
    return StudentNote.objects.filter(person=person).delete()[0]


@register_scrubber("erasure_requests")
def _scrub_requests(person: User) -> int:
    """Delete the texts of requests to erase the person; who asked and who confirmed stays."""
    requests = ErasureRequest.objects.filter(person=person).exclude(reason="", answer="")
    return requests.update(reason="", answer="")


@register_scrubber("operations")
def _scrub_operations(person: User) -> int:
    """Replace the name in labels; operations store no other personal data."""
    operations = Operation.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return operations.update(subject_label=erased_name())


@register_scrubber("differences")
def _scrub_differences(person: User) -> int:
    ignored = IgnoredDifference.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return ignored.delete()[0]


@register_scrubber("notices")
def _scrub_notices(person: User) -> int:
    """Delete notices to the person with their messages, what mentions them, and where they are written to."""
    received = Notification.objects.filter(person=person).delete()[0]
    addresses = MessagingAddress.objects.filter(person=person).delete()[0]
    hours = QuietHours.objects.filter(person=person).delete()[0]
    mentions: Iterable[Any] = (
        model._default_manager.filter(enterprise=person.enterprise).extra(
            where=["jsonb_path_exists(args, '$.** ? (@ == $name)', jsonb_build_object('name', %s::text))"],
            params=[person.nickname],
        )
        for model in (Notification, Message)
    )
    deleted: int = received + addresses + hours + sum(rows.delete()[0] for rows in mentions)
    return deleted


@register_scrubber("tables_log")
def _scrub_admin_log(person: User) -> int:
    """Replace the name in the log of the Django admin."""
    entries = LogEntry.objects.filter(content_type__app_label="accounts", content_type__model="user")
    return entries.filter(object_id=str(person.pk)).update(object_repr=erased_name(), change_message="")


@register_scrubber("webhook_answers")
def _scrub_webhook_answers(person: User) -> int:
    """Delete what receivers of webhooks answered: it may repeat a name or an address, however encoded."""
    attempts = WebhookAttempt.objects.filter(delivery__enterprise=person.enterprise_id).exclude(answer="")
    return attempts.update(answer="")


@register_scrubber("callbacks")
def _scrub_callbacks(person: User) -> int:
    """Redact the person's data in callback bodies, except the user ID."""
    ids = _rows_mentioning("inbox_callback", "body", person)
    return scrub_json(Callback.objects.filter(pk__in=ids), "body", person.user_id)


def scrub_json(rows: Any, column: str, user_id: str) -> int:
    """Redact a person's fields in a JSON column, in every object with their user ID; return changed rows."""
    changed = 0
    for row in rows.iterator(chunk_size=500):
        before = getattr(row, column)
        after = redact_personal_fields(before, user_id)
        if after != before:
            changed += type(row)._base_manager.filter(pk=row.pk).update(**{column: after})
    return changed


def redact_personal_fields(value: Any, user_id: str) -> Any:
    """Return the value with PERSONAL_FIELDS cleared in every object with this user ID."""
    if isinstance(value, list):
        return [redact_personal_fields(item, user_id) for item in value]
    if not isinstance(value, dict):
        return value
    about = value.get("user_id") == user_id
    return {
        name: "" if about and name in PERSONAL_FIELDS and inner else redact_personal_fields(inner, user_id)
        for name, inner in value.items()
    }


def _rows_mentioning(table: str, column: str, person: User) -> list[int]:
    """Return the IDs of the school's rows whose JSON contains the user ID at any depth."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE enterprise_id = %s AND jsonb_path_exists({column},"  # noqa: S608
            " '$.**.user_id ? (@ == $id)', jsonb_build_object('id', %s::text))",
            [person.enterprise_id, person.user_id],
        )
        return [row[0] for row in cursor.fetchall()]


def clear_observed(person: User) -> None:
    """Clear the observed values of an erased person, except the role."""
    person.observed = {name: value for name, value in person.observed.items() if name == "role"}
    person.user_token = person.card_since = None
    person.save_mirrored(["observed", "user_token", "card_since"])
