"""Registration of the jobs that compare, apply and push OneRoster imports."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.imports import push_job
from accounts.imports.one_roster.import_type import ROSTER_IMPORT, ROSTER_PUSH_JOB
from accounts.imports.one_roster.service import runs
from console.imports.jobs import import_url, register_import_jobs
from console.jobs.runner import register_job_type

register_import_jobs(ROSTER_IMPORT)

register_job_type(
    ROSTER_PUSH_JOB,
    label=_("Send people of a OneRoster import to iclass"),
    page=partial(import_url, ROSTER_IMPORT.url_name),
    parts=partial(push_job.progress_parts, url_name=ROSTER_IMPORT.url_name),
)(partial(push_job.run_step, url_name=ROSTER_IMPORT.url_name))

register_job_type(
    runs.FETCH_JOB,
    label=_("Read a OneRoster service"),
    page=lambda job: reverse("accounts:roster_service"),
    is_calling=True,
)(runs.run_step)
