"""Registration of the background jobs of lessons."""

from django.utils.translation import gettext_lazy as _

from classes.recordings import copy_job
from classes.timetable.bulk import job as bulk_job
from classes.timetable.group_changes import job as group_job
from classes.timetable.imports import jobs as import_jobs
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.imports.jobs import register_import_jobs
from console.jobs.runner import register_job_type

group_change_job = register_job_type(
    group_job.GROUP_JOB_KIND,
    label=_("Send a group's lessons to iclass"),
    page=group_job.job_url,
    parts=group_job.progress_parts,
)
group_change_job(group_job.run_step)

bulk_change_job = register_job_type(
    bulk_job.BULK_JOB_KIND,
    label=_("Send changed lessons to iclass"),
    page=bulk_job.job_url,
    parts=bulk_job.progress_parts,
)
bulk_change_job(bulk_job.run_step)

recording_copy_job = register_job_type(
    copy_job.COPY_JOB_KIND, label=_("Copy recording"), page=copy_job.job_url
)
recording_copy_job(copy_job.run_step)

register_import_jobs(TIMETABLE_IMPORT)
timetable_push = register_job_type(
    import_jobs.PUSH,
    label=_("Send imported timetable to iclass"),
    page=import_jobs.job_url,
    parts=import_jobs.progress_parts,
)
timetable_push(import_jobs.run_step)
timetable_undo = register_job_type(
    import_jobs.UNDO, label=_("Undo timetable import"), page=import_jobs.job_url
)
timetable_undo(import_jobs.run_undo_step)
