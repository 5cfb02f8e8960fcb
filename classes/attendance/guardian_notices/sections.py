"""The words of what guardians are told of attendance."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.people.guardian_notices.sections import Fact, Section, register_section
from classes.attendance.thresholds.crossings import Kind
from classes.attendance.thresholds.sentences import cause_sentence
from classes.models import Mark
from console.ui.date_words import in_words


def _mark_line(fact: Fact) -> str:
    values = {**_lesson(fact), "mark": Mark(fact["mark"]).label}
    return _("%(at)s, %(lesson)s: %(mark)s") % values


def _correction_line(fact: Fact) -> str:
    values = {**_lesson(fact), "was": Mark(fact["mark"]).label}
    if not fact["now"]:
        return _("%(at)s, %(lesson)s: “%(was)s” no longer counts") % values
    return _("%(at)s, %(lesson)s: “%(now)s” instead of “%(was)s”") % {
        **values,
        "now": Mark(fact["now"]).label,
    }


def _lesson(fact: Fact) -> dict[str, Any]:
    return {"at": in_words(datetime.fromisoformat(fact["at"])), "lesson": fact["topic"]}


def _warning_line(fact: Fact) -> str:
    """Return the cause, with the period in which the marks were counted; absences in a row have none."""
    if fact["kind"] == Kind.ABSENCES:
        return cause_sentence(fact)
    period = ngettext("Within %(days)d day.", "Within %(days)d days.", fact["days"]) % {"days": fact["days"]}
    return f"{cause_sentence(fact)} {period}"


register_section(
    Section("absences", lambda child: _("%(name)s missed lessons or was late:") % {"name": child}, _mark_line)
)
register_section(
    Section(
        "corrections",
        lambda child: (
            _("Corrected: what we told you before about %(name)s was wrong or has changed.") % {"name": child}
        ),
        _correction_line,
    )
)
register_section(
    Section(
        "warnings",
        lambda child: _("Attendance of %(name)s needs your attention:") % {"name": child},
        _warning_line,
    )
)
register_section(
    Section(
        "withdrawn",
        lambda child: _("Taken back, because marks of %(name)s were corrected:") % {"name": child},
        _warning_line,
    )
)
