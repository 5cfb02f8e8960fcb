"""Read and save notification preferences."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import transaction

from console.notifications.models import Notification, NotificationPreference
from console.notifications.topics import DIGEST_PERIODS, EmailFrequency, Topic, topic_of, topics_for
from console.notifications.types import type_names_of_topic


class Channels(NamedTuple):
    """Whether notifications of a topic appear in the console, and when they are sent by e-mail."""

    console: bool
    mail: str


class TopicPreference(NamedTuple):
    """A topic and the channels that apply to it."""

    topic: Topic
    channels: Channels


def channels_by_person(topic: Topic, people: Collection[Any]) -> dict[int, Channels]:
    """Return the channels of a topic by person ID. Uses one query."""
    found = {person.pk: Channels(True, topic.default(person.role)) for person in people}
    if not topic.fixed:
        chosen = NotificationPreference.objects.filter(topic=topic.name, person__in=list(found))
        found |= {one.person_id: Channels(one.console, one.mail) for one in chosen}
    return found


def preferences_of(person: Any) -> list[TopicPreference]:
    """Return every topic that applies to a person, with its channels."""
    chosen = {
        one.topic: Channels(one.console, one.mail)
        for one in NotificationPreference.objects.filter(person=person)
    }
    found = []
    for topic in topics_for(person):
        default = Channels(True, topic.default(person.role))
        found.append(TopicPreference(topic, default if topic.fixed else chosen.get(topic.name, default)))
    return found


@transaction.atomic
def save_preferences(person: Any, data: Mapping[str, Any], *, console: bool = True) -> None:
    """Save form data: `mail-TOPIC` and, unless `console` is False, the checkboxes `console-TOPIC`.

    Missing or unknown values, and topics that cannot be chosen, remain unchanged.
    """
    for topic, channels in preferences_of(person):
        chosen = data.get(f"mail-{topic.name}", "")
        mail = chosen if chosen in EmailFrequency.values else channels.mail
        in_console = f"console-{topic.name}" in data if console else channels.console
        _save_preference(person, topic, channels, Channels(in_console, mail))


@transaction.atomic
def disable_emails(person: Any, what: str) -> None:
    """Turn off e-mails about a topic, or a digest (`daily` or `weekly`)."""
    for topic, channels in preferences_of(person):
        if what == topic.name or (what in DIGEST_PERIODS and channels.mail == what):
            _save_preference(person, topic, channels, Channels(channels.console, EmailFrequency.NEVER))


def can_disable_emails(what: str) -> bool:
    """Return whether `disable_emails` accepts this topic or digest."""
    if what in DIGEST_PERIODS:
        return True
    try:
        return not topic_of(what).fixed
    except LookupError:
        return False


def _save_preference(person: Any, topic: Topic, old: Channels, new: Channels) -> None:
    if topic.fixed or old == new:
        return
    NotificationPreference.objects.update_or_create(
        person=person, topic=topic.name, defaults={"console": new.console, "mail": new.mail}
    )
    _apply_to_pending(
        Notification.objects.filter(person=person, kind__in=type_names_of_topic(topic.name)), new.mail
    )


def _apply_to_pending(notices: Any, mail: str) -> None:
    """Apply a preference to notifications that wait to be sent, so that disabled e-mails are not sent."""
    in_next_digest = notices.filter(digest=None).exclude(period="")
    if mail == EmailFrequency.NEVER:
        notices.filter(mail=Notification.Mail.WAITING).update(mail=Notification.Mail.NONE)
        in_next_digest.update(period="")
    elif mail in DIGEST_PERIODS:
        in_next_digest.update(period=mail)
