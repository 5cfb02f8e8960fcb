"""Who teaches and assists in a make-up lesson: those of the lesson as it was before somebody covered it."""

from typing import NamedTuple

from accounts.models import User
from classes.models import Cover, Lesson


class MakeUpStaff(NamedTuple):
    """The teacher of the make-up, and who covered the lesson for them, if anybody did.

    `assistant` is the covering teacher who assists again, as before the cover.
    """

    teacher: User
    covering: User | None = None
    assistant: User | None = None


def make_up_staff(lesson: Lesson) -> MakeUpStaff:
    """Return the absent teacher of a covered lesson, also of a cancelled one; else its own teacher.

    A teacher who was deactivated gives no lesson; who covered it does.
    """
    covers = Cover.objects.filter(lesson=lesson, undone_at=None, covering=lesson.teacher_id)
    cover = covers.select_related("absent", "covering").first()
    if cover is None or not cover.absent.is_active:
        return MakeUpStaff(lesson.teacher)
    assists = cover.was_assistant and cover.covering.is_active
    return MakeUpStaff(cover.absent, cover.covering, cover.covering if assists else None)
