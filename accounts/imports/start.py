"""Beginning what may take a while: at once for what somebody waits for, as a job for more."""

from django.conf import settings
from django.db import transaction

from accounts.imports import applying, planning
from accounts.models import PeopleImport, User
from accounts.objections import Objected
from accounts.work import APPLY, CHECK
from console.jobs.machine import start
from console.jobs.models import Job

State = PeopleImport.State


def is_long(source: PeopleImport) -> bool:
    return source.rows_in_all > settings.IMPORT_WAITED_ROWS


@transaction.atomic
def check(source: PeopleImport, *, by: User) -> Job | None:
    """Compare all rows; the job that does it where it takes longer than one waits."""
    if not is_long(source):
        planning.plan(source)
        return None
    planning.begin(source)
    return _job(source, CHECK, by)


def apply(source: PeopleImport, *, by: User, conflict_reason: str = "") -> Job | None:
    """Apply a checked import, now or as a job. Raises what `applying.apply` does."""
    source.conflict_reason = conflict_reason.strip()[:300]
    source.save(update_fields=["conflict_reason"])
    if not is_long(source):
        applying.apply(source=source, by=by)
        return None
    if not source.conflict_reason and (found := applying.objections_to(source)):
        raise Objected(found)
    with transaction.atomic():
        applying.claim(source)
        return _job(source, APPLY, by)


def _job(source: PeopleImport, kind: str, by: User) -> Job:
    job = start(
        kind, enterprise=source.enterprise, by=by, args={"import": source.pk}, total=source.rows_in_all
    )
    PeopleImport.objects.filter(pk=source.pk).update(job=job)
    return job
