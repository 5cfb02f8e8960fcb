"""What notices are about, for people to choose which of them they want where; apps register their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Mail(TextChoices):
    """When a notice comes by mail."""

    NOW = "now", pgettext_lazy("mail", "at once")
    DAILY = "daily", pgettext_lazy("mail", "once a day")
    WEEKLY = "weekly", pgettext_lazy("mail", "once a week")
    NEVER = "never", pgettext_lazy("mail", "never")


DIGESTS = (Mail.DAILY, Mail.WEEKLY)


@dataclass(frozen=True)
class Topic:
    """`mail` is when it comes where nobody chose, `by_role` for some roles otherwise; `roles` are those whom
    it can concern. `fixed` is the reason why nobody can choose."""

    name: str
    label: str | Promise
    roles: Sequence[str]
    mail: str = Mail.NEVER
    by_role: Mapping[str, str] = field(default_factory=dict)
    fixed: str | Promise = ""

    def default(self, role: str) -> str:
        return self.by_role.get(role, self.mail)


_topics: dict[str, Topic] = {}


def register_topic(topic: Topic) -> Topic:
    """Make a topic known."""
    _topics[topic.name] = topic
    return topic


def topic_of(name: str) -> Topic:
    """The topic of this name; LookupError where no app has registered it."""
    if name not in _topics:
        raise LookupError(f"No app has registered the topic {name!r}.")
    return _topics[name]


def topics_for(person: Any) -> list[Topic]:
    """Those that can concern this person."""
    return [one for one in _topics.values() if person.role in one.roles]
