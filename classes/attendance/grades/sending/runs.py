"""Send a revision to the OneRoster service: a job that puts the line items, then a result for each student.

A request without an answer is sent again with the same sourcedIds, so that nothing is doubled. What the
service refuses, and who cannot be sent, stays in `job.result["rows"]`: the reason by the key of the person,
which is one of plan.py or the status of the answer.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.imports.one_roster.service.client import (
    FAILURES,
    MAX_SECONDS,
    STEP_LIMIT_S,
    STEP_S,
    ServiceFailed,
)
from accounts.imports.one_roster.service.gradebook import (
    RecordRefused,
    is_passing,
    put_record,
    read_class,
    request_gradebook_token,
)
from accounts.models import RosterConnection, User
from classes.attendance.grades.sending.plan import GONE, PlannedGrade, plan_grades, term_id_of
from classes.attendance.grades.sending.records import Gradebook
from classes.models import GradeRevision
from console.audit.trail import record
from console.call_limits import limit_calls
from console.concurrency import lock_row, service
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, ExternalCall, JobFailed, enqueue_job

SEND_JOB = "grades.send"
RESULTS_PER_STEP = 10
#: Seconds for the line items of a course: all of them, or the step is tried again.
LINE_ITEMS_S = 120
#: Requests in a row without an answer, and the pause after each.
MAX_TRIES, PAUSE = 6, timedelta(seconds=20)
SILENT = gettext_noop("The service does not answer. What was sent is kept. Send the grades again later.")
OPEN = (Job.State.WAITING, Job.State.RUNNING)


def connection_for(revision: GradeRevision) -> RosterConnection | None:
    return RosterConnection.objects.filter(enterprise=revision.enterprise_id).first()


def newest_number(revision: GradeRevision) -> int:
    """Return the number of the newest revision of the same course and days."""
    rows = GradeRevision.objects.filter(course=revision.course_id, since=revision.since, until=revision.until)
    return rows.order_by("-number").values_list("number", flat=True)[0]


def last_job_of(revision: GradeRevision) -> Job | None:
    jobs = Job.objects.filter(enterprise=revision.enterprise_id, kind=SEND_JOB, args__revision=revision.pk)
    return jobs.order_by("-id").first()


@service
def start_sending(*, revision: GradeRevision, by: User) -> Job:
    """Start to send a revision, or return the job that already does.

    ValidationError without a service, for a revision that is not the newest, while another revision of the
    course is being sent, or if no student can be sent.
    """
    course = lock_row(revision.course)
    if connection_for(revision) is None:
        raise ValidationError(_("Your school has no OneRoster service. Set it up first."))
    if (newest := newest_number(revision)) != revision.number:
        raise ValidationError(_("Revision %(number)d is newer. Send that one.") % {"number": newest})
    open_jobs = Job.objects.filter(
        enterprise=revision.enterprise_id, kind=SEND_JOB, args__course=course.pk, state__in=OPEN
    )
    if job := open_jobs.first():
        if job.args["revision"] != revision.pk:
            raise ValidationError(_("Another revision of this course is being sent. Wait until it is done."))
        return job
    planned = plan_grades(revision)
    if not any(not one.reason for one in planned):
        raise ValidationError(_("No student of this revision can be sent."))
    after = {"term": revision.term_name, "revision": revision.number, "students": len(planned)}
    record("grades.send", course, by=by, after=after)
    args = {"revision": revision.pk, "course": course.pk}
    return enqueue_job(SEND_JOB, enterprise=revision.enterprise, by=by, args=args, total=len(planned))


def job_url(job: Job) -> str:
    return reverse("classes:grade_revision", args=[job.args["revision"]])


class _Sent(NamedTuple):
    """What came of some students: each with the reason why not, empty if sent; and what ended the sending."""

    results: list[tuple[PlannedGrade, str]]
    failure: ServiceFailed | None = None


def run_step(job: Job) -> ExternalCall:
    """Put the line items, or the next results. Raise JobFailed where trying again is of no use."""
    revision = GradeRevision.objects.select_related("course__enterprise").get(pk=job.args["revision"])
    connection = connection_for(revision)
    if connection is None:
        raise JobFailed(gettext_noop("The settings of the OneRoster service were deleted."))
    place = job.cursor.get("place", -1)
    planned = plan_grades(revision)
    gradebook = Gradebook(connection, revision, term_id_of(revision))
    if place < 0:
        classes = sorted({one.class_id for one in planned if not one.reason})
        return ExternalCall(
            partial(_put_line_items, gradebook, classes), _record_line_items, LINE_ITEMS_S + MAX_SECONDS
        )
    batch = planned[place : place + RESULTS_PER_STEP]
    return ExternalCall(
        partial(_put_results, gradebook, batch),
        partial(_record_results, revision, len(planned)),
        STEP_LIMIT_S,
    )


def _put_line_items(gradebook: Gradebook, classes: Sequence[str]) -> ServiceFailed | None:
    """Put the category and a line item for each class; return what was in the way."""
    connection = gradebook.connection
    try:
        with limit_calls(LINE_ITEMS_S):
            token = request_gradebook_token(connection)
            put_record(connection, token, "categories", gradebook.category())
            for class_id in classes:
                found = read_class(connection, token, class_id)
                put_record(connection, token, "lineItems", gradebook.line_item(class_id, found))
    except RecordRefused as refusal:
        return ServiceFailed("line_item", refusal.status)
    except ServiceFailed as failure:
        return failure
    return None


def _record_line_items(job: Job, failure: ServiceFailed | None) -> timedelta:
    if failure:
        return _try_again(job, failure, has_moved=False)
    job.cursor = {"place": 0}
    return IMMEDIATELY


def _put_results(gradebook: Gradebook, batch: Sequence[PlannedGrade]) -> _Sent:
    """Put the results of these students, until the service fails or STEP_S is over."""
    sent = _Sent([])
    try:
        token = request_gradebook_token(gradebook.connection)
        until = time.monotonic() + STEP_S
        for one in batch:
            if sent.results and time.monotonic() > until:
                break
            sent.results.append((one, one.reason or _put_result(gradebook, token, one)))
    except ServiceFailed as failure:
        return sent._replace(failure=failure)
    return sent


def _put_result(gradebook: Gradebook, token: str, one: PlannedGrade) -> str:
    """Put a result; return the status of a refusal, or an empty string."""
    try:
        put_record(gradebook.connection, token, "results", gradebook.result(one))
    except RecordRefused as refusal:
        return str(refusal.status)
    return ""


def _record_results(revision: GradeRevision, number: int, job: Job, sent: _Sent) -> timedelta | None:
    """Count what was sent of `number` students, and note why others were not."""
    for one, reason in sent.results:
        _count(job, one, reason)
    if sent.results:
        job.cursor = {"place": job.cursor["place"] + len(sent.results)}
    if sent.failure:
        return _try_again(job, sent.failure, has_moved=bool(sent.results))
    if job.cursor["place"] < number:
        return IMMEDIATELY
    _record_end(job, revision)
    return None


def _count(job: Job, one: PlannedGrade, reason: str) -> None:
    if not reason:
        job.done += 1
        return
    job.failed += 1
    if reason == GONE:
        job.result = {**job.result, GONE: job.result.get(GONE, 0) + 1}
    else:
        job.result = {**job.result, "rows": {**job.result.get("rows", {}), str(one.person): reason}}


def _try_again(job: Job, failure: ServiceFailed, *, has_moved: bool) -> timedelta:
    """Pause before the same request, or fail with the reason. What was sent in this step is kept."""
    tries = 0 if has_moved else job.cursor.get("tries", 0) + 1
    if not has_moved and (tries >= MAX_TRIES or not is_passing(failure)):
        with translation.override("en"):  # the msgid, which the page translates
            raise JobFailed(SILENT if failure.code == "silent" else str(FAILURES[failure.code]))
    job.cursor = {**job.cursor, "tries": tries}
    return PAUSE


def _record_end(job: Job, revision: GradeRevision) -> None:
    after = {
        "term": revision.term_name,
        "revision": revision.number,
        "succeeded": job.done,
        "refused": job.failed,
    }
    record("grades.sent", revision.course, by=job.created_by, after=after)
