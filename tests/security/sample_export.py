"""A scheduled export of the sample school, and a run whose file is stored."""

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.models import ExportRun, ExportSchedule


def create_export(school: Enterprise, owner: User | None) -> dict[str, Any]:
    """Return both rows by subject. The schedule is paused, so that no beat runs it."""
    now = timezone.now()
    schedule = ExportSchedule.objects.create(
        enterprise=school, owner=owner, kind="people", every="day", due_at=now, is_on=False
    )
    run = ExportRun(enterprise=school, schedule=schedule, kind="people", file_type="csv", planned_for=now)
    run.state, run.rows, run.finished_at = "done", 1, now
    run.file.save(f"{school.pk}/sample.csv", ContentFile(b"User ID"), save=False)
    run.save()
    return {"export_schedule": schedule, "export run": run}
