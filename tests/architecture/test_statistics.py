"""Nothing reads far more rows than it shows, whatever PostgreSQL believes of the size of its tables.

Between an import and the next ANALYZE it may believe that a full table is empty, and join by nested loops. In
a school with thousands of rows all lists, reports and files of pages, REST and the Django admin are asked
once, by Alice, an operator or a guardian, and each periodic task and each kind of background job runs: with
empty and with true statistics. A statement may read MOST times the rows that the answer shows, or that the
task or job handles or writes, and FEW in any case; EXCEPTIONS names what reads more, and why.

`make faults` asks all of it. The usual run leaves out the EXCEPTIONS, and asks with empty statistics one of
LISTS_STEP of what names no row and one of ROWS_STEP of the rest, and with true ones one of TRUE_STEP of
these.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, GuardianAccount, StudentGroup, User
from classes.attendance.calculation.types import FACTS_VERSION
from classes.models import Attendance, Course, Lesson, Observation, Stay, ThresholdRule
from console.celery import app
from console.jobs import runner
from console.jobs.models import Job
from console.policy import may
from tests.architecture.crowded_school import build_crowded_school
from tests.architecture.job_scenarios import FAILING, SCENARIOS
from tests.architecture.rows_shown import rows_shown
from tests.faults.goals import goal
from tests.faults.sizes import FULL_TIMEOUT_S, size
from tests.security.addresses import ADDRESSES
from tests.security.sample_school import SampleSchool
from tests.support.database import FILLED, KEPT
from tests.support.guardians import guardian_in
from tests.support.page_client import client_for
from tests.support.rows_read import (
    collect_rows_written,
    pretend_empty,
    rows_of_statements,
    take_statistics,
)

LESSONS, TEACHERS, GROUPS = 100, 10, 5
#: One of so many acts is asked in the usual run: of lists and tasks, of those about a row and of jobs, and of
#: all of them with true statistics.
LISTS_STEP, ROWS_STEP, TRUE_STEP = 4, 12, 8
#: Rows that a statement may read for each that is shown, and in any case.
MOST, FEW = 20, 2_000
PAGE = "joins the rows of one page by keys: without nested loops it would read whole tables, for ever"
ROW = "rows of one lesson, group or person, by keys: without nested loops each would read whole tables"
SMALL = "rows by keys from a table of fewer than eight pages; a larger one is read by its index"
PERIOD = "one school's lessons of a period: without nested loops it would read those of every school"
QUEUE = "takes single rows from a table that keeps those of years: without nested loops it would read it all"
IN_ORDER = "reads the table once, from end to end, instead of the due rows by an index"
FILE = "compares each row of one file with each person of that file: a million pairs for a file of a thousand"
HISTORY = "collects all that is kept about one person, of which a copy has up to 50,000 rows a table"
COUNT = "counts all rows of the school: the Django admin shows how many pages there are"
CHOICES = "offers all groups and people of the school to choose from, which are no rows of a table"
WAITING = "counts what waits in all of the school, and shows the numbers alone"
ALL_ROWS = "looks at each student, group or mark of the school, and shows or writes what came of it"
CATALOGUE = "reads PostgreSQL's own tables, whose statistics are true"
OF_A_ROW = (
    "/lessons/1/", "/lessons/1/attendance/", "/lessons/1/attendance.csv", "/lessons/1/attendance.json",
    "/lessons/1/attendance.xlsx", "/attendance/1/", "/attendance/1/correct/", "/attendance/1/credit/",
    "/courses/1/edit/", "/groups/1/edit/", "/guardian/1/attendance/", "/guardian/1/leave/",
    "/people/1/", "/people/1/attendance/", "/people/1/attendance.csv",
    "/people/1/attendance.xlsx", "/people/erasures/1/",
    "/reports/grades/1/fix/", "/reports/matrix/students/1/", "/subjects/1/", "/timetable/cover/1/",
    "/warnings/1/", "/year/roll-over/1/", "/api/v1/absences/1/lessons/", "/api/v1/attendance/1/",
    "/api/v1/courses/1/attendance/", "/api/v1/courses/1/grades/", "/api/v1/groups/1/",
    "/api/v1/lessons/1/attendance/",
    "/api/v1/lessons/1/attendance.csv", "/api/v1/lessons/1/attendance.xlsx", "/api/v1/lessons/1/make-up/",
    "/api/v1/users/dina/attendance/", "/api/v1/warnings/1/",
)  # fmt: skip
REPORTS = ("school", "usage", "teachers", "matrix", "grades")
#: What may read more, and why. With empty statistics that is until the first ANALYZE, which autovacuum
#: does within minutes.
EXCEPTIONS = {
    "/": WAITING,
    "/menu-counts/": WAITING,
    "/today/later/": WAITING,
    "/api/v1/operations/standing/": WAITING,
    "/readyz": CATALOGUE,
    "/reports/school/groups/": PERIOD,
    **{f"/reports/{name}{suffix}": PERIOD for name in REPORTS for suffix in ("/", ".csv", ".xlsx")},
    **dict.fromkeys(("/alarms/", "/courses/", "/grades/", "/groups/", "/leave/", "/people/"), PAGE),
    **dict.fromkeys(("/admin/classes/lesson/", "/sync/sent/"), PAGE),
    **dict.fromkeys(("/people/export/", "/groups/export/"), SMALL),
    **{
        f"/api/v1/{name}/": PAGE
        for name in (
            *("attendance", "charges", "grades", "groups", "leave", "lessons", "recordings", "warnings"),
        )
    },
    **{
        f"/admin/classes/{name}/": COUNT
        for name in ("alarm", "attendance", "leave", "member", "observation", "recording", "stay")
    },
    "/lessons/new/": CHOICES,
    "/courses/new/": CHOICES,
    **dict.fromkeys(OF_A_ROW, ROW),
    "classes.tasks.check_readiness": ROW,
    "classes.tasks.evaluate_thresholds": ALL_ROWS,
    "classes.tasks.send_lesson_notifications": ROW,
    "console.mirror.tasks.poll": ROW,
    "console.outbox.tasks.relay": QUEUE,
    "console.policy.tasks.delete_expired_rest_records": IN_ORDER,
    **{
        f"job {name}.{step}": FILE for name in ("people", "roster", "timetable") for step in ("apply", "push")
    },
    **dict.fromkeys(("job roster.check", "job timetable.check"), FILE),
    "job people.check": SMALL,
    "job people.export": ROW,
    "job exports.run": PERIOD,
    "job people.bulk": ROW,
    "job person.subject_access": HISTORY,
    "job roll_over.apply": ALL_ROWS,
    "job demo.history": ROW,
}


@pytest.fixture
def new_tables(db: None) -> None:
    """Tables without the pages of earlier tests, which plans count."""
    with connection.cursor() as cursor:
        cursor.execute(FILLED, [sorted(set(table_names()) - KEPT)])
        if filled := cursor.fetchall():
            cursor.execute(f"TRUNCATE {', '.join(name for name, _ in filled)} CASCADE")


@pytest.fixture
def world(new_tables: None, school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    world = build_crowded_school(school, other_school, olga, many=LESSONS, teachers=TEACHERS)
    lessons = list(Lesson.objects.filter(enterprise=school, topic__startswith="History"))
    groups = list(StudentGroup.objects.filter(enterprise=school, name__startswith="Year")[:GROUPS])
    courses = list(Course.objects.filter(enterprise=school).order_by("pk")[:GROUPS])
    for n, lesson in enumerate(lessons):
        lesson.course = courses[n % GROUPS]
    Lesson.objects.bulk_update(lessons, ["course"])
    through = Lesson.groups.through
    through.objects.bulk_create(
        through(lesson_id=lesson.pk, studentgroup_id=groups[n % GROUPS].pk)
        for n, lesson in enumerate(lessons)
    )
    marks = list(Attendance.objects.filter(lesson__in=lessons).select_related("lesson"))
    Stay.objects.bulk_create(
        Stay(lesson_id=one.lesson_id, user_id=one.user_id, entered_at=one.lesson.starts_at) for one in marks
    )
    Observation.objects.bulk_create(
        Observation(lesson_id=one.lesson_id, user_id=one.user_id, source="poll") for one in marks
    )
    # Registers of former versions are calculated anew, 20 of them.
    Lesson.objects.filter(pk__in=[one.pk for one in lessons[20:]]).update(facts_version=FACTS_VERSION)
    ThresholdRule.objects.update(checked_on=timezone.localdate() - timedelta(days=2))
    world.rows.update(lesson=lessons[-1], course=courses[0], group=groups[0])
    return world


class Act(NamedTuple):
    """Something that is asked. `run` returns the number of rows that it shows; `prepare` is not measured."""

    run: Callable[[], int]
    prepare: Callable[[], object] | None = None


class Excess(NamedTuple):
    """A statement that reads too much: rows read, rows that it may read, and its text."""

    read: int
    may_read: int
    sql: str


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(size(full=FULL_TIMEOUT_S, ci=120))
def test_no_statement_reads_far_more_rows_than_are_shown(world: SampleSchool) -> None:
    lists = requests(world, of_a_row=False) | periodic_tasks()
    rows = requests(world, of_a_row=True) | background_jobs(world)
    assert {**lists, **rows}.keys() >= EXCEPTIONS.keys()
    acts = every(size(full=1, ci=LISTS_STEP), lists) | every(size(full=1, ci=ROWS_STEP), rows)
    tables, statements = table_names(), set[str]()
    found = find_excesses(acts, partial(pretend_empty, tables), statements)
    again = every(size(full=1, ci=TRUE_STEP), acts)
    found |= find_excesses(again, partial(take_statistics, tables), statements)
    figures = {"acts": len(acts), "again": len(again), "queries": len(statements)}
    goal("statistics", **figures, exceptions=len(EXCEPTIONS))
    unexpected = [f"{name}: {excess}" for name, excess in found.items() if name not in EXCEPTIONS]
    assert unexpected == [], "\n".join(unexpected)


def test_every_kind_of_background_job_is_asked() -> None:
    kinds = {name for name in runner._job_types if not name.startswith("tests.")}
    assert SCENARIOS.keys() == kinds


def table_names() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def every(step: int, acts: dict[str, Act]) -> dict[str, Act]:
    """Return one of `step` acts; where these are not all of them, of those that may not read more."""
    asked = acts if step == 1 else {name: acts[name] for name in acts if name not in EXCEPTIONS}
    return dict(list(asked.items())[::step])


def requests(world: SampleSchool, *, of_a_row: bool) -> dict[str, Act]:
    """A request for each address that answers GET, by its path with 1 for each row.

    Of the Django admin the lists: its other pages show one row.
    """
    alice, olga = (world.people[who] for who in ("admin", "operator"))
    guardian = guardian_in(Client(), GuardianAccount.objects.get())
    clients = {True: client_for(alice), False: client_for(olga)}
    found: dict[str, Act] = {}
    for address in ADDRESSES:
        expected = address.expected("GET")
        in_admin = address.route.startswith("/admin/")
        if expected is None or not address.knows("GET") or bool(expected.subject) is not of_a_row:
            continue
        if in_admin and not address.name.endswith("_changelist"):
            continue
        reader = clients[not in_admin or may(alice, "list", expected.resource)]
        path = address.path(world)
        act = partial(get, guardian if expected.who == "guardian" else reader, path)
        found[re.sub(r"/\d+", "/1", path)] = Act(act)
    return found


def get(client: Client, path: str) -> int:
    response = client.get(path)
    shown = rows_shown(response)
    assert response.status_code < 500 or path == "/readyz", path
    assert response.status_code == 200 or not path.startswith("/admin/"), path
    return shown


def periodic_tasks() -> dict[str, Act]:
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    return {name: Act(partial(run_task, name)) for name in sorted(names | set(settings.CELERY_TASK_ROUTES))}


def run_task(name: str) -> int:
    app.tasks[name]()
    return 0


def background_jobs(world: SampleSchool) -> dict[str, Act]:
    return {
        f"job {kind}": Act(partial(run_jobs, kind), partial(prepare_job, kind, world)) for kind in SCENARIOS
    }


def prepare_job(kind: str, world: SampleSchool) -> None:
    """Prepare a job of this kind, and leave no other to do."""
    Job.objects.update(state=Job.State.STOPPED)
    SCENARIOS[kind](world)
    Job.objects.exclude(kind=kind).update(state=Job.State.STOPPED)


def run_jobs(kind: str) -> int:
    """Run the jobs of a kind; return the number of items that they say they handle."""
    runner.run_due_jobs()
    jobs = list(Job.objects.filter(kind=kind).exclude(state=Job.State.STOPPED))
    for job in jobs:
        assert not job.attempts, f"A step of {kind} failed."
        assert (job.state == Job.State.FAILED) <= (kind in FAILING), job.reason
    return sum(job.total for job in jobs)


def find_excesses(
    acts: dict[str, Act], believe: Callable[[], None], statements: set[str]
) -> dict[str, Excess]:
    """Return the worst excess of each act that has one; add the text of all statements to `statements`."""
    believe()
    found = {}
    for name, act in acts.items():
        read, shown = measure(act, believe)
        statements.update(read)
        sql, most = max(read.items(), key=lambda one: one[1], default=("", 0))
        if most > (may_read := max(MOST * shown, FEW)):
            found[name] = Excess(most, may_read, sql)
    return found


def measure(act: Act, believe: Callable[[], None]) -> tuple[dict[str, int], int]:
    """Return the most rows that each statement of an act reads at a time, and the rows that it shows.

    These are those of the answer or of the job, or those that are written, whichever are more. The act is
    undone.
    """
    before = transaction.savepoint()
    try:
        if act.prepare:
            act.prepare()
            believe()
        shown: list[int] = []
        with collect_rows_written() as written:
            read = rows_of_statements(lambda: shown.append(act.run()))
        return {sql: max(rows) for sql, rows in read.items()}, max(*shown, sum(written))
    finally:
        transaction.savepoint_rollback(before)
