"""Sentences about rules, and about what caused a warning, in the language of the reader."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.attendance.thresholds.crossings import Kind, Scope
from classes.models import AttendanceWarning, Lesson, Mark, ThresholdRule
from console.ui.template_tags import percent, when


def rule_sentence(rule: ThresholdRule, facts: Mapping[str, Any] | None = None) -> str:
    """Return the condition of a rule and to whom it applies; needs its grade, group and course.

    With the `facts` of a warning, the numbers are those of the time of the warning; a rule keeps its kind.
    """
    said = facts or {name: getattr(rule, name) for name in ("number", "days", "least")}
    condition = _condition(rule.kind, said["number"], said["days"], said["least"])
    if rule.scope == Scope.SCHOOL:
        return condition
    found = rule.grade or rule.group or rule.course
    target = str(found) if found else _("deleted")
    if rule.scope == Scope.GRADE:
        return _("%(condition)s, students of grade “%(name)s”") % {"condition": condition, "name": target}
    if rule.scope == Scope.GROUP:
        return _("%(condition)s, students of group “%(name)s”") % {"condition": condition, "name": target}
    return _("%(condition)s, in course “%(name)s”") % {"condition": condition, "name": target}


def _condition(kind: str, number: int, days: int | None, least: int | None) -> str:
    values = {"number": number, "days": days, "least": least}
    if kind == Kind.ABSENCES:
        return ngettext("%(number)d absence in a row", "%(number)d absences in a row", number) % values
    if kind == Kind.LATE:
        return ngettext(
            "Late %(number)d time within %(days)d days", "Late %(number)d times within %(days)d days", number
        ) % values  # fmt: skip
    if kind == Kind.UNKNOWN:
        return ngettext(
            "No data in %(number)d lesson within %(days)d days",
            "No data in %(number)d lessons within %(days)d days",
            number,
        ) % values  # fmt: skip
    if days and days % 7 == 0:
        return ngettext(
            "Attendance rate below %(number)d %% in %(weeks)d week, from %(least)d marks on",
            "Attendance rate below %(number)d %% in %(weeks)d weeks, from %(least)d marks on",
            days // 7,
        ) % {**values, "weeks": days // 7}  # fmt: skip
    return _("Attendance rate below %(number)d %% in %(days)d days, from %(least)d marks on") % values


def cause_sentence(facts: Mapping[str, Any]) -> str:
    """Return what happened: how many marks, and since when."""
    values = {"count": facts["count"], "total": facts["total"], "share": rate(facts)}
    kind, count = facts["kind"], facts["count"]
    if kind == Kind.ABSENCES:
        return (
            ngettext(
                "Absent from %(count)d lesson in a row.", "Absent from %(count)d lessons in a row.", count
            )
            % values
        )
    if kind == Kind.LATE:
        return ngettext("Late for %(count)d lesson.", "Late for %(count)d lessons.", count) % values
    if kind == Kind.UNKNOWN:
        return ngettext("No data in %(count)d lesson.", "No data in %(count)d lessons.", count) % values
    return _("Attendance rate %(share)s: absent from %(count)d of %(total)d lessons.") % values


def rate(facts: Mapping[str, Any]) -> str:
    """Return the attendance rate as text, such as "91 %"."""
    total = facts["total"]
    return percent(Decimal(total - facts["count"]) / total) if total else ""


def ending_sentence(warning: AttendanceWarning, lessons: Mapping[int, Lesson]) -> str:
    """Return why the warning ended; with the corrected marks if these took it back. Empty while it holds."""
    if warning.ending != AttendanceWarning.Ending.CORRECTED:
        return str(AttendanceWarning.Ending(warning.ending).label)
    changes = [_change_text(change, lessons) for change in warning.changes]
    return _("Taken back, because marks were corrected: %(changes)s.") % {"changes": "; ".join(changes)}


def _change_text(change: Mapping[str, Any], lessons: Mapping[int, Lesson]) -> str:
    lesson = lessons.get(change["lesson"])
    values = {
        "lesson": f"{lesson.topic} ({when(lesson.starts_at)})" if lesson else _("a deleted lesson"),
        "was": Mark(change["was"]).label,
        "now": Mark(change["now"]).label if change["now"] else _("no mark"),
    }
    return _("%(lesson)s: “%(now)s” instead of “%(was)s”") % values
