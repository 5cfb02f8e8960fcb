"""The demo schools: what a newcomer finds in the first ten minutes, made through the services."""

import io
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.courseware.attachments import list_attached_documents
from classes.demo import other_schools, personas
from classes.demo.history import HISTORY_JOB_KIND, ensure_history
from classes.demo.running import RUNNING, ensure_running
from classes.demo.school import ensure_people, ensure_school
from classes.lessons.services import schedule_lesson
from classes.models import (
    Appeal,
    Attendance,
    AttendanceCode,
    Correction,
    Course,
    GradeRevision,
    Leave,
    Lesson,
    Observation,
    Term,
)
from classes.pages.first_steps import list_first_steps
from console.audit.verification import verify_chain
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from console.outbox import relay
from console.outbox.models import Operation
from documents.models import Document
from tests.faults.sizes import FULL
from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def callbacks_arrive(live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url
    settings.HISTORY_POLL_S = 0


def demo(*options: str) -> str:
    said = io.StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


def keep_unsent() -> None:
    """Nothing that the worker would send now is due: a further start of the demo would send it itself."""
    Operation.objects.filter(state="ready").update(due_at=timezone.now() + timedelta(days=99))


def start_history(school: Enterprise) -> Job | None:
    """What a further start of the demo does last."""
    with transaction.atomic():
        return ensure_history(school, school.users.get(user_id=personas.ADMIN.user_id))


def work_until_filled() -> Job:
    """Do what worker and beat would do until the past lessons are there; return the job."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        call_command("sweep", "--quick", stdout=io.StringIO())
        job = Job.objects.get(kind=HISTORY_JOB_KIND)
        if not job.is_open:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job.done} of {job.total} after a minute")


def counts(school: Enterprise) -> list[int]:
    models = (Lesson, Document, Course, Term, Job, User)
    return [model.objects.filter(enterprise=school).count() for model in models]


def test_three_schools_in_differing_states_are_there_and_twice_is_once(iclass: Sandbox) -> None:
    logins = demo()

    school = Enterprise.objects.get(sdkappid=personas.SDKAPPID)
    people = school.users.filter(is_active=True)
    assert school.groups.count() == 6
    assert people.filter(role=Role.STUDENT).count() == 120
    assert people.filter(role=Role.TEACHER).count() == 12
    assert all(group.students.count() == 20 and group.teacher for group in school.groups.all())
    running = school.lessons.filter(status="ing")
    assert sorted(running.values_list("topic", flat=True)) == sorted(one.topic for one in RUNNING)
    assert list_first_steps(people.get(user_id=personas.ADMIN.user_id)) == [], "nothing is left to set up"
    assert school.courses.filter(term__isnull=False).count() == 13
    assert Job.objects.get(kind=HISTORY_JOB_KIND).total >= 80

    training = Enterprise.objects.get(sdkappid=other_schools.TRAINING_SDKAPPID)
    assert training.zone != school.zone
    assert set(training.lessons.values_list("class_type", flat=True)) == {"1v1"}
    new = Enterprise.objects.get(sdkappid=other_schools.NEW_SDKAPPID)
    steps = list_first_steps(new.users.get(role=Role.ADMIN))
    assert [step.name for step in steps if not step.done] == ["term", "people", "groups", "lesson"]
    assert User.objects.get(login=personas.OPERATOR).is_superuser
    assert "operator" in logins

    before = [counts(one) for one in (school, training, new)]
    keep_unsent()
    demo()
    assert [counts(one) for one in (school, training, new)] == before


def check_logins(lines: list[str]) -> None:
    """Each login is listed with its role."""
    roles = {line.split()[0].split("@")[0]: line.split()[1:3] for line in lines if "@" in line}
    assert roles == {
        "lin.lan": ["administrator", "管理员"],
        "superadmin": ["superadmin", "超级管理员"],
        "chen.wei": ["teacher", "教师"],
        "he.xun": ["supervisor", "巡课"],
        "s01": ["student", "学生"],
    }


def check_courseware(school: Enterprise) -> None:
    """The running lesson has courseware, and all that was sent arrived."""
    assert not Operation.objects.exclude(state="done").exists()
    shown = list_attached_documents(school.lessons.get(status="ing", topic=RUNNING[0].topic))
    assert [deck.document.name for deck in shown] == ["函数的图像", "课前预习", "课堂约定"]
    assert not any(deck.hidden_from for deck in shown), "the teacher of the lesson may show each"
    assert Document.objects.filter(enterprise=school, transcode_wanted=True).count() == 1
    evenings = Course.objects.get(enterprise=school, term=None)
    assert evenings.lessons.exclude(remote_id="").count() == 6


def test_a_small_school_has_logins_courseware_and_past_lessons_even_where_the_fill_was_interrupted(
    iclass: Sandbox,
) -> None:
    check_logins(demo("--small").splitlines())
    school = Enterprise.objects.get(sdkappid=personas.SDKAPPID)
    relay.drain()
    check_courseware(school)
    begun = Job.objects.get(kind=HISTORY_JOB_KIND)
    run_due_jobs(limit=2)
    Job.objects.filter(pk=begun.pk).update(state="running", lease_until=None)
    assert start_history(school) == begun
    past = school.lessons.filter(course__term__isnull=False, ends_at__lt=timezone.now())

    job = work_until_filled()

    assert (job.state, job.done) == ("done", job.total)
    assert past.count() == past.filter(status="end", final_at__isnull=False).count() == job.total
    for lesson in past:
        starts, ends = (at.astimezone(school.tz) for at in (lesson.starts_at, lesson.ends_at))
        assert starts.weekday() < 5
        assert starts.hour >= 8
        assert (ends.hour, ends.minute) <= (17, 0)
        assert Observation.objects.filter(lesson=lesson, source="history").exists(), "marks have evidence"
    marks = Attendance.objects.filter(lesson__in=past, expected=True, role="student")
    assert marks.count() == 20 * job.total
    assert not marks.filter(provisional=True).exists()
    assert Leave.objects.filter(enterprise=school).exists()
    assert sorted(Appeal.objects.values_list("state", flat=True)) == ["granted", "open"]
    assert Correction.objects.filter(kind="appeal").count() == 1
    assert AttendanceCode.objects.filter(enterprise=school, uses__mark="absent").exists()
    made = school.lessons.get(makes_up_for__isnull=False)
    assert made.makes_up_for is not None
    assert made.makes_up_for.cancelled_at
    assert made.starts_at > timezone.now()
    revision = GradeRevision.objects.get(enterprise=school)
    assert len(revision.body["people"]) == 20
    assert not verify_chain(school.pk).findings

    assert start_history(school) is None, "nothing is left to fill"


def test_a_lesson_that_an_interrupted_fill_scheduled_is_begun_at_the_next_start(iclass: Sandbox) -> None:
    school = ensure_school()
    people = ensure_people(school, groups=2)
    one, now = RUNNING[1], timezone.now()
    scheduled = schedule_lesson(
        teacher=people[one.teacher],
        by=None,
        students=[people[user_id] for user_id in one.students],
        topic=one.topic,
        starts_at=now - timedelta(minutes=20),
        ends_at=now + timedelta(minutes=25),
    )

    running = ensure_running(school, people, people[personas.ADMIN.user_id], wanted=[one])

    assert running == {one: scheduled}
    assert school.lessons.get(topic=one.topic).status == "ing"


#: In UTC: 02:00 of a Wednesday, noon of a Sunday, and the evening of a Friday in Shanghai.
HOURS = (
    datetime(2026, 3, 3, 18, 0, tzinfo=UTC),
    datetime(2026, 3, 8, 4, 0, tzinfo=UTC),
    datetime(2026, 3, 13, 14, 30, tzinfo=UTC),
)


@pytest.mark.faults
@pytest.mark.parametrize("now", HOURS if FULL else HOURS[:1])
def test_lessons_run_at_any_hour_and_on_a_holiday(iclass: Sandbox, time_machine: Any, now: datetime) -> None:
    iclass.control("knobs", {"sign_clock": "moved"})
    iclass.control("clock", {"set": int(now.timestamp())})
    time_machine.move_to(now)
    demo("--small")
    school = Enterprise.objects.get(sdkappid=personas.SDKAPPID)
    holiday = school.holidays.latest("starts_on")
    assert school.lessons.filter(status="ing").count() == 2
    assert not school.lessons.filter(course__term__isnull=False, occurrence=holiday.starts_on).exists()

    keep_unsent()
    later = now + (holiday.starts_on - now.date()) + timedelta(hours=3)
    iclass.control("clock", {"set": int(later.timestamp())})
    time_machine.move_to(later)
    demo("--small")

    running = school.lessons.filter(status="ing", ends_at__gt=later)
    assert sorted(running.values_list("topic", flat=True)) == sorted(one.topic for one in RUNNING[:2])
