"""The audit entry of a viewing: one for a person and a recording, although a player sends many requests."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from classes.models import Recording
from console.audit.models import AuditEntry
from console.audit.trail import record

ACTION = "recording.view"
#: Requests within this time count as one viewing.
VIEWING_GAP = timedelta(minutes=30)


@transaction.atomic
def record_viewing(track: Recording, by: User) -> None:
    """Record that `by` watches the recording, with the track that was opened first, once per VIEWING_GAP."""
    # A player opens its two tracks at the same moment; neither request sees what the other one writes.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"viewing:{by.pk}:{track.lesson_id}"]
        )
    tracks = Recording.objects.filter(lesson=track.lesson_id).values_list("pk", flat=True)
    viewings = AuditEntry.objects.filter(
        action=ACTION,
        actor=by,
        object_type=Recording._meta.label_lower,
        object_id__in=[str(pk) for pk in tracks],
        at__gt=timezone.now() - VIEWING_GAP,
    )
    if not viewings.exists():
        record(ACTION, track, by=by)
