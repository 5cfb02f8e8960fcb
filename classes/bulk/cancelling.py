"""Cancelling many lessons at once."""

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import Enterprise, User
from classes.kinds import Status
from classes.models import Lesson
from classes.telling.cancelling import say_off
from console.outbox.bulk import enqueue_many
from console.outbox.models import Operation
from console.outbox.queue import supersede
from console.outbox.states import OPEN


def cancel_lessons(
    school: Enterprise,
    lessons: Sequence[Lesson],
    *,
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
) -> list[Lesson]:
    """Cancel those that have not begun; returns them. Their rows stay, the service's classes are deleted.

    Who was invited hears of it once, with the words of `notice`, unless `tell` is off.

    Inside the caller's transaction, who writes the trail.
    """
    rows = Lesson.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.pk for one in lessons], status=Status.WILL, cancelled_at=None
    )
    going = list(rows.order_by("pk"))
    keys = [one.pk for one in going]
    Lesson.objects.filter(pk__in=keys).update(
        cancelled_at=timezone.now(), cancel_reason=reason[:300], look_at=None
    )
    say_off(keys, notice=notice, tell=tell)
    Lesson.objects.filter(double_of__in=keys).update(double_of=None)
    theirs = Operation.objects.filter(subject_type=Lesson._meta.label_lower, subject_id__in=keys)
    supersede(theirs.filter(state__in=OPEN).exclude(kind="class.delete"))
    # A making that was tried may have made a class, whatever we know: it has to go, too.
    open_ones = theirs.filter(state__in=OPEN)
    owing = set(open_ones.values_list("subject_id", flat=True)) | {one.pk for one in going if one.remote_id}
    after: dict[int, list[int]] = {}
    for pk, operation in open_ones.filter(kind="class.create").values_list("subject_id", "pk"):
        after.setdefault(pk, []).append(operation)
    labels = {one.pk: one.topic for one in going if one.pk in owing}
    enqueue_many("class.delete", Lesson, labels, enterprise=school, by=by, after=after)
    _forget_state([pk for pk in keys if pk not in owing])
    return going


def _forget_state(keys: Sequence[int]) -> None:
    """What was never sent and is not owed any more is not on its way."""
    Lesson.objects.filter(pk__in=keys).update(sync_state="in_sync", sync_reason="")
