"""Send notifications and mark them as read."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.channels.models import Delivery
from console.notifications.channels.queue import queue_for_bots, queue_for_people, send_again
from console.notifications.models import Message, Notification
from console.notifications.preferences import channels_by_person
from console.notifications.topics import EmailFrequency, topic_of
from console.notifications.types import notification_type_of
from console.policy import role_of, scoped
from console.wakeup import wake_worker


@transaction.atomic
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
    topic = topic_of(notification_type.topic)
    channels = channels_by_person(topic, people)
    by_mail = mail_is_set_up()
    rows = [
        Notification(
            enterprise_id=person.enterprise_id,
            person=person,
            kind=kind,
            key=key,
            args=args or {},
            link=link,
            shown=channels[person.pk].console,
            **(_mail_fields(person, channels[person.pk].mail) if by_mail else {}),
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
    apps = {row.person.pk: channels[row.person.pk].apps for row in new if channels[row.person.pk].apps}
    if apps and notification_type.email_url is None:
        stored = Notification.objects.filter(key=key, person__in=list(apps))
        queue_for_people(stored, {pk: chosen.values() for pk, chosen in apps.items()})
    if new and topic.to_groups:
        schools = [row.enterprise_id for row in new]
        queue_for_bots(schools, topic.name, kind=kind, key=key, args=args or {}, link=link)
    return len(new)


def _mail_fields(person: Any, mail: str) -> dict[str, str]:
    if not person.e_mail or mail == EmailFrequency.NEVER:
        return {}
    return {"mail": Notification.Mail.WAITING} if mail == EmailFrequency.NOW else {"period": mail}


def postpone_notices(people: Iterable[Any], key: str, delay: timedelta) -> None:
    """Send e-mails and messages of an event only after `delay`, so that it can be taken back.

    Call it inside the transaction that notified `people`.
    """
    due, notices = timezone.now() + delay, Notification.objects.filter(person__in=people, key=key)
    notices.filter(mail=Notification.Mail.WAITING, mail_attempts=0).update(mail_due_at=due)
    waiting = Message.objects.filter(notice__in=notices, delivery=Delivery.WAITING, delivery_attempts=0)
    waiting.update(delivery_due_at=due)


@transaction.atomic
def withdraw_notices(people: Iterable[Any], key: str) -> bool:
    """Delete the notifications of an event; return False, and keep them, if one has left the console."""
    notices = Notification.objects.filter(person__in=people, key=key).order_by("pk")
    rows = list(notices.select_for_update(of=("self",)))
    messages = list(Message.objects.filter(notice__in=rows).order_by("pk").select_for_update(of=("self",)))
    if any(one.mail_attempts or one.digest_id for one in rows):
        return False
    if any(one.delivery_attempts for one in messages):
        return False
    notices.delete()
    return True


@transaction.atomic
def send_notice_again(notice: Notification) -> int:
    """Send the messages and the e-mail of a notification again that did not leave; return how many."""
    failed = Notification.objects.filter(pk=notice.pk, mail=Notification.Mail.FAILED)
    mails: int = failed.update(mail=Notification.Mail.WAITING, mail_due_at=timezone.now(), mail_attempts=0)
    if mails:
        transaction.on_commit(lambda: wake_worker("console.notifications.tasks.send_emails"))
    return mails + send_again(Message.objects.filter(notice=notice))


def mark_read(notices: Any) -> int:
    """Mark a queryset of notifications as read; return how many were unread."""
    read: int = notices.filter(read_at=None).update(read_at=timezone.now())
    return read


def unread_notices(reader: Any) -> list[QuerySet[Notification]]:
    """Return what the bell counts: the reader's own notices that they have not read."""
    if not role_of(reader):
        return []
    return [scoped(Notification.objects.filter(shown=True, read_at=None), reader, "notice", "list")]
