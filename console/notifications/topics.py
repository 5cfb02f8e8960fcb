"""Topics of notifications, for which people choose channels; apps register their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class EmailFrequency(TextChoices):
    """When a notification is sent by e-mail."""

    NOW = "now", pgettext_lazy("mail", "immediately")
    DAILY = "daily", pgettext_lazy("mail", "daily")
    WEEKLY = "weekly", pgettext_lazy("mail", "weekly")
    NEVER = "never", pgettext_lazy("mail", "never")


DIGEST_PERIODS = (EmailFrequency.DAILY, EmailFrequency.WEEKLY)


@dataclass(frozen=True)
class Topic:
    """A topic that applies to `roles`.

    `mail` is the default frequency of e-mails, `by_role` overrides it for some roles. `fixed` is the reason
    why people cannot choose, if they cannot. `to_groups`: it says nothing about single people, so that a
    school may send it to a group.
    """

    name: str
    label: str | Promise
    roles: Sequence[str]
    mail: str = EmailFrequency.NEVER
    by_role: Mapping[str, str] = field(default_factory=dict)
    fixed: str | Promise = ""
    to_groups: bool = False

    def default(self, role: str) -> str:
        return self.by_role.get(role, self.mail)


_topics: dict[str, Topic] = {}


def register_topic(topic: Topic) -> Topic:
    """Register a topic."""
    _topics[topic.name] = topic
    return topic


def topic_of(name: str) -> Topic:
    """Return the topic of this name; raise LookupError if no app registers it."""
    if name not in _topics:
        raise LookupError(f"No app has registered the topic {name!r}.")
    return _topics[name]


def all_topics(*, to_groups: bool = False) -> list[Topic]:
    """Return all topics, or those that a school may send to a group."""
    return [topic for topic in _topics.values() if topic.to_groups or not to_groups]


def topics_for(person: Any) -> list[Topic]:
    """Return the topics that apply to a person."""
    return [topic for topic in _topics.values() if person.role in topic.roles]
