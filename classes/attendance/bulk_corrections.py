"""Services for many students or registers at once: one mark for several students, and closing registers."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.corrections import apply_corrections, lock_open_register, require_reason
from classes.models import Attendance, Correction, Lesson, Mark
from console.concurrency import Conflict, service

MARK_LABELS = dict(Mark.choices)


@service
def correct_marks(*, lesson: Lesson, seen: Mapping[int, str], mark: str, reason: str, by: User) -> int:
    """Set the same mark for several students, all or none; return their number.

    `seen` maps the key of each Attendance row to the mark that the editor saw. An empty `mark` restores the
    derived marks. Conflict if somebody changed one of the marks since, naming who; ValidationError without a
    reason, without a student, for staff and guests, or if the register is closed.
    """
    stored = lock_open_register(lesson)
    require_reason(reason)
    if not seen:
        raise ValidationError(_("Select at least one student."))
    found = Attendance.objects.filter(lesson=stored, pk__in=seen).exclude(derived_mark="")
    rows = list(found.select_related("person").order_by("pk"))
    if len(rows) < len(seen):
        raise ValidationError(_("Only students who are expected have a mark."))
    if changed := [row for row in rows if row.mark != seen[row.pk]]:
        raise Conflict([_describe_change(row) for row in changed])
    if mark == "":
        rows = [row for row in rows if "hand" in row.reason]
        if not rows:
            raise ValidationError(_("None of these marks has been corrected."))
    apply_corrections(stored, rows, mark, reason, by)
    return len(rows)


def _describe_change(row: Attendance) -> str:
    """Return who changed the mark in the meantime, and what it is now."""
    corrections = Correction.objects.filter(lesson=row.lesson_id, user_id=row.user_id).select_related("by")
    last = corrections.order_by("-pk").first() if "hand" in row.reason else None
    values = {"name": row.nickname or row.user_id, "mark": MARK_LABELS[row.mark]}
    if last and last.by:
        values["who"] = last.by.nickname or last.by.login
        return (
            _("%(who)s changed the mark of %(name)s to “%(mark)s” in the meantime. Nothing was saved.")
            % values
        )
    return _("The mark of %(name)s has become “%(mark)s” in the meantime. Nothing was saved.") % values
