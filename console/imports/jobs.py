"""Jobs that check and apply large imports."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from console.concurrency import lock_row
from console.imports import services
from console.imports.import_type import ImportOutdated, ImportType
from console.imports.models import FileImport
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, JobFailed, register_job_type


def register_import_jobs(import_type: ImportType) -> None:
    """Register the jobs of a type of import; apps do so at start."""
    page = partial(import_url, import_type.url_name)
    check, apply = partial(run_check, import_type), partial(run_apply, import_type)
    for name, label, step in (
        (import_type.check_job, import_type.check_job_label, check),
        (import_type.apply_job, import_type.apply_job_label, apply),
    ):
        register_job_type(name, label=label, page=page, has_long_statements=True)(step)


def run_check(import_type: ImportType, job: Job) -> timedelta | None:
    """Check the next rows."""
    source = lock_row(import_of_job(import_type.source_model, job))
    last = import_type.check_next_rows(source, job.cursor.get("after", 0))
    if not last:
        job.done = job.total
        return None
    job.cursor = {"after": last}
    job.done = source.lines.filter(number__lte=last).count()
    return IMMEDIATELY


def run_apply(import_type: ImportType, job: Job) -> timedelta | None:
    """Apply the whole import in one step, or nothing."""
    source = import_of_job(import_type.source_model, job)
    reason = getattr(source, import_type.reason_field)
    try:
        services.apply_import(import_type, source=source, by=job.created_by, reason=reason)
    except ImportOutdated:
        job.result = {"changed_since": True}
    except import_type.conflict_errors:
        services.mark_checked(source)
        job.result = {"changed_since": True}
    job.done = job.total
    return None


def import_url(url_name: str, job: Job) -> str:
    """Return the page of a job's import."""
    return reverse(url_name, args=[job.args["import"]])


def import_of_job(model: type[FileImport], job: Job) -> Any:
    """Return the import of a job. Raise JobFailed if it is gone."""
    source = model._default_manager.filter(pk=job.args["import"]).first()
    if source is None:
        raise JobFailed(gettext_noop("This import no longer exists."))
    return source
