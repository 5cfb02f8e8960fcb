"""Set the rule of a school, and fix the grades of a course as a revision. Each is one transaction."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Enterprise, User
from classes.attendance.grades.calculation import CENT
from classes.attendance.grades.queries import read_grades, revisions_of, rule_of
from classes.attendance.grades.snapshots import compare, grades_body
from classes.attendance.register_digest import compute_digest
from classes.attendance.reports.forms import period_of_days
from classes.models import Course, GradeRevision, GradeRule, Term
from console.audit.trail import record
from console.concurrency import RowDeleted, changed_fields, lock_row, service


@service
def set_rule(*, by: User, seen: Mapping[str, str] | None = None, **weights: Decimal | None) -> GradeRule:
    """Set the points of marks, None for a neutral one. Fixed revisions keep the rule that they have.

    ValidationError if no mark would count, EditConflict if somebody else changed the same mark.
    """
    if by.enterprise is None:
        raise RowDeleted
    stored = rule_of(lock_row(by.enterprise))
    exact = {name: None if value is None else value.quantize(CENT) for name, value in weights.items()}
    changed = changed_fields(stored, exact, seen or {})
    before = {name: getattr(stored, name) for name in changed}
    for name, value in changed.items():
        setattr(stored, name, value)
    if all(getattr(stored, name) is None for name in exact):
        raise ValidationError(_("At least one mark must count."))
    if changed:
        is_new = stored._state.adding
        stored.save(force_insert=is_new, update_fields=None if is_new else [*changed])
        record("grades.rule", stored, by=by, before=_as_text(before), after=_as_text(changed))
    return stored


@service
def fix_grades(*, course: Course, term: Term, by: User, anyway: bool = False) -> GradeRevision:
    """Fix the grades of a course on the days of a term as the next numbered revision, with its digest.

    ValidationError before the last day of the term, without a grade, if nothing has changed since the last
    revision, and at `anyway` if lessons are not final yet and `anyway` is false.
    """
    stored = lock_row(course)
    grades = read_grades(stored, period_of_days(term.starts_on, term.ends_on, stored.enterprise.tz))
    revisions = revisions_of(stored, term)
    newest = revisions[0] if revisions else None
    _check_term_is_over(stored, term)
    if not grades.students:
        raise ValidationError(_("No student has a final mark in this term."))
    if newest and not compare(newest.body, grades):
        raise ValidationError(_("Nothing has changed since revision %(number)d.") % {"number": newest.number})
    if not anyway and (doubts := fixing_doubts(grades.open_lessons)):
        raise ValidationError({"anyway": doubts})
    number, before = (newest.number + 1, newest.digest) if newest else (1, "")
    now = timezone.now().replace(microsecond=0)
    body = grades_body(stored, grades, number=number, fixed_at=now, by=by.user_id or by.login, before=before)
    revision = GradeRevision.objects.create(
        enterprise=stored.enterprise,
        course=stored,
        term_name=term.name,
        since=term.starts_on,
        until=term.ends_on,
        number=number,
        body=body,
        digest=compute_digest(body),
        fixed_at=now,
        fixed_by=by,
    )
    after = {
        "term": term.name,
        "revision": number,
        "digest": revision.digest,
        "students": len(body["people"]),
    }
    record("grades.fix", stored, by=by, after=after)
    return revision


def fixing_doubts(open_lessons: int) -> list[str]:
    """Return the reasons not to fix the grades yet, as sentences."""
    if not open_lessons:
        return []
    text = ngettext(
        "%(n)d lesson of this term has no final marks yet.",
        "%(n)d lessons of this term have no final marks yet.",
        open_lessons,
    )
    return [text % {"n": open_lessons}]


def is_over(term: Term, school: Enterprise) -> bool:
    """Return whether the last day of a term has come in the zone of its school."""
    return timezone.localdate(timezone=school.tz) >= term.ends_on


def _check_term_is_over(course: Course, term: Term) -> None:
    if not is_over(term, course.enterprise):
        text = _("This term ends on %(day)s. Grades are fixed from that day on.")
        raise ValidationError(text % {"day": term.ends_on.isoformat()})


def _as_text(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in weights.items()}
