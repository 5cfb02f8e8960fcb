"""A covered lesson follows its course to another teacher: the lesson goes back to that one later."""

from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from classes.models import Cover
from console.audit.trail import record


def hand_over_covers(covers: Collection[Cover], teacher: User, by: User | None) -> None:
    """Make this teacher the absent one of covers in force; who gets the lesson for good does not cover it.

    The caller holds locks on the lessons.
    """
    for cover in covers:
        if cover.absent_id == teacher.pk:
            continue
        before = {"absent": cover.absent.user_id, "covering": cover.covering.user_id}
        if cover.covering_id == teacher.pk:
            cover.undone_at, cover.undone_by = timezone.now(), by
            record("cover.undo", cover.lesson, by=by, before=before)
        else:
            cover.absent = teacher
            record("cover.hand_over", cover.lesson, by=by, before=before, after={"absent": teacher.user_id})
        cover.save(update_fields=["absent", "undone_at", "undone_by"])
