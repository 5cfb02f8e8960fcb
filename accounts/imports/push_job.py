"""Job that tracks the push of an import to the API and notifies the importer."""

from datetime import timedelta

from django.db.models import Count

from accounts.models import PeopleImport
from console.imports import jobs
from console.jobs import runner
from console.jobs.models import Job
from console.notifications.services import notify
from console.outbox.push_progress import count_push_states, push_progress_parts, update_push_progress

PUSH_JOB = "people.push"
URL_NAME = "accounts:import"


def count_import_states(source: PeopleImport) -> dict[str, int]:
    """Return the number of the import's operations by key of PUSH_STATES."""
    rows = source.lines.filter(operation__isnull=False).order_by()
    return count_push_states(dict(rows.values_list("operation__state").annotate(n=Count("pk"))))


def run_step(job: Job, *, url_name: str = URL_NAME) -> timedelta | None:
    """Update the progress; finish when no operation is waiting. `url_name` is that of the import's page."""
    source = jobs.import_of_job(PeopleImport, job)
    delay = update_push_progress(job, count_import_states(source))
    if delay is None:
        _notify_importer(job, source, jobs.import_url(url_name, job))
    return delay


def _notify_importer(job: Job, source: PeopleImport, page: str) -> None:
    if job.created_by is None:
        return
    kind = "import.pushed" if not job.failed else "import.pushed_in_part"
    args = {"file": source.filename, "done": job.done, "failed": job.failed}
    notify(kind, people=[job.created_by], key=f"job:{job.pk}", args=args, link=page)


def import_url(job: Job) -> str:
    """Return the page of a job's import."""
    return jobs.import_url(URL_NAME, job)


def progress_parts(job: Job, *, url_name: str = URL_NAME) -> list[runner.ProgressCount]:
    """Return the counts by state, each with a link to its rows."""
    page = jobs.import_url(url_name, job)
    return push_progress_parts(job, lambda state: f"{page}?show=push_{state}")
