"""What follows from cancelling lessons, one by one or many at once."""

from collections.abc import Collection

from django.dispatch import Signal

from classes.models import Lesson
from classes.notifications.lessons import record_cancellation_notice

#: Sent with `lessons` that count again because their make-up was cancelled, in the same transaction.
lessons_counted_again = Signal()


def follow_cancellation(lessons: Collection[Lesson], *, notice: str = "", tell: bool = True) -> None:
    """Record the notice, and free what these lessons stood in the way of or were held instead of.

    Call it inside the transaction that cancels them, after their rows were written.
    """
    keys = [one.pk for one in lessons]
    record_cancellation_notice(keys, notice=notice, tell=tell)
    Lesson.objects.filter(double_of__in=keys).update(double_of=None)
    make_ups = [one for one in lessons if one.makes_up_for_id]
    if not make_ups:
        return
    for one in make_ups:
        # The make-up of a make-up that was not held now makes up for the first lesson: only one counts.
        one.make_ups.filter(cancelled_at=None).update(makes_up_for=one.makes_up_for_id)
    first = Lesson.objects.filter(pk__in=[one.makes_up_for_id for one in make_ups], made_up=False)
    if found := list(first.filter(final_at__isnull=False)):
        lessons_counted_again.send(Lesson, lessons=found)
