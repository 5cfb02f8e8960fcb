"""A school that learns that its service knows more fields sends them for all lessons to come."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Enterprise, User
from accounts.signals import later_fields_on
from classes.kinds import Status
from classes.models import Lesson, Member
from console.outbox.bulk import enqueue_many


@receiver(later_fields_on, dispatch_uid="classes.later")
def send(*, school: Enterprise, by: User | None, **_more: Any) -> int:
    """Owe the service these fields of each lesson to come that has any and is made; how many these are.

    A lesson that is not made yet takes them along when it is.
    """
    assisted = Member.objects.filter(lesson=OuterRef("pk"), role=Member.Role.ASSISTANT)
    lessons = Lesson.objects.filter(
        enterprise=school, status=Status.WILL, cancelled_at=None, ends_at__gt=timezone.now()
    ).exclude(remote_id="")
    having = lessons.filter(Q(capacity__isnull=False) | Q(key__password__isnull=False) | Exists(assisted))
    labels = dict(having.order_by().values_list("pk", "topic"))
    enqueue_many("class.modify", Lesson, labels, enterprise=school, by=by)
    return len(labels)
