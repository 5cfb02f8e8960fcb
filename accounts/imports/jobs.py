"""Registration of the jobs that compare, apply and push imports, and that export people."""

from django.utils.translation import gettext_lazy as _

from accounts.imports import export_job, push_job
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.people.export_storage import export_url
from console.imports.jobs import register_import_jobs
from console.jobs.runner import register_job_type

register_import_jobs(PEOPLE_IMPORT)

register_job_type(
    push_job.PUSH_JOB,
    label=_("Send imported people to iclass"),
    page=push_job.import_url,
    parts=push_job.progress_parts,
)(push_job.run_step)

register_job_type(
    export_job.EXPORT_JOB, label=_("Export people to a file"), page=export_url, has_long_statements=True
)(export_job.run_step)
