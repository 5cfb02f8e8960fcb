"""Lists, reports and tasks read about as many rows where PostgreSQL believes that all tables are empty.

Between an import and the next ANALYZE it may believe so of a full table, and join by nested loops. Each
address of pages and REST that answers GET is asked once, by Alice or a guardian; each periodic task runs.
Of the addresses that name a row `make faults` asks all, with a row that has much, and the usual run a few.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, GuardianAccount, StudentGroup, User
from classes.attendance.calculation.types import FACTS_VERSION
from classes.models import Attendance, Course, Lesson, Observation, Stay, ThresholdRule
from console.celery import app
from tests.architecture.crowded_school import build_crowded_school
from tests.faults.sizes import size
from tests.security.addresses import ADDRESSES
from tests.security.sample_school import SampleSchool
from tests.support.database import FILLED, KEPT
from tests.support.guardians import guardian_in
from tests.support.page_client import client_for
from tests.support.rows_read import pretend_empty, rows_of_statements, take_statistics

LESSONS, TEACHERS, GROUPS = 100, 10, 5
#: One of so many addresses of a row is asked in the usual run.
ROWS_STEP = 6
#: A statement may read so many times the rows that it reads with true statistics, and any number below FEW.
MOST, FEW = 20, 2_000
ONE_PAGE = "joins the rows of one page by keys: without nested loops it would read whole tables, for ever"
ONE_ROW = "rows of one lesson, group or person, by keys: without nested loops each would read whole tables"
SMALL = "a count by group from a table of fewer than eight pages; a larger one is read by its index"
PERIOD = (
    "one school's lessons of a period among all: without nested loops it would read those of every school"
)
QUEUE = "takes single rows from a table that keeps those of years: without nested loops it would read it all"
IN_ORDER = "reads the table once, from end to end, instead of the due rows by an index"
OF_A_ROW = (
    "/lessons/1/", "/courses/1/edit/", "/timetable/cover/1/", "/year/roll-over/1/", "/groups/1/edit/",
    "/people/1/", "/people/1/attendance/", "/people/1/attendance.csv", "/people/1/attendance.xlsx",
    "/reports/matrix/students/1/", "/attendance/1/", "/attendance/1/correct/", "/attendance/1/credit/",
    "/guardian/1/attendance/", "/guardian/1/leave/", "/api/v1/groups/1/", "/api/v1/attendance/1/",
    "/api/v1/absences/1/lessons/", "/api/v1/courses/1/attendance/", "/api/v1/lessons/1/make-up/",
)  # fmt: skip
#: What may read more, with the reason: until the first ANALYZE, which autovacuum does within minutes.
EXCEPTIONS = {
    "/": PERIOD,
    "/reports/school/groups/": PERIOD,
    **{
        f"/reports/{name}{suffix}": PERIOD
        for name in ("school", "usage")
        for suffix in ("/", ".csv", ".xlsx")
    },
    "/people/": ONE_PAGE,
    "/alarms/": ONE_PAGE,
    "/leave/": ONE_PAGE,
    "/api/v1/leave/": ONE_PAGE,
    "/api/v1/lessons/": ONE_PAGE,
    "/api/v1/groups/": ONE_PAGE,
    "/api/v1/charges/": ONE_PAGE,
    "/api/v1/attendance/": ONE_PAGE,
    "/groups/": SMALL,
    "/people/export/": SMALL,
    "/groups/export/": SMALL,
    "/lessons/new/": SMALL,
    "/courses/new/": SMALL,
    **dict.fromkeys(OF_A_ROW, ONE_ROW),
    "console.outbox.tasks.relay": QUEUE,
    "console.mirror.tasks.poll": ONE_ROW,
    "classes.tasks.evaluate_thresholds": ONE_ROW,
    "classes.tasks.check_readiness": ONE_ROW,
    "classes.tasks.send_lesson_notifications": ONE_ROW,
    "console.policy.tasks.delete_expired_rest_records": IN_ORDER,
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


@pytest.mark.faults
@pytest.mark.slow
def test_no_statement_reads_far_more_where_all_tables_look_empty(world: SampleSchool) -> None:
    rows = requests(world, of_a_row=True)
    acts = requests(world, of_a_row=False) | dict(periodic_tasks())
    assert acts.keys() | rows.keys() >= EXCEPTIONS.keys()
    acts |= dict(list(rows.items())[:: size(full=1, ci=ROWS_STEP)])
    tables = table_names()
    pretend_empty(tables)
    empty = {name: undone(act) for name, act in acts.items()}
    take_statistics(tables)
    found = {
        name: worse
        for name, rows in empty.items()
        if name not in EXCEPTIONS
        and max(rows.values(), default=0) >= FEW
        and (worse := far_more(rows, undone(acts[name])))
    }
    assert len(acts) > 200
    assert found == {}


def table_names() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def requests(world: SampleSchool, *, of_a_row: bool) -> dict[str, Callable[[], object]]:
    """A request for each address of pages and REST that answers GET, by its path with 1 for each row."""
    alice = client_for(world.people["admin"])
    guardian = guardian_in(Client(), GuardianAccount.objects.get())
    found: dict[str, Callable[[], object]] = {}
    for address in ADDRESSES:
        expected = address.expected("GET")
        if expected is None or address.route.startswith("/admin/") or not address.knows("GET"):
            continue
        if bool(expected.subject) is of_a_row:
            path = address.path(world)
            reader = guardian if expected.who == "guardian" else alice
            found[re.sub(r"/\d+", "/1", path)] = partial(get, reader, path)
    return found


def get(client: Client, path: str) -> None:
    response = client.get(path)
    if response.streaming:
        list(response.streaming_content)
    assert response.status_code < 500 or path == "/readyz", path


def periodic_tasks() -> Iterator[tuple[str, Callable[[], object]]]:
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for name in sorted(names | set(settings.CELERY_TASK_ROUTES)):
        yield name, app.tasks[name]


def undone(act: Callable[[], object]) -> dict[str, int]:
    """Return the most rows that each statement of an act reads at a time, and undo the act."""
    before = transaction.savepoint()
    try:
        return {sql: max(rows) for sql, rows in rows_of_statements(act).items()}
    finally:
        transaction.savepoint_rollback(before)


def far_more(empty: dict[str, int], known: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return the statements that read far more rows in `empty`, with both numbers."""
    return {
        sql: (known.get(sql, 0), rows)
        for sql, rows in empty.items()
        if rows >= FEW and rows > MOST * known.get(sql, 0)
    }
