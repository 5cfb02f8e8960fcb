"""Which lessons can be made up, and which lesson makes up for which."""

from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.reports.sheet import ATTENDED_MARKS
from classes.lessons.queries import lessons_for
from classes.lessons.status import phase_of
from classes.models import Lesson, Mark, MarkCount
from console.outbox.states import SyncState
from console.policy import may

#: Why a lesson can be made up.
CANCELLED, NOT_HELD, REFUSED, NOBODY_CAME = "cancelled", "not_held", "refused", "nobody_came"
OCCASION_TEXTS: dict[str, str | Promise] = {
    CANCELLED: _("The lesson was cancelled."),
    NOT_HELD: _("The lesson was not held."),
    REFUSED: _("iclass refused the lesson, so it did not start."),
    NOBODY_CAME: _("No student came to the lesson."),
}
NO_OCCASION = _(
    "Only a lesson that was cancelled, was not held, or to which no student came can be made up. "
    "Wait until its attendance is final."
)

CANCELLED_MAKE_UP = _(
    "This make-up lesson was cancelled, so the first lesson counts again. Make up the first lesson instead."
)


class MakeUpLinks(NamedTuple):
    """The lesson held instead of this one, and the one that this is held for, as far as readers see them."""

    made_up_by: Lesson | None = None
    makes_up_for: Lesson | None = None


def make_up_occasion(lesson: Lesson) -> str:
    """Return why the lesson can be made up, a key of OCCASION_TEXTS; empty if it cannot.

    A make-up that was cancelled cannot: the lesson that it was for counts again, and is made up instead.
    """
    if is_cancelled_make_up(lesson):
        return ""
    phase = phase_of(lesson).name
    if phase in (CANCELLED, NOT_HELD):
        return phase
    if phase == "overdue" and lesson.sync_state == SyncState.REFUSED and not lesson.remote_id:
        return REFUSED
    return NOBODY_CAME if phase == "over" and _nobody_came(lesson) else ""


def is_cancelled_make_up(lesson: Lesson) -> bool:
    return lesson.cancelled_at is not None and lesson.makes_up_for_id is not None


def no_occasion(lesson: Lesson) -> str:
    """Return why the lesson cannot be made up."""
    return str(CANCELLED_MAKE_UP if is_cancelled_make_up(lesson) else NO_OCCASION)


def _nobody_came(lesson: Lesson) -> bool:
    """Return whether final marks say so: a lesson without data may have been attended."""
    if lesson.final_at is None:
        return False
    counts = MarkCount.objects.filter(lesson=lesson).first()
    if counts is None or any(getattr(counts, mark) for mark in ATTENDED_MARKS):
        return False
    return bool(getattr(counts, Mark.ABSENT) or getattr(counts, Mark.EXCUSED))


def may_make_up(reader: Any, lesson: Lesson) -> bool:
    """Return whether the reader may schedule a make-up for the lesson now."""
    return not lesson.made_up and may(reader, "make_up", "lesson", lesson) and make_up_occasion(lesson) != ""


def make_up_links(reader: Any, lesson: Lesson) -> MakeUpLinks:
    """Return both ends of the link, with one query; none for a lesson that is not linked."""
    if not (lesson.made_up or lesson.makes_up_for_id):
        return MakeUpLinks()
    ends = Q(makes_up_for=lesson, cancelled_at=None) | Q(pk=lesson.makes_up_for_id)
    found = list(lessons_for(reader).filter(ends))
    return MakeUpLinks(
        next((one for one in found if one.makes_up_for_id == lesson.pk), None),
        next((one for one in found if one.pk == lesson.makes_up_for_id), None),
    )
