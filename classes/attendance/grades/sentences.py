"""Sentences about the rule of grades, and about what has changed since a revision."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classes.attendance.codes.kinds import join_labels
from classes.attendance.grades.calculation import Weights
from classes.attendance.grades.snapshots import Difference
from classes.models import Mark

#: Students named in the sentence about a difference.
MAX_NAMED = 5


def rule_sentence(weights: Weights) -> str:
    """Return the whole rule: the points of each mark, what does not count, and how it is rounded."""
    counted = [
        _("%(mark)s %(points)s") % {"mark": mark.label, "points": format_weight(weight)}
        for mark in Mark
        if (weight := weights.get(mark)) is not None
    ]
    neutral = [mark.label for mark in Mark if weights.get(mark) is None]
    return _(
        "Points for each lesson with a final mark: %(counted)s. Not counted: %(neutral)s. The "
        "percentage is the points by the lessons counted, rounded half up to one decimal."
    ) % {"counted": join_labels(counted), "neutral": join_labels(neutral)}


def format_weight(weight: Decimal) -> str:
    """Return a weight without trailing zeros: 1, 0.5 or 0."""
    return f"{weight.normalize():f}"


def difference_sentence(number: int, difference: Difference, names: dict[str, str]) -> str:
    """Return what has changed since the revision of this number."""
    if not difference:
        return _("Since revision %(number)d, nothing has changed.") % {"number": number}
    parts = []
    if difference.is_other_rule:
        parts.append(_("Since revision %(number)d, the rule has changed.") % {"number": number})
    if count := len(difference.grades):
        text = ngettext(
            "Since revision %(number)d, the grade of %(count)d student has changed: %(students)s.",
            "Since revision %(number)d, the grades of %(count)d students have changed: %(students)s.",
            count,
        )
        parts.append(text % {"number": number, "count": count, "students": _students(difference, names)})
    return " ".join(parts)


def _students(difference: Difference, names: dict[str, str]) -> str:
    named = [
        _("%(name)s: %(was)s, now %(now)s")
        % {"name": names.get(user_id, user_id), "was": _percent(was), "now": _percent(now)}
        for user_id, was, now in difference.grades[:MAX_NAMED]
    ]
    more = len(difference.grades) - len(named)
    return "; ".join([*named, _("and %(n)d more") % {"n": more}] if more else named)


def _percent(percent: str | None) -> str:
    return _("no grade") if percent is None else f"{percent} %"
