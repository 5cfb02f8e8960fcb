"""Cancel many lessons at once."""

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import Enterprise, User
from classes.choices import Status
from classes.lessons.cancellation import follow_cancellation
from classes.models import Lesson
from console.outbox.bulk_services import enqueue_many
from console.outbox.models import Operation
from console.outbox.services import supersede
from console.outbox.states import OPEN_STATES


def cancel_lessons(
    school: Enterprise,
    lessons: Sequence[Lesson],
    *,
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
) -> list[Lesson]:
    """Cancel those that have not begun; return them. Rows are kept, the classes at the service are deleted.

    Invited people are notified once, with the message `notice`, unless `tell` is off.

    Call it inside a transaction; the caller writes the audit entry.
    """
    rows = Lesson.objects.select_for_update(of=("self",)).filter(
        pk__in=[one.pk for one in lessons], status=Status.WILL, cancelled_at=None
    )
    cancelled = list(rows.order_by("pk"))
    keys = [one.pk for one in cancelled]
    Lesson.objects.filter(pk__in=keys).update(
        cancelled_at=timezone.now(), cancel_reason=reason[:300], look_at=None
    )
    follow_cancellation(cancelled, notice=notice, tell=tell)
    operations = Operation.objects.filter(subject_type=Lesson._meta.label_lower, subject_id__in=keys)
    supersede(operations.filter(state__in=OPEN_STATES).exclude(kind="class.delete"))
    # A create that was attempted may have created a class unknown to us: it must be deleted, too.
    open_operations = operations.filter(state__in=OPEN_STATES)
    to_delete = set(open_operations.values_list("subject_id", flat=True)) | {
        one.pk for one in cancelled if one.remote_id
    }
    after: dict[int, list[int]] = {}
    for pk, operation in open_operations.filter(kind="class.create").values_list("subject_id", "pk"):
        after.setdefault(pk, []).append(operation)
    labels = {one.pk: one.topic for one in cancelled if one.pk in to_delete}
    enqueue_many("class.delete", Lesson, labels, enterprise=school, by=by, after=after)
    return cancelled
