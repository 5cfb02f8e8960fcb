"""A lesson as the school wants it beside the lesson as iclass has it, field by field, in words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from classes.kinds import ClassType, RecordType
from classes.mirror.wanted import wanted_lesson, wanted_members
from classes.models import Lesson, Member

LABELS: dict[str, str | Promise] = {
    "topic": gettext_lazy("topic"),
    "teacher": gettext_lazy("teacher"),
    "starts_at": gettext_lazy("starts"),
    "ends_at": gettext_lazy("ends"),
    "class_type": gettext_lazy("who may enter"),
    "members": gettext_lazy("members"),
    "record_types": gettext_lazy("recording"),
    "auto_open_mic": gettext_lazy("microphone on at entry"),
    "auto_open_camera": gettext_lazy("camera on at entry"),
    "bitrate": gettext_lazy("bit rate (kbit/s)"),
    "max_on_mic": gettext_lazy("most people on the microphone"),
}

#: People named where the two sides differ; a lesson can have a thousand.
MOST_NAMES = 12


class Pair(NamedTuple):
    """One field: what the school wants, what iclass was last seen to have; empty where it never said."""

    label: str | Promise
    ours: str
    theirs: str
    differs: bool


def at_the_service(lesson: Lesson) -> list[Pair]:
    """Every field that both know. Nothing where iclass has not been asked yet."""
    if not lesson.observed:
        return []
    wanted: dict[str, Any] = {**wanted_lesson(lesson), "members": wanted_members(lesson)}
    seen = lesson.observed
    names = _names(lesson, wanted, seen)
    return [
        Pair(
            label,
            told(name, wanted[name], names),
            told(name, seen[name], names),
            wanted[name] != seen[name],
        )
        for name, label in LABELS.items()
        if name in seen
    ] + _roll_differences(wanted["members"], seen.get("members", {}), names)


def _names(lesson: Lesson, wanted: dict[str, Any], seen: dict[str, Any]) -> dict[str, str]:
    """The names of all whom either side mentions, asked for once."""
    ids = {wanted["teacher"], seen.get("teacher", ""), *wanted["members"], *seen.get("members", {})}
    people = User.objects.filter(enterprise=lesson.enterprise_id, user_id__in=ids)
    return dict(people.values_list("user_id", "nickname"))


def tell(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Both values of one field in words; of the members only those in whom the sides differ."""
    if name == "members":
        return _alone(ours, theirs, names), _alone(theirs, ours, names)
    return told(name, ours, names), told(name, theirs, names)


def _alone(mine: dict[str, str], others: dict[str, str], names: Mapping[str, str]) -> str:
    """How many there are on one side, and who of them are not so on the other."""
    roles = dict(Member.Role.choices)
    alone = [
        f"{names.get(one, one)} ({roles.get(role, role)})"
        for one, role in mine.items()
        if others.get(one) != role
    ]
    count = ngettext("%(n)d person", "%(n)d people", len(mine)) % {"n": len(mine)}
    return " · ".join([count, *alone[:MOST_NAMES], *(["…"] if len(alone) > MOST_NAMES else [])])


def told(name: str, value: Any, names: Mapping[str, str]) -> str:
    """One value of a field in words; `names` has the names of user ids."""
    if name == "teacher":
        return names.get(value) or str(value)
    if name in ("starts_at", "ends_at"):
        return clock(value)
    if name == "class_type":
        return str(dict(ClassType.choices).get(value, value))
    if name == "record_types":
        return ", ".join(str(dict(RecordType.choices).get(kind, kind)) for kind in value)
    if name in ("auto_open_mic", "auto_open_camera"):
        return _("yes") if value else _("no")
    if name == "max_on_mic":
        return str(value) if value else _("no limit of ours")
    if name == "members":
        return ngettext("%(n)d person", "%(n)d people", len(value)) % {"n": len(value)}
    return str(value)


def clock(second: int) -> str:
    """A unix second by the clock of the school; a number that is no time stays a number."""
    try:
        moment = datetime.fromtimestamp(second, UTC)
    except (OverflowError, OSError, ValueError):
        return str(second)
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s")


def _roll_differences(ours: dict[str, str], theirs: dict[str, str], names: dict[str, str]) -> list[Pair]:
    """Who is a member on one side alone."""
    only_here = ", ".join(names.get(one, one) for one in ours if one not in theirs)
    only_there = ", ".join(names.get(one, one) for one in theirs if one not in ours)
    if not only_here and not only_there:
        return []
    return [Pair(_("members on this side alone"), only_here, only_there, True)]
