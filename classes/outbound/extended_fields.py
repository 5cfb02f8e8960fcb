"""Send the extended fields of all upcoming lessons once the school's service supports them."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.models.enterprise import later_fields_on
from classes.choices import Status
from classes.lessons.fields import EXTENDED
from classes.models import Lesson, Member
from console.outbox.bulk_services import enqueue_many


@receiver(later_fields_on, dispatch_uid="classes.outbound.extended_fields")
def send_extended_fields(*, school: Enterprise, by: User | None, **_more: Any) -> int:
    """Enqueue these fields for each upcoming lesson that is created and has any; return how many.

    A lesson that is not created yet sends them with its create.
    """
    assistants = Member.objects.filter(lesson=OuterRef("pk"), role=Member.Role.ASSISTANT)
    lessons = Lesson.objects.filter(
        enterprise=school, status=Status.WILL, cancelled_at=None, ends_at__gt=timezone.now()
    ).exclude(remote_id="")
    columns = [Q((f"{field.name}__isnull", False)) for field in EXTENDED if field.column]
    with_values = lessons.filter(reduce(or_, columns, Q(key__password__isnull=False)) | Exists(assistants))
    labels = dict(with_values.order_by().values_list("pk", "topic"))
    enqueue_many("class.modify", Lesson, labels, enterprise=school, by=by)
    return len(labels)
