"""Runs that read a service: a job reads page after page and makes an import, which it applies or lets wait.

A run reads what changed since the last one that was applied, with a day to spare for clocks that differ. Once
a week it reads everything, because only then it is known who is missing.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.imports.one_roster.service.client import (
    FAILURES,
    STEP_LIMIT_S,
    STEP_S,
    ServiceFailed,
    read_page,
    request_token,
)
from accounts.imports.one_roster.service.policy import may_apply_alone
from accounts.imports.one_roster.service.records import OPTIONAL, RESOURCES, roster_data
from accounts.imports.one_roster.uploads import store_roster
from accounts.models import PeopleImport, RosterConnection, RosterPage, User
from accounts.people.group_change_conflicts import GroupChangeRefused
from console.audit.trail import record
from console.concurrency import service, value_digest
from console.imports import services
from console.imports.import_type import ImportOutdated
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, ExternalCall, JobFailed, enqueue_job
from console.notifications.services import notify

FETCH_JOB = "roster.fetch"
#: Pages that a step reads with one token; records and pages of a run.
PAGES_PER_STEP, MAX_RECORDS, MAX_PAGES = 5, 500_000, 5_000
#: A service that ignores the length of a page: with so many records a step reads no further page.
MAX_RECORDS_PER_STEP = 10_000
FULL_EVERY, MARGIN = timedelta(days=7), timedelta(days=1)
#: Hour of the school's day at which nightly runs begin.
NIGHT_HOUR = 2
POLL = timedelta(seconds=2)
State = PeopleImport.State
NAMES = list(RESOURCES)


@service
def start_run(*, connection: RosterConnection, by: User | None, full: bool = False) -> Job:
    """Start to read a service, or return the run that goes on."""
    stored = RosterConnection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    going = Job.objects.filter(kind=FETCH_JOB, args__connection=stored.pk, state__in=("waiting", "running"))
    if job := going.first():
        return job
    now = timezone.now()
    _settle(stored)
    is_full = full or stored.full_at is None or now - stored.full_at >= FULL_EVERY
    since = None if is_full or stored.synced_at is None else stored.synced_at - MARGIN
    stored.pages.all().delete()
    stored.read_at = now
    stored.save(update_fields=["read_at", "synced_at", "full_at"])
    record("roster.read", stored, by=by, after={"complete": since is None})
    args = {
        "connection": stored.pk,
        "since": since.isoformat() if since else "",
        "began": now.isoformat(),
    }
    return enqueue_job(FETCH_JOB, enterprise=stored.enterprise, by=by, args=args, total=len(NAMES) + 1)


def _settle(connection: RosterConnection) -> None:
    """Take note that the import of the last run was applied: only then its changes need not be read again."""
    source = connection.newest
    if source is None or source.state != State.APPLIED:
        return
    began = datetime.fromisoformat(source.options["service"]["began"])
    connection.synced_at = began
    if source.options["service"]["full"]:
        connection.full_at = began


def start_nightly_runs() -> int:
    """Start the runs that are due tonight; return their number."""
    now, started = timezone.now(), 0
    for connection in RosterConnection.objects.filter(is_nightly=True).select_related("enterprise"):
        local = now.astimezone(connection.enterprise.tz)
        is_due = connection.read_at is None or now - connection.read_at > timedelta(hours=12)
        if local.hour == NIGHT_HOUR and is_due:
            start_run(connection=connection, by=None)
            started += 1
    return started


@dataclass
class _PagesRead:
    """Pages of a step, the position after them, and why the service could not be read, if it could not."""

    place: int
    offset: int
    pages: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    failure: str = ""

    @property
    def records(self) -> int:
        return sum(len(records) for _resource, records in self.pages)


def run_step(job: Job) -> ExternalCall | timedelta | None:
    """Read the next pages; then make the import, and wait for its check."""
    connection = _connection_of(job)
    if "import" in job.cursor:
        return _follow(job, connection)
    since = datetime.fromisoformat(job.args["since"]) if job.args["since"] else None
    start = _PagesRead(job.cursor.get("place", 0), job.cursor.get("offset", 0))
    return ExternalCall(partial(_read_pages, connection, start, since), _record_pages, STEP_LIMIT_S)


def _connection_of(job: Job) -> RosterConnection:
    connection = RosterConnection.objects.filter(pk=job.args["connection"]).first()
    if connection is None:
        raise JobFailed(gettext_noop("The settings of the OneRoster service were deleted."))
    return connection


def _read_pages(connection: RosterConnection, read: _PagesRead, since: datetime | None) -> _PagesRead:
    """Read some pages from a position on."""
    try:
        token = request_token(connection)
        until = time.monotonic() + STEP_S
        for number in range(PAGES_PER_STEP):
            is_late = number > 0 and time.monotonic() > until
            if is_late or read.place == len(NAMES) or read.records > MAX_RECORDS_PER_STEP:
                break
            _read_next_page(connection, token, read, since)
    except ServiceFailed as failure:
        read.failure = failure.code
    return read


def _read_next_page(
    connection: RosterConnection, token: str, read: _PagesRead, since: datetime | None
) -> None:
    resource = NAMES[read.place]
    try:
        page = read_page(connection, token, resource, read.offset, since)
    except ServiceFailed as failure:
        if resource not in OPTIONAL or failure.status not in (403, 404):
            raise
        read.place, read.offset = read.place + 1, 0
        return
    if read.offset == 0 or page.records:
        read.pages.append((resource, page.records))
    read.offset += len(page.records)
    if not page.records or (page.total is not None and read.offset >= page.total):
        read.place, read.offset = read.place + 1, 0


def _record_pages(job: Job, read: _PagesRead) -> timedelta | None:
    """Store the pages of a step, and make the import after the last ones."""
    connection = _connection_of(job)
    records = job.cursor.get("records", 0) + read.records
    pages = job.cursor.get("pages", 0) + len(read.pages)
    too_much = "size" if records > MAX_RECORDS else "pages" if pages > MAX_PAGES else ""
    if failure := read.failure or too_much:
        job.result, job.failed = {"failure": failure}, 1
        _end(connection, failure)
        if job.created_by is None:
            _tell_failure(job, connection)
        return None
    for resource, found in read.pages:
        RosterPage.objects.create(
            enterprise_id=connection.enterprise_id, connection=connection, resource=resource, records=found
        )
    job.cursor = {
        **job.cursor,
        "place": read.place,
        "offset": read.offset,
        "records": records,
        "pages": pages,
    }
    job.done = read.place
    return _make_import(job, connection) if read.place == len(NAMES) else IMMEDIATELY


def _make_import(job: Job, connection: RosterConnection) -> timedelta | None:
    pages = [(page.resource, page.records) for page in connection.pages.order_by("pk").iterator(1)]
    data = roster_data(connection.version, pages, is_full=not job.args["since"])
    connection.pages.all().delete()
    began = datetime.fromisoformat(job.args["began"])
    local = began.astimezone(connection.enterprise.tz)
    try:
        source = store_roster(
            data,
            connection.enterprise,
            by=connection.by,
            filename=f"OneRoster {local:%Y-%m-%d %H:%M}",
            digest=value_digest([[name, *found] for name, found in sorted(data.files.items())]),
        )
    except ValidationError as error:
        if error.code != "empty":
            raise JobFailed(" ".join(error.messages)) from None
        _end(connection, "", began)
        return None
    source.options = {
        **source.options,
        "service": {"began": job.args["began"], "full": not job.args["since"]},
    }
    source.save(update_fields=["options"])
    RosterConnection.objects.filter(pk=connection.pk).update(newest=source)
    services.start_check(ROSTER_IMPORT, source, by=connection.by)
    job.cursor = {"import": source.pk}
    return POLL


def _follow(job: Job, connection: RosterConnection) -> timedelta | None:
    """Wait for the check of the import; then apply it, or tell who set the service up that it waits."""
    source = PeopleImport.objects.filter(pk=job.cursor["import"]).first()
    if source is None:
        raise JobFailed(gettext_noop("This import no longer exists."))
    if source.state in (State.UPLOADED, State.CHECKING):
        return POLL
    job.done = job.total
    if source.state == State.CHECKED and ROSTER_IMPORT.preview_class(source, {}).has_no_changes:
        _end(connection, "", datetime.fromisoformat(job.args["began"]), is_full=not job.args["since"])
        return None
    _end(connection, "")
    if source.state == State.CHECKED:
        _apply_or_wait(source, connection)
    return None


def _apply_or_wait(source: PeopleImport, connection: RosterConnection) -> None:
    if may_apply_alone(source, connection.max_change):
        # Otherwise a person looks at the new preview, or at the conflicts.
        with suppress(ImportOutdated, GroupChangeRefused):
            services.start_apply(ROSTER_IMPORT, source, by=connection.by)
            return
    _tell(connection, source)


def _tell(connection: RosterConnection, source: PeopleImport) -> None:
    link = reverse(ROSTER_IMPORT.url_name, args=[source.pk])
    notify(
        "roster.waits",
        people=[connection.by],
        key=f"import:{source.pk}",
        args={"file": source.filename},
        link=link,
    )


def _tell_failure(job: Job, connection: RosterConnection) -> None:
    """Tell who set the service up that a nightly run failed; who presses the button sees it."""
    link = reverse("accounts:roster_service")
    notify("roster.failed", people=[connection.by], key=f"job:{job.pk}", args={}, link=link)


def _end(
    connection: RosterConnection, failure: str, began: datetime | None = None, *, is_full: bool = False
) -> None:
    """Store how a run ended. `began` is that of a run after which nothing is left to apply."""
    values: dict[str, Any] = {"failure": failure}
    if began is not None:
        values |= {"synced_at": began} | ({"full_at": began} if is_full else {})
    RosterConnection.objects.filter(pk=connection.pk).update(**values)
    if failure:
        connection.pages.all().delete()


def failure_text(code: str) -> str:
    """Return why a run failed, in words."""
    return str(FAILURES.get(code, code))
