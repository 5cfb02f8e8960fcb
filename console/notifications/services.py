"""Send notifications and mark them as read."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.notifications.models import Notification
from console.notifications.preferences import channels_by_person
from console.notifications.topics import EmailFrequency, topic_of
from console.notifications.types import notification_type_of
from console.policy import role_of, scoped
from console.wakeup import wake_worker


def notify(
    kind: str,
    *,
    people: Iterable[Any],
    key: str,
    args: dict[str, Any] | None = None,
    link: str = "",
) -> int:
    """Notify each of `people` (users of a school) once, by the channels that they chose for the topic.

    Return how many had not been notified before. `key` identifies the event: repeated calls with the same key
    notify nobody twice. `args` fill the text of the type and are stored unencrypted, so they must not be
    secret. `link` is the page on which to act.
    """
    notification_type = notification_type_of(kind)
    if notification_type is None:
        raise LookupError(f"No app has registered notices of kind {kind!r}.")
    people = list(people)
    channels = channels_by_person(topic_of(notification_type.topic), people)
    rows = [
        Notification(
            enterprise_id=person.enterprise_id,
            person=person,
            kind=kind,
            key=key,
            args=args or {},
            link=link,
            shown=channels[person.pk].console,
            **_mail_fields(person, channels[person.pk].mail),
        )
        for person in people
    ]
    already_notified = {
        pk
        for (pk,) in Notification.objects.filter(
            key=key, person__in=[row.person for row in rows]
        ).values_list("person")
    }
    new = [row for row in rows if row.person.pk not in already_notified]
    # Another process may insert the same rows: the unique constraint keeps one, and only that one is sent.
    Notification.objects.bulk_create(new, ignore_conflicts=True)
    if any(row.mail == Notification.Mail.WAITING for row in new):
        transaction.on_commit(lambda: wake_worker("console.notifications.tasks.send_emails"))
    return len(new)


def _mail_fields(person: Any, mail: str) -> dict[str, str]:
    if not settings.EMAIL_IS_SET_UP or not person.e_mail or mail == EmailFrequency.NEVER:
        return {}
    return {"mail": Notification.Mail.WAITING} if mail == EmailFrequency.NOW else {"period": mail}


def mark_read(notices: Any) -> int:
    """Mark a queryset of notifications as read; return how many were unread."""
    read: int = notices.filter(read_at=None).update(read_at=timezone.now())
    return read


def unread_notices(reader: Any) -> list[QuerySet[Notification]]:
    """Return what the bell counts: the reader's own notices that they have not read."""
    if not role_of(reader):
        return []
    return [scoped(Notification.objects.filter(shown=True, read_at=None), reader, "notice", "list")]
