"""What pages say about sending a revision: whether it can be sent, the job, and who was not sent and why."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.attendance.grades.sending.plan import GONE, NO_CLASS, NO_ID, PlannedGrade
from classes.attendance.grades.sending.runs import connection_for, last_job_of, newest_number
from classes.models import GradeRevision
from console.jobs.models import Job
from console.jobs.views import JobProgress

NOT_FOUND = "404"


class SendingState(NamedTuple):
    """Of a revision: its newest job, and the names of who was not sent with the reasons."""

    has_service: bool
    may_start: bool
    line: JobProgress | None
    unsent: list[tuple[str, str]]
    gone: str


def sending_state(revision: GradeRevision) -> SendingState:
    job = last_job_of(revision)
    has_service = connection_for(revision) is not None
    return SendingState(
        has_service=has_service,
        may_start=has_service
        and newest_number(revision) == revision.number
        and not (job is not None and job.is_open),
        line=JobProgress(job) if job else None,
        unsent=_unsent(job) if job else [],
        gone=gone_sentence(job.result.get(GONE, 0)) if job else "",
    )


def reason_text(reason: str) -> str:
    """Return why a student is not sent, or why the service refuses the grade: a status, such as "422"."""
    if reason == NO_ID:
        return _("no OneRoster ID: this person did not come from your student information system")
    if reason == NO_CLASS:
        return _("in no group of this course that has a OneRoster ID")
    if reason == GONE:
        return _("no longer in your school")
    if reason == NOT_FOUND:
        return _("the service does not know this student")
    return _("the service refuses this grade (answer %(status)s)") % {"status": reason}


def planned_reasons(planned: Iterable[PlannedGrade]) -> list[tuple[str, str]]:
    """Return the names of the students that cannot be sent, with the reasons."""
    return [(one.nickname, reason_text(one.reason)) for one in planned if one.reason]


def gone_sentence(number: int) -> str:
    if not number:
        return ""
    text = ngettext(
        "%(n)d student of this revision is no longer in your school.",
        "%(n)d students of this revision are no longer in your school.",
        number,
    )
    return text % {"n": number}


def _unsent(job: Job) -> list[tuple[str, str]]:
    rows = {int(person): reason for person, reason in job.result.get("rows", {}).items()}
    people = User.objects.filter(enterprise=job.enterprise_id, pk__in=rows).order_by("nickname", "pk")
    return [(name, reason_text(rows[pk])) for pk, name in people.values_list("pk", "nickname")]
