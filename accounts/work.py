"""Long work of accounts: comparing and applying large imports, and following an import to the service."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.imports import applying, longexport, planning, push
from accounts.models import PeopleImport
from accounts.objections import Objected
from console.jobs.machine import AT_ONCE, JobFailed, work
from console.jobs.models import Job

CHECK, APPLY = "people.check", "people.apply"


@work(CHECK, label=_("Compare a file of people"), page=push.page)
def check(job: Job) -> timedelta | None:
    """The next rows of the file."""
    source = _source(job)
    last = planning.step(source, job.cursor.get("after", 0))
    if not last:
        planning.finish(source)
        return None
    job.cursor = {"after": last}
    job.done = source.lines.filter(number__lte=last).count()
    return AT_ONCE


@work(APPLY, label=_("Apply an import of people"), page=push.page)
def apply(job: Job) -> timedelta | None:
    """All of it in this one portion, or none of it."""
    try:
        applying.apply(source=_source(job), by=job.created_by)
    except applying.ChangedSince:
        job.result = {"changed_since": True}
    except Objected:  # since somebody asked for it: their page names the conflicts
        applying.release(_source(job))
        job.result = {"changed_since": True}
    job.done = job.total
    return None


work(push.PUSH, label=_("Send imported people to iclass"), page=push.page, parts=push.parts)(push.portion)


work(longexport.EXPORT, label=_("Export people to a file"), page=longexport.page)(longexport.portion)


def _source(job: Job) -> PeopleImport:
    source = PeopleImport.objects.filter(pk=job.args["import"]).first()
    if source is None:
        raise JobFailed(gettext_noop("The import is gone."))
    return source
