"""Comparison of the desired lesson with the lesson at iclass, field by field, as text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.lessons.fields import FIELD_BY_NAME, SETTINGS
from classes.lessons.remote_fields import desired_fields, desired_members
from classes.models import Lesson, Member

#: Fields in the order of the page: what, who and when, then the settings that iclass returns.
COMPARED = (
    *("topic", "teacher", "starts_at", "ends_at", "class_type", "members"),
    *(field.name for field in SETTINGS if field.answer),
)
FIELD_LABELS: dict[str, str | Promise] = {name: FIELD_BY_NAME[name].label for name in COMPARED}

#: Most people named in a difference; a lesson can have a thousand.
MAX_NAMES = 12


class FieldComparison(NamedTuple):
    """One field: our value and the last observed value at iclass (empty if iclass never returned it)."""

    label: str | Promise
    ours: str
    theirs: str
    differs: bool


def compare_with_remote(lesson: Lesson) -> list[FieldComparison]:
    """Return every field that both sides have; empty if the lesson was never fetched from iclass."""
    if not lesson.observed:
        return []
    ours: dict[str, Any] = {**desired_fields(lesson), "members": desired_members(lesson)}
    theirs = lesson.observed
    names = _people_names(lesson, ours, theirs)
    return [
        FieldComparison(
            label,
            describe_value(name, ours[name], names),
            describe_value(name, theirs[name], names),
            ours[name] != theirs[name],
        )
        for name, label in FIELD_LABELS.items()
        if name in theirs
    ] + _member_differences(ours["members"], theirs.get("members", {}), names)


def _people_names(lesson: Lesson, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, str]:
    """Return the names of all people on either side, in one query."""
    ids = {ours["teacher"], theirs.get("teacher", ""), *ours["members"], *theirs.get("members", {})}
    people = User.objects.filter(enterprise=lesson.enterprise_id, user_id__in=ids)
    return dict(people.values_list("user_id", "nickname"))


def describe_both(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Return both values of one field as text; of the members, only those that differ."""
    if name == "members":
        return _describe_side(ours, theirs, names), _describe_side(theirs, ours, names)
    return describe_value(name, ours, names), describe_value(name, theirs, names)


def _describe_side(mine: dict[str, str], others: dict[str, str], names: Mapping[str, str]) -> str:
    """Return the number of members on one side and those that the other side lacks or has in another role."""
    roles = dict(Member.Role.choices)
    differing = [
        f"{names.get(one, one)} ({roles.get(role, role)})"
        for one, role in mine.items()
        if others.get(one) != role
    ]
    count = ngettext("%(n)d person", "%(n)d people", len(mine)) % {"n": len(mine)}
    return " · ".join([count, *differing[:MAX_NAMES], *(["…"] if len(differing) > MAX_NAMES else [])])


def describe_value(name: str, value: Any, names: Mapping[str, str]) -> str:
    """Return the value of a field as text; `names` maps user ids to names."""
    if name == "teacher":
        return names.get(value) or str(value)
    if name in ("starts_at", "ends_at"):
        return format_timestamp(value)
    if name == "members":
        return ngettext("%(n)d person", "%(n)d people", len(value)) % {"n": len(value)}
    return FIELD_BY_NAME[name].describe(value)


def format_timestamp(second: int) -> str:
    """Format unix seconds in the active time zone; return the number itself if it is out of range."""
    try:
        moment = datetime.fromtimestamp(second, UTC)
    except (OverflowError, OSError, ValueError):
        return str(second)
    return date_format(timezone.localtime(moment), "Y-m-d H:i:s")


def _member_differences(
    ours: dict[str, str], theirs: dict[str, str], names: dict[str, str]
) -> list[FieldComparison]:
    """Return the members that only one side has."""
    only_here = ", ".join(names.get(one, one) for one in ours if one not in theirs)
    only_there = ", ".join(names.get(one, one) for one in theirs if one not in ours)
    if not only_here and not only_there:
        return []
    return [FieldComparison(_("members that differ"), only_here, only_there, True)]
