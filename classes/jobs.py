"""Registration of the background jobs of lessons."""

from django.utils.translation import gettext_lazy as _

from classes.attendance.grades.sending import runs as grade_runs
from classes.attendance.reports.exports import runs as export_runs
from classes.recordings import copy_job
from classes.timetable.bulk import job as bulk_job
from classes.timetable.group_changes import job as group_job
from classes.timetable.imports import jobs as import_jobs
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from classes.timetable.roll_over import jobs as roll_over_jobs
from classes.timetable.roll_over.services import APPLY_JOB, UNDO_JOB
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
    copy_job.COPY_JOB_KIND, label=_("Copy recording"), page=copy_job.job_url, is_calling=True
)
recording_copy_job(copy_job.run_step)

scheduled_export_job = register_job_type(
    export_runs.EXPORT_JOB, label=_("Scheduled export"), page=export_runs.job_url, has_long_statements=True
)
scheduled_export_job(export_runs.run_step)

grade_sending_job = register_job_type(
    grade_runs.SEND_JOB,
    label=_("Send attendance grades to OneRoster"),
    page=grade_runs.job_url,
    is_calling=True,
)
grade_sending_job(grade_runs.run_step)

register_import_jobs(TIMETABLE_IMPORT)
timetable_push = register_job_type(
    import_jobs.PUSH,
    label=_("Send imported timetable to iclass"),
    page=import_jobs.job_url,
    parts=import_jobs.progress_parts,
)
timetable_push(import_jobs.run_step)
timetable_undo = register_job_type(
    import_jobs.UNDO,
    label=_("Undo timetable import"),
    page=import_jobs.job_url,
    has_long_statements=True,
)
timetable_undo(import_jobs.run_undo_step)

roll_over_apply = register_job_type(
    APPLY_JOB, label=_("End-of-year roll-over"), page=roll_over_jobs.job_url, has_long_statements=True
)
roll_over_apply(roll_over_jobs.run_apply_step)
roll_over_undo = register_job_type(
    UNDO_JOB,
    label=_("Undo end-of-year roll-over"),
    page=roll_over_jobs.job_url,
    has_long_statements=True,
)
roll_over_undo(roll_over_jobs.run_undo_step)
