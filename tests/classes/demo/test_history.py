"""The job that fills in the past lessons of the demo: decided by a person first, or not taken by iclass."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from classes.attendance.corrections import close_register
from classes.demo.history import HISTORY_JOB_KIND, PAUSE, STALLED_AFTER, ensure_history, run_step
from classes.models import Attendance, Course, Lesson, Term
from console.jobs.models import Job
from console.jobs.runner import run_due_jobs
from tests.classes.factories import create_finished_lesson, create_planned_lesson
from tests.support.cast import create_person
from tests.support.database import own_url

pytestmark = pytest.mark.django_db


def start_job(lesson: Lesson, **cursor: Any) -> Job:
    cursor = {"leave": True, "held": [], "decided": [], **cursor}
    return Job.objects.create(
        enterprise=lesson.enterprise,
        kind=HISTORY_JOB_KIND,
        args={"lessons": [lesson.pk]},
        cursor=cursor,
        total=1,
    )


@pytest.fixture
def course(school: Enterprise, bob: User) -> Course:
    today = timezone.now().date()
    days = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=30)}
    return Course.objects.create(
        enterprise=school,
        title="Maths",
        teacher=bob,
        starts_local=datetime(2026, 1, 5, 8, 0),
        duration_minutes=45,
        term=Term.objects.create(enterprise=school, name="Autumn", **days),
    )


def test_a_register_that_a_person_closed_first_does_not_stop_the_job(school: Enterprise, bob: User) -> None:
    lesson = create_finished_lesson(bob)
    kid = create_person(school, "kid1", Role.STUDENT)
    Attendance.objects.create(
        lesson=lesson, person=kid, user_id="kid1", role="student", mark="absent", derived_mark="absent"
    )
    close_register(lesson=lesson, by=bob)
    job = start_job(lesson)

    run_due_jobs()

    job.refresh_from_db()
    assert (job.state, job.done, job.attempts) == ("done", 1, 0)


def test_a_job_whose_lessons_iclass_does_not_take_says_so_and_the_next_start_goes_on(
    browse: Any, school: Enterprise, alice: User, bob: User, course: Course
) -> None:
    lesson = create_planned_lesson(bob, timedelta(hours=-3), course=course, remote_id="", status="will")
    job = start_job(lesson, idle_steps=STALLED_AFTER // PAUSE)

    run_due_jobs()

    job.refresh_from_db()
    assert job.state == "failed"
    home = browse(alice, "/").content.decode()
    assert "Filling in past lessons stopped at 0 of 1" in home
    assert "The next start of the demo goes on" in browse(alice, f"/jobs/{job.pk}/").content.decode()

    following = ensure_history(school, alice)
    assert following is not None
    assert (following.state, following.args) == ("waiting", {"lessons": [lesson.pk]})
    assert "stopped at" not in browse(alice, "/").content.decode()


def test_lessons_that_a_failed_job_held_are_decided_about_by_the_next_one(
    school: Enterprise, alice: User, bob: User, course: Course
) -> None:
    lesson = create_finished_lesson(bob, course=course, final_at=None)
    job = start_job(lesson, held=[lesson.pk])
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=timezone.now())

    following = ensure_history(school, alice)

    assert following is not None
    assert following.args == {"lessons": [lesson.pk]}


def test_a_pause_of_the_service_is_waited_for(
    school: Enterprise, bob: User, course: Course, settings: Any
) -> None:
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    lesson = create_planned_lesson(bob, timedelta(hours=-3), course=course, remote_id="71", status="will")
    job = start_job(lesson)

    run_due_jobs()

    job.refresh_from_db()
    assert (job.state, job.attempts, job.cursor["held"]) == ("waiting", 0, [])


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_no_lesson_while_it_holds_the_lock_of_final_marks(bob: User, course: Course) -> None:
    decided = create_finished_lesson(bob, course=course)
    read_once = create_finished_lesson(bob, course=course, final_at=None, history_reads=1)
    job = start_job(decided, held=[decided.pk])
    Job.objects.filter(pk=job.pk).update(args={"lessons": [decided.pk, read_once.pk]})
    job.refresh_from_db()
    with psycopg.connect(own_url()) as reader:
        # As a look does that is about to write final marks of this lesson.
        reader.execute("SELECT 1 FROM classes_lesson WHERE id = %s FOR NO KEY UPDATE", [read_once.pk])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            run_step(job)
            assert job.cursor["decided"] == [decided.pk]
            reader.rollback()
    read_once.refresh_from_db()
    assert read_once.look_at is not None
    assert read_once.look_at <= timezone.now(), "it is read now, after the commit"
