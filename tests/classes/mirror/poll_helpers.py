"""Looking at a lesson now, people who enter, and what was asked and written."""

from django.utils import timezone

from classes.models import Lesson
from console.mirror import registry


def poll_now(lesson):
    Lesson.objects.filter(pk=lesson.pk).update(look_at=timezone.now())
    registry.poll_due_rows()
    lesson.refresh_from_db()


def join_remotely(iclass, lesson, user_id):
    told = iclass.call("member/join", {"class_id": lesson.class_id, "user_id": user_id, "mic": 1})
    assert told["error_code"] == 0, told


def requests_to_endpoint(iclass, endpoint):
    return [line for line in iclass.ledger() if (line["kind"], line["endpoint"]) == ("request", endpoint)]


def observation_words(lesson):
    """What each look wrote, one word a look, after the first."""
    rows = lesson.observations.exclude(source="late").order_by("id").values_list("source", flat=True)
    return list(rows)[1:]
