"""What people want to be told, and where: reading it, and keeping what they choose."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import transaction

from console.notices.kinds import kinds_about
from console.notices.models import Notice, Wish
from console.notices.topics import DIGESTS, Mail, Topic, topic_of, topics_for


class Way(NamedTuple):
    """Whether notices of a topic stand in the console, and when they come by mail."""

    console: bool
    mail: str


class Choice(NamedTuple):
    """A line of the page where one chooses."""

    topic: Topic
    way: Way


def ways(topic: Topic, people: Collection[Any]) -> dict[int, Way]:
    """By person: how they are told of this topic. One query."""
    found = {one.pk: Way(True, topic.default(one.role)) for one in people}
    if not topic.fixed:
        chosen = Wish.objects.filter(topic=topic.name, person__in=list(found))
        found |= {one.person_id: Way(one.console, one.mail) for one in chosen}
    return found


def choices_of(person: Any) -> list[Choice]:
    """Everything that can concern a person, with what holds for them."""
    chosen = {one.topic: Way(one.console, one.mail) for one in Wish.objects.filter(person=person)}
    found = []
    for topic in topics_for(person):
        default = Way(True, topic.default(person.role))
        found.append(Choice(topic, default if topic.fixed else chosen.get(topic.name, default)))
    return found


@transaction.atomic
def keep(person: Any, told: Mapping[str, Any], *, console: bool = True) -> None:
    """Keep what a form says: `mail-TOPIC` and, unless `console` is off, the ticks `console-TOPIC`.

    What it does not say, nobody knows or nobody can choose stays as it was.
    """
    for topic, way in choices_of(person):
        asked = told.get(f"mail-{topic.name}", "")
        mail = asked if asked in Mail.values else way.mail
        _wish(person, topic, way, Way(f"console-{topic.name}" in told if console else way.console, mail))


@transaction.atomic
def turn_off(person: Any, what: str) -> None:
    """No more mails about a topic, or no more of a digest (`daily` or `weekly`)."""
    for topic, way in choices_of(person):
        if what == topic.name or (what in DIGESTS and way.mail == what):
            _wish(person, topic, way, Way(way.console, Mail.NEVER))


def can_be_turned_off(what: str) -> bool:
    """Whether `turn_off` knows this name."""
    if what in DIGESTS:
        return True
    try:
        return not topic_of(what).fixed
    except LookupError:
        return False


def _wish(person: Any, topic: Topic, was: Way, wanted: Way) -> None:
    if topic.fixed or was == wanted:
        return
    Wish.objects.update_or_create(
        person=person, topic=topic.name, defaults={"console": wanted.console, "mail": wanted.mail}
    )
    _follow(Notice.objects.filter(person=person, kind__in=kinds_about(topic.name)), wanted.mail)


def _follow(notices: Any, mail: str) -> None:
    """What waits for its mail follows the choice: nothing that was turned off leaves any more."""
    bundled = notices.filter(digest=None).exclude(period="")
    if mail == Mail.NEVER:
        notices.filter(mail=Notice.Mail.WAITING).update(mail=Notice.Mail.NONE)
        bundled.update(period="")
    elif mail in DIGESTS:
        bundled.update(period=mail)
