"""A person's own notification settings as a whole: the channels of each topic, and the quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from console.concurrency import EditConflict, lock_row, service, value_digest
from console.notifications.channels.quiet import check_hours, hours_of_person, save_hours
from console.notifications.models import NotificationPreference
from console.notifications.preferences import (
    Channels,
    TopicPreference,
    preferences_of,
    save_preference,
    school_apps,
)

HOURS = ("quiet_from", "quiet_until")


@dataclass(frozen=True)
class OwnSettings:
    """The settings of one person. `topics` by name; `apps`: the IDs of the school's apps by provider; the
    quiet hours are None where those of the school apply."""

    topics: Mapping[str, TopicPreference]
    apps: Mapping[str, int]
    quiet_from: time | None
    quiet_until: time | None

    def digests(self) -> dict[str, str]:
        """Return digests of the choices by name of the topic, and of the quiet hours."""
        found = {name: channels_digest(one.channels) for name, one in self.topics.items()}
        return found | {name: value_digest(getattr(self, name)) for name in HOURS}


def channels_digest(channels: Channels) -> str:
    """Return a digest of the channels of a topic."""
    return value_digest([channels.console, channels.mail, *sorted(channels.apps)])


def own_settings(person: Any) -> OwnSettings:
    """Return the settings of a person. Uses three queries."""
    begin, end = hours_of_person(person) or (None, None)
    return OwnSettings(
        topics={one.topic.name: one for one in preferences_of(person)},
        apps={app.provider: app.pk for app in school_apps(person)},
        quiet_from=begin,
        quiet_until=end,
    )


@service
def change_own_settings(
    *,
    person: Any,
    topics: Mapping[str, Mapping[str, Any]],
    hours: Mapping[str, time | None],
    seen: Mapping[str, str],
) -> OwnSettings:
    """Change the named settings and return all as stored.

    topics: by name, those of `console`, `mail` and `apps` (providers) that change. hours: those of HOURS that
    change. seen: the digests that the person read. ValidationError for a topic or app that the person does
    not have, a topic that cannot be chosen, or half of the quiet hours; EditConflict if what changes was
    changed meanwhile.
    """
    lock_row(person)
    stored = own_settings(person)
    wanted = {name: _wanted_channels(stored, name, choice) for name, choice in topics.items()}
    digests = {name: channels_digest(one) for name, one in wanted.items()}
    digests |= {name: value_digest(value) for name, value in hours.items()}
    changed = _changed_names(digests, stored.digests(), seen)
    for name in wanted.keys() & changed:
        save_preference(person, stored.topics[name].topic, stored.topics[name].channels, wanted[name])
    if hours.keys() & changed:
        begin, end = (hours[name] if name in changed else getattr(stored, name) for name in HOURS)
        check_hours(begin, end)
        save_hours(person, None if begin is None or end is None else (begin, end))
    return own_settings(person)


def _wanted_channels(stored: OwnSettings, name: str, choice: Mapping[str, Any]) -> Channels:
    """Return the channels of a topic after a choice."""
    if name not in stored.topics:
        raise ValidationError({"topics": _("“%(name)s” is not a topic.") % {"name": name[:40]}})
    topic, channels = stored.topics[name]
    for provider in choice.get("apps", ()):
        if provider not in stored.apps:
            raise ValidationError({"topics": _("Your school has no app “%(name)s”.") % {"name": provider}})
    wanted = channels._replace(**choice)
    if "apps" in choice:
        wanted = wanted._replace(apps={one: stored.apps[one] for one in choice["apps"]})
    if topic.fixed and wanted != channels:
        text = _("“%(name)s” cannot be changed. %(reason)s") % {"name": topic.label, "reason": topic.fixed}
        raise ValidationError({"topics": text})
    return wanted


def _changed_names(new: Mapping[str, str], stored: Mapping[str, str], seen: Mapping[str, str]) -> set[str]:
    """Return the names whose value the person changed. EditConflict if others changed one of them, too."""
    changed = {name for name, value in new.items() if value not in (stored[name], seen.get(name))}
    if clashes := [name for name in sorted(changed) if seen.get(name, stored[name]) != stored[name]]:
        raise EditConflict(NotificationPreference, dict.fromkeys(clashes))
    return changed
