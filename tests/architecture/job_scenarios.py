"""A job of every kind for the crowded school: a function each that prepares it, up to its next step.

A new kind of job gets a line in `SCENARIOS`, or `test_statistics.py` fails.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.utils import timezone

from accounts.bulk.job import BULK_JOB, start_job
from accounts.imports.columns import ImportOptions
from accounts.imports.export_job import EXPORT_JOB as PEOPLE_EXPORT_JOB
from accounts.imports.export_job import start_export
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.imports.one_roster.service.runs import FETCH_JOB, start_run
from accounts.models import Role, SourcedId, User
from accounts.people.subject_access.services import SUBJECT_ACCESS_JOB, request_copy
from classes.attendance.calculation.types import FACTS_VERSION
from classes.attendance.grades.sending.runs import SEND_JOB
from classes.attendance.reports.exports.runs import EXPORT_JOB
from classes.attendance.reports.exports.services import create_schedule, run_now
from classes.attendance.reports.exports.tables import EXPORT_TYPES
from classes.demo.history import HISTORY_JOB_KIND
from classes.models import Course, GradeRevision, Lesson, RollOver, Term
from classes.models.export_schedule import ExportKind
from classes.recordings.copy_job import COPY_JOB_KIND, start_copy
from classes.timetable.bulk.job import BULK_JOB_KIND, start_bulk_job
from classes.timetable.group_changes.job import GROUP_JOB_KIND, SentLesson, start_group_job
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from classes.timetable.roll_over.plan import build_preview
from classes.timetable.roll_over.services import APPLY_JOB, UNDO_JOB, apply_roll_over, job_args
from console.imports import services, uploads
from console.imports.import_type import ImportType
from console.jobs import runner
from console.outbox.models import Operation
from tests.accounts.imports.conftest import HEAD, csv_file
from tests.accounts.imports.one_roster import roster_files
from tests.classes.timetable.imports.timetable_files import fill_school, next_monday, term_rows, xlsx_file
from tests.security.sample_school import SampleSchool

#: Rows of a file, people of an act.
ROWS = 150
#: Past lessons about which the job of the demo decides.
DECIDED = 16
SLOTS = [(day, hour) for day in range(5) for hour in range(8, 18)]
REASON = "On purpose."
#: Kinds whose service cannot be reached here: their steps end with that.
FAILING = {FETCH_JOB, COPY_JOB_KIND, SEND_JOB}

Prepare = Callable[[SampleSchool], object]


def _people_file(world: SampleSchool) -> Any:
    """New people of a group, and people of the school with another name."""
    known = User.objects.filter(enterprise=world.rows["school"], user_id__startswith="s")
    changed = known.values_list("user_id", flat=True)[: ROWS // 2]
    rows = [[user_id, "Kim", "", "", "", "Year 90"] for user_id in changed]
    rows += [[f"new{n}", f"Kim {n}", "学生", "", "", "Year 91"] for n in range(ROWS // 2)]
    return uploads.create_import(
        PEOPLE_IMPORT,
        file=csv_file([HEAD, *rows]),
        filename="people.csv",
        by=world.people["admin"],
        options=ImportOptions().to_dict(),
    )


def _roster_file(world: SampleSchool) -> Any:
    """New people of one class."""
    records = roster_files.school()
    for n in range(ROWS):
        person = {"sourcedId": f"u-many-{n}", "username": f"many{n}", "givenName": "Kim", "familyName": "Li"}
        records["users.csv"].append({"enabledUser": "true", "orgSourcedIds": "o-1", **person})
        role = {"sourcedId": f"r-many-{n}", "userSourcedId": f"u-many-{n}", "roleType": "primary"}
        records["roles.csv"].append({"orgSourcedId": "o-1", "role": "student", **role})
        entry = {"sourcedId": f"e-many-{n}", "classSourcedId": "k-home", "userSourcedId": f"u-many-{n}"}
        records["enrollments.csv"].append({"role": "student", **entry})
    file = roster_files.zip_of(records)
    return ROSTER_IMPORT.create_import(file=file, filename="roster.zip", by=world.people["admin"])


def _timetable_file(world: SampleSchool) -> Any:
    """Two weeks of five groups with their own teachers."""
    fill_school(world.rows["school"], groups=5, students=20)
    file = xlsx_file(term_rows(next_monday(), groups=5, weeks=2))
    return uploads.create_import(TIMETABLE_IMPORT, file=file, filename="t.xlsx", by=world.people["admin"])


FILES: dict[ImportType, Callable[[SampleSchool], Any]] = {
    PEOPLE_IMPORT: _people_file,
    ROSTER_IMPORT: _roster_file,
    TIMETABLE_IMPORT: _timetable_file,
}


def _prepare_check(kind: ImportType, world: SampleSchool) -> None:
    _enqueue(world, kind.check_job, _in_state(FILES[kind](world), "checking"))


def _prepare_apply(kind: ImportType, world: SampleSchool) -> None:
    source = FILES[kind](world)
    services.check_import(kind, source)
    _enqueue(world, kind.apply_job, _in_state(source, "applying"))


def _prepare_push(kind: ImportType, world: SampleSchool) -> Any:
    source = FILES[kind](world)
    services.check_import(kind, source)
    return services.apply_import(kind, source=source, by=world.people["admin"], reason=REASON)


def _prepare_undo(kind: ImportType, world: SampleSchool) -> None:
    source = _prepare_push(kind, world)
    services.undo_import(kind, source=source, by=world.people["admin"])


def _in_state(source: Any, state: str) -> dict[str, int]:
    source.state = state
    source.save(update_fields=["state"])
    return {"import": source.pk}


def _enqueue(world: SampleSchool, kind: str, args: dict[str, Any]) -> runner.Job:
    return runner.enqueue_job(
        kind, enterprise=world.rows["school"], by=world.people["admin"], args=args, total=ROWS
    )


def _prepare_bulk_change(world: SampleSchool) -> None:
    students = User.objects.filter(enterprise=world.rows["school"], role=Role.STUDENT, is_active=True)
    options = {"group": world.rows["group"], "conflict_reason": REASON}
    start_job("group", list(students.order_by("pk")[:ROWS]), by=_alice(world), options=options)


def _prepare_group_push(world: SampleSchool) -> None:
    operations = Operation.objects.filter(enterprise=world.rows["school"]).values_list("pk", flat=True)
    pairs = zip(_past_lessons(world), operations, strict=False)
    sent = [SentLesson(lesson.pk, operation, 1, 0) for lesson, operation in pairs]
    numbers: dict[str, Any] = {"added": 1, "removed": 0, "locked": (), "left": ()}
    start_group_job(world.rows["group"], sent, by=_alice(world), **numbers)


def _prepare_lesson_push(world: SampleSchool) -> None:
    start_bulk_job(world.rows["school"], [one.pk for one in _past_lessons(world)], by=_alice(world))


def _prepare_exports(world: SampleSchool) -> None:
    """Start an export of each kind."""
    for kind in ExportKind:
        fields: dict[str, Any] = {"course": world.rows["course"]} if kind == ExportKind.GRADES else {}
        if EXPORT_TYPES[kind].has_period:
            fields["period"] = "last_month"
        schedule = create_schedule(by=_alice(world), kind=kind, every="day", hour=6, **fields)
        run_now(schedule=schedule, by=_alice(world))


def _prepare_grade_sending(world: SampleSchool) -> None:
    revision: GradeRevision = world.rows["grade_revision"]
    school, course = revision.enterprise, revision.course
    students = User.objects.filter(enterprise=school, role=Role.STUDENT).order_by("pk")[:ROWS]
    SourcedId.objects.bulk_create(
        SourcedId(enterprise=school, kind="user", sourced_id=f"u-s{one.pk}", target=one.pk)
        for one in students
        if one.user_id != "dina"  # who has one
    )
    people = [{"user_id": one.user_id, "percent": "90.00"} for one in students]
    second = GradeRevision.objects.create(
        enterprise=school,
        course=course,
        term_name=revision.term_name,
        number=2,
        digest="1" * 64,
        since=revision.since,
        until=revision.until,
        body={**revision.body, "people": people},
    )
    _enqueue(world, SEND_JOB, {"revision": second.pk, "course": course.pk})


def _prepare_roll_over(world: SampleSchool) -> RollOver:
    """Return the draft, with a course of the ending term at each of SLOTS."""
    draft: RollOver = world.rows["roll_over"]
    today = timezone.localdate()
    for term, days in ((draft.ending_id, (-60, 60)), (draft.beginning_id, (80, 200))):
        first, last = (today + timedelta(days=number) for number in days)
        Term.objects.filter(pk=term).update(starts_on=first, ends_on=last)
    courses = list(Course.objects.filter(enterprise=draft.enterprise).order_by("-pk")[: len(SLOTS)])
    for course, (day, hour) in zip(courses, SLOTS, strict=False):
        monday = today - timedelta(days=today.weekday())
        course.starts_local = datetime.combine(monday + timedelta(days=day), time(hour))
        course.rrule, course.term = "FREQ=WEEKLY;COUNT=3", draft.ending
    Course.objects.bulk_update(courses, ["starts_local", "rrule", "term"])
    return RollOver.objects.select_related("enterprise", "ending", "beginning").get(pk=draft.pk)


def _digest(draft: RollOver) -> str:
    plan = build_preview(draft)
    assert plan is not None
    return plan.digest


def _prepare_roll_over_apply(world: SampleSchool) -> None:
    draft = _prepare_roll_over(world)
    draft.job = _enqueue(world, APPLY_JOB, job_args(draft, seen=_digest(draft)))
    draft.state, draft.reason = RollOver.State.APPLYING, REASON
    draft.save(update_fields=["state", "reason", "job"])


def _prepare_roll_over_undo(world: SampleSchool) -> None:
    draft = _prepare_roll_over(world)
    draft = apply_roll_over(roll_over=draft, seen=_digest(draft), by=_alice(world), reason=REASON)
    draft.job, draft.state = _enqueue(world, UNDO_JOB, job_args(draft)), RollOver.State.UNDOING
    draft.save(update_fields=["state", "job"])


def _prepare_demo_history(world: SampleSchool) -> None:
    lessons = [one.pk for one in _past_lessons(world) if one.facts_version == FACTS_VERSION]
    _enqueue(world, HISTORY_JOB_KIND, {"lessons": list(islice(lessons, DECIDED))})


def _past_lessons(world: SampleSchool) -> list[Lesson]:
    return list(Lesson.objects.filter(enterprise=world.rows["school"], status="end").order_by("pk"))


def _alice(world: SampleSchool) -> User:
    alice = world.people["admin"]
    assert alice is not None
    return alice


SCENARIOS: dict[str, Prepare] = {
    **{kind.check_job: partial(_prepare_check, kind) for kind in FILES},
    **{kind.apply_job: partial(_prepare_apply, kind) for kind in FILES},
    **{kind.push_job: partial(_prepare_push, kind) for kind in FILES},
    TIMETABLE_IMPORT.undo_job: partial(_prepare_undo, TIMETABLE_IMPORT),
    PEOPLE_EXPORT_JOB: lambda world: start_export(by=_alice(world), suffix=".csv"),
    SUBJECT_ACCESS_JOB: lambda world: request_copy(
        person=world.rows["person"], by=_alice(world), reason=REASON
    ),
    BULK_JOB: _prepare_bulk_change,
    GROUP_JOB_KIND: _prepare_group_push,
    BULK_JOB_KIND: _prepare_lesson_push,
    COPY_JOB_KIND: lambda world: start_copy(lesson=world.rows["lesson"], by=_alice(world)),
    EXPORT_JOB: _prepare_exports,
    SEND_JOB: _prepare_grade_sending,
    FETCH_JOB: lambda world: start_run(connection=world.rows["roster service"], by=_alice(world)),
    APPLY_JOB: _prepare_roll_over_apply,
    UNDO_JOB: _prepare_roll_over_undo,
    HISTORY_JOB_KIND: _prepare_demo_history,
}
