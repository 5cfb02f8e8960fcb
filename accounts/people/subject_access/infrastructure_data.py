"""What the packages below accounts hold about people, for the subject-access export.

Those packages do not know whose rows they keep, as in `accounts.people.erasure`.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from console.audit.filters import entries_about
from console.audit.held_data import THE_PERSON, Subject, facts_about, register_exclusion, register_holding
from console.audit.models import AuditEntry
from console.audit.presentation import load_readable_entries
from console.inbox.models import Callback
from console.notifications.topics import topic_of
from console.notifications.types import notification_type_of
from console.policy.rules import role_of

PERSON = User._meta.label_lower


MAIL_LABELS = {"period": _("how often"), "day": _("day"), "mailed_at": _("last sent")}


def _about_the_person(model: str) -> Callable[[Any], Any]:
    """Return the rows of a model whose subject is the person."""
    return lambda person: apps.get_model(model)._base_manager.filter(
        subject_type=PERSON, subject_id=person.pk
    )


def _callbacks(person: Any) -> Any:
    """Return the events that mention the user ID; the same condition finds them for an erasure."""
    return Callback.objects.filter(enterprise=person.enterprise_id).extra(
        where=["jsonb_path_exists(body, '$.**.user_id ? (@ == $id)', jsonb_build_object('id', %s::text))"],
        params=[person.user_id],
    )


def _entries(person: Any) -> Any:
    """Return what was done to the person, what they did, and who has seen their data."""
    seen = AuditEntry.objects.filter(seen__person=person).values("pk")
    about = entries_about([person.pk]) | Q(pk__in=seen)
    return AuditEntry.objects.filter(about, enterprise=person.enterprise_id).select_related("actor")


def _read_entries(rows: list[AuditEntry], subject: Subject) -> list[dict[str, Any]]:
    """Return entries as the reader sees them: of acts on others only the act, of others only the role."""
    return [_readable_entry(one, subject.person) for one in load_readable_entries(rows, subject.reader)]


def _readable_entry(readable: Any, person: Any) -> dict[str, Any]:
    entry = readable.entry
    own = entry.actor_id == person.pk
    about = entry.object_type == PERSON and entry.object_id == str(person.pk)
    actor = entry.actor
    role = (role_of(actor) or getattr(actor, "role", "")) if actor else "system"
    return {
        "pk": entry.pk,
        "at": entry.at,
        "action": str(readable.what),
        "actor": THE_PERSON if own else role,
        "before": readable.side_text(readable.before) if about else "",
        "after": readable.side_text(readable.after) if about else "",
        "reason": entry.reason if about else "",
        "address": entry.address if own else "",
    }


def _notification_topic(row: Any, subject: Subject) -> str:
    """Return what the notification was about. Its text may name others."""
    kind = notification_type_of(row.kind)
    return row.kind if kind is None else str(topic_of(kind.topic).label)


register_holding(
    "outbox.Operation",
    found_by=("subject_id",),
    actors=("created_by",),
    rows=_about_the_person("outbox.Operation"),
    without=(
        *("subject_type", "subject_id", "subject_label", "lane", "args", "lease_owner", "lease_until"),
        *("fence", "version", "due_at", "reason"),
    ),
    resource="operation",
)
register_holding(
    "inbox.Callback",
    found_by=("body",),
    rows=_callbacks,
    without=("fingerprint", "unreadable", "due_at", "attempts", "reason", "deliveries"),
    values={"body": lambda row, subject: facts_about(row.body, subject.person.user_id)},
    labels={"body": _("what it says about the person")},
    resource="callback",
)
register_holding(
    "mirror.IgnoredDifference",
    found_by=("subject_id",),
    actors=("by",),
    rows=_about_the_person("mirror.IgnoredDifference"),
    without=("subject_type", "subject_id", "subject_label"),
    values={"ours": lambda row, _subject: row.ours, "theirs": lambda row, _subject: row.theirs},
    labels={"theirs": _("values at iclass")},
    resource="drift",
)
register_holding(
    "audit.AuditEntry",
    found_by=("actor",),
    rows=_entries,
    read=_read_entries,
    labels={"": _("Audit trail"), "actor": _("by")},
    resource="audit",
)
register_holding(
    "lists.SavedView",
    found_by=("user",),
    without=("settings",),
    labels={"created_at": _("created at")},
)
register_holding(
    "lists.WaitingMark", found_by=("user",), actors=("given_by",), without=("kind", "model", "row")
)
register_holding(
    "jobs.Job",
    found_by=("created_by",),
    without=("args", "cursor", "result", "due_at", "attempts", "lease_until", "fence", "reason"),
)
register_holding(
    "notices.NotificationDigest",
    found_by=("person",),
    without=("mail_due_at", "mail_attempts"),
    labels=MAIL_LABELS,
)
register_holding(
    "notices.Notification",
    found_by=("person",),
    without=("key", "args", "link", "mail_due_at", "mail_attempts", "digest"),
    values={"kind": _notification_topic},
    labels={"kind": _("topic"), "shown": _("shown in the console"), **MAIL_LABELS},
)
register_holding(
    "notices.NotificationPreference",
    found_by=("person",),
    values={"topic": lambda row, _subject: str(topic_of(row.topic).label)},
    labels={"topic": _("topic"), "console": _("shown in the console"), "mail": _("e-mails")},
)
register_holding(
    "notices.Message",
    found_by=("notice__person",),
    without=("notice", "bot", "key", "args", "link", "uid", "delivery_due_at", "delivery_attempts"),
    values={"kind": _notification_topic, "app": lambda row, _subject: str(row.app)},
    labels={
        "kind": _("topic"),
        "app": _("Messenger"),
        "reason": _("reason"),
        "delivered_at": pgettext_lazy("message", "delivered"),
    },
    related=("app",),
)
register_holding(
    "notices.MessagingAddress",
    found_by=("person",),
    without=("found_for",),
    values={"address": lambda row, _subject: row.address.reveal() if row.address else ""},
)
register_holding("notices.QuietHours", found_by=("person",))
register_holding("policy.ApiToken", found_by=("user",), values={"scopes": lambda row, _s: row.scope_labels})
register_holding(
    "mfa.Authenticator",
    found_by=("user",),
    without=("data",),
    labels={
        "": _("Second factors"),
        "type": _("type"),
        "created_at": _("created at"),
        "last_used_at": _("last used"),
    },
)
register_holding(
    "usersessions.UserSession",
    found_by=("user",),
    without=("session_key", "data"),
    labels={
        "": _("Sign-ins that are still open"),
        "created_at": _("signed in at"),
        "last_seen_at": _("last used"),
        "ip": _("IP address"),
        "user_agent": _("browser"),
    },
)
register_holding(
    "socialaccount.SocialAccount",
    found_by=("user",),
    values={"extra_data": lambda row, _subject: row.extra_data},
)
register_holding("account.EmailAddress", found_by=("user",))
register_holding(
    "admin.LogEntry",
    found_by=("user",),
    rows=lambda person: LogEntry.objects.filter(
        Q(user=person)
        | Q(content_type__app_label="accounts", content_type__model="user", object_id=person.pk)
    ),
    without=("object_repr", "change_message", "object_id"),
    values={"user": lambda row, subject: THE_PERSON if row.user_id == subject.person.pk else row.user.role},
    resource="audit",
)

_TECHNICAL = _("Technical data that say nothing about a person.")
for _model in (
    "mirror.ReconcileState",
    "mirror.MissingRow",
    "notices.MailServer",
    "notices.MessagingApp",
    "notices.MessagingBot",
    "notices.MessagingSettings",
    "outbox.Gate",
    "webhooks.WebhookEndpoint",
    "webhooks.WebhookGate",
    "webhooks.WebhookAttempt",
    "socialaccount.SocialApp",
    "sessions.Session",
    "contenttypes.ContentType",
):
    register_exclusion(_model, _TECHNICAL)
register_exclusion(
    "webhooks.WebhookDelivery",
    _("Numbers of what changed, for programs of the school. Deleted after 30 days."),
)
register_exclusion("policy.IdempotentRequest", _("Checksums of requests of programs, kept for a day."))
register_exclusion("audit.PersonalDataAccess", _("Part of the audit trail."))
register_exclusion("audit.PersonKey", _("A key, which says nothing about the person."))
register_exclusion("socialaccount.SocialToken", _("A secret of single sign-on."))
register_exclusion("account.EmailConfirmation", _("The console does not use it."))
