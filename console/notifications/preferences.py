"""Read and save notification preferences."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from console.concurrency import lock_row, service
from console.notifications.channels.models import Delivery
from console.notifications.models import Message, MessagingApp, Notification, NotificationPreference
from console.notifications.topics import DIGEST_PERIODS, EmailFrequency, Topic, topic_of, topics_for
from console.notifications.types import type_names_of_topic


class Channels(NamedTuple):
    """Whether notifications of a topic appear in the console, when they are sent by e-mail, and through which
    apps: their IDs by provider."""

    console: bool
    mail: str
    apps: Mapping[str, int] = {}


class TopicPreference(NamedTuple):
    """A topic and the channels that apply to it."""

    topic: Topic
    channels: Channels


def channels_by_person(topic: Topic, people: Collection[Any]) -> dict[int, Channels]:
    """Return the channels of a topic by person ID. Uses two queries."""
    apps = _apps_by_school({person.enterprise_id for person in people})
    schools = {person.pk: apps.get(person.enterprise_id, []) for person in people}
    found = {
        person.pk: Channels(True, topic.default(person.role), _chosen_apps(topic, schools[person.pk], None))
        for person in people
    }
    if not topic.fixed:
        chosen = NotificationPreference.objects.filter(topic=topic.name, person__in=list(found))
        found |= {
            one.person_id: Channels(one.console, one.mail, _chosen_apps(topic, schools[one.person_id], one))
            for one in chosen
        }
    return found


def preferences_of(person: Any) -> list[TopicPreference]:
    """Return every topic that applies to a person, with its channels."""
    apps = school_apps(person)
    chosen = {one.topic: one for one in NotificationPreference.objects.filter(person=person)}
    found = []
    for topic in topics_for(person):
        row = None if topic.fixed else chosen.get(topic.name)
        console, mail = (row.console, row.mail) if row else (True, topic.default(person.role))
        found.append(TopicPreference(topic, Channels(console, mail, _chosen_apps(topic, apps, row))))
    return found


def school_apps(person: Any) -> list[MessagingApp]:
    """Return the apps that a person's school uses, in the order of their providers."""
    return _apps_by_school([person.enterprise_id]).get(person.enterprise_id, [])


def _apps_by_school(schools: Collection[int | None]) -> dict[int, list[MessagingApp]]:
    rows = MessagingApp.objects.filter(enterprise__in=[pk for pk in schools if pk], is_on=True)
    found: dict[int, list[MessagingApp]] = {}
    for app in rows.only("provider", "topics", "enterprise_id").order_by("id"):
        found.setdefault(app.enterprise_id, []).append(app)
    return found


def _chosen_apps(
    topic: Topic, apps: Collection[MessagingApp], chosen: NotificationPreference | None
) -> dict[str, int]:
    """Return the apps through which a topic is sent: as the person chose, else as the school did."""
    found = {}
    for app in apps:
        own = getattr(chosen, app.provider) if chosen else None
        if own if own is not None else topic.name in app.topics:
            found[app.provider] = app.pk
    return found


@service
def save_preferences(person: Any, data: Mapping[str, Any], *, console: bool = True) -> None:
    """Save form data: `mail-TOPIC` and, unless `console` is False, the checkboxes `console-TOPIC` and those
    of the school's apps, such as `wecom-TOPIC`.

    Missing or unknown values, and topics that cannot be chosen, remain unchanged.
    """
    lock_row(person)
    offered = {app.provider: app.pk for app in school_apps(person)} if console else {}
    for topic, channels in preferences_of(person):
        chosen = data.get(f"mail-{topic.name}", "")
        mail = chosen if chosen in EmailFrequency.values else channels.mail
        in_console = f"console-{topic.name}" in data if console else channels.console
        apps = {name: pk for name, pk in offered.items() if f"{name}-{topic.name}" in data}
        wanted = Channels(in_console, mail, apps if console else channels.apps)
        save_preference(person, topic, channels, wanted)


@service
def disable_emails(person: Any, what: str) -> None:
    """Turn off e-mails about a topic, or a digest (`daily` or `weekly`)."""
    lock_row(person)
    for topic, channels in preferences_of(person):
        if what == topic.name or (what in DIGEST_PERIODS and channels.mail == what):
            save_preference(person, topic, channels, channels._replace(mail=EmailFrequency.NEVER))


def can_disable_emails(what: str) -> bool:
    """Return whether `disable_emails` accepts this topic or digest."""
    if what in DIGEST_PERIODS:
        return True
    try:
        return not topic_of(what).fixed
    except LookupError:
        return False


def save_preference(person: Any, topic: Topic, old: Channels, new: Channels) -> None:
    """Save the channels of a topic, of a person who is locked; nothing if the topic cannot be chosen."""
    if topic.fixed or old == new:
        return
    # A channel that is not touched goes on following the school.
    touched = new.apps.keys() ^ old.apps.keys()
    values: dict[str, Any] = {"console": new.console, "mail": new.mail}
    values |= {name: name in new.apps for name in touched}
    NotificationPreference.objects.update_or_create(person=person, topic=topic.name, defaults=values)
    notices = Notification.objects.filter(person=person, kind__in=type_names_of_topic(topic.name))
    _apply_to_pending(notices, new.mail)
    turned_off = old.apps.keys() - new.apps.keys()
    waiting = Message.objects.filter(notice__in=notices, delivery=Delivery.WAITING)
    waiting.filter(app__provider__in=turned_off).delete()


def _apply_to_pending(notices: Any, mail: str) -> None:
    """Apply a preference to notifications that wait to be sent, so that disabled e-mails are not sent."""
    in_next_digest = notices.filter(digest=None).exclude(period="")
    if mail == EmailFrequency.NEVER:
        notices.filter(mail=Notification.Mail.WAITING).update(mail=Notification.Mail.NONE)
        in_next_digest.update(period="")
    elif mail in DIGEST_PERIODS:
        in_next_digest.update(period=mail)
