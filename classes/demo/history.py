"""The past lessons of the demo school: a background job holds them at the service, week by week.

The lessons exist as lessons of courses, created at the service like any other. The job has the service hold
those whose time has passed, so that history, marks and recordings come in as from real lessons; then it
takes the decisions that a school takes about them. A step holds or decides a few lessons, so that an
interrupted job continues where it was. A job that gets no further says so and fails; the next start of the
demo goes on with its lessons.
"""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Enterprise, User
from classes.attendance.register import lock_for_recompute
from classes.choices import Status
from classes.demo.decisions import add_demo_rules, decide, grant_demo_leave, request_demo_leave
from classes.demo.sandbox_control import TIMEOUT_S, SandboxUnavailable, call_control
from classes.demo.school_day import add_demo_codes, fix_demo_grades, make_up_demo_lesson
from classes.demo.timetable import COURSES, WEEKS_BACK
from classes.models import Lesson
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, ExternalCall, JobFailed, enqueue_job, register_job_type
from console.mirror.leases import schedule_poll_now
from console.outbox.states import SyncState
from console.wakeup import wake_worker

log = logging.getLogger(__name__)
HISTORY_JOB_KIND = "demo.history"
#: Lessons of a step, and the pause while creates and polls of earlier steps are under way.
BATCH = 8
PAUSE = timedelta(seconds=2)
#: A job that holds and decides nothing for so long fails: iclass does not take its lessons.
STALLED_AFTER = timedelta(minutes=15)
STALLED = gettext_noop(
    "The rest of the lessons is not at iclass or has no final marks. “Sent to iclass” says why. The next "
    "start of the demo goes on with them."
)
#: Of so many lessons, one has no recording although it was asked for.
UNRECORDED = 9
LESSONS_A_WEEK = sum(len(course.days) for course in COURSES)


def past_lessons(school: Enterprise) -> QuerySet[Lesson]:
    """The lessons of courses in a term whose time has passed."""
    return school.lessons.filter(course__term__isnull=False, cancelled_at=None, ends_at__lt=timezone.now())


def ensure_history(school: Enterprise, by: User | None) -> Job | None:
    """Return the job that fills in past lessons; start one if it is due, return None if all were held.

    A job that failed or was stopped is followed by one with the lessons that it did not decide about.
    """
    last = Job.objects.filter(enterprise=school, kind=HISTORY_JOB_KIND).order_by("pk").last()
    if last and last.is_open:
        return last
    left: set[int] = set()
    if last and last.state != Job.State.DONE:
        left = set(last.args["lessons"]) - set(last.cursor.get("decided", []))
    due = past_lessons(school).filter(Q(status=Status.WILL) | Q(pk__in=left))
    pks = list(due.order_by("starts_at", "pk").values_list("pk", flat=True))
    if not pks:
        return None
    return enqueue_job(HISTORY_JOB_KIND, enterprise=school, by=by, args={"lessons": pks}, total=len(pks))


def job_url(job: Job) -> str:
    return reverse("classes:lessons")


def progress_text(job: Job) -> str:
    """Return what the home page says of the job."""
    if job.state == Job.State.FAILED:
        text = _("Filling in past lessons stopped at %(done)s of %(total)s")
        return text % {"done": job.done, "total": job.total}
    weeks = job.total >= WEEKS_BACK * LESSONS_A_WEEK
    text = (
        _("Filling in four weeks of lessons: %(done)s of %(total)s")
        if weeks
        else _("Filling in past lessons: %(done)s of %(total)s")
    )
    return text % {"done": job.done, "total": job.total}


@register_job_type(
    HISTORY_JOB_KIND, label=gettext_lazy("Fill in past lessons of the demo"), page=job_url, home=progress_text
)
def run_step(job: Job) -> ExternalCall | timedelta | None:
    """Hold the next lessons, and take the decisions about those whose marks are final."""
    lessons = _lessons_of(job)
    if not job.cursor.get("leave"):
        _attempt(lambda: grant_demo_leave(job.enterprise, lessons))
        _attempt(lambda: request_demo_leave(job.enterprise, lessons))
        _attempt(lambda: add_demo_rules(job.enterprise))
        _attempt(lambda: add_demo_codes(job.enterprise))
        job.cursor = {"leave": True, "held": [], "decided": [], "idle_steps": 0}
        return IMMEDIATELY
    if batch := _next_to_hold(lessons.exclude(pk__in=job.cursor["held"])):
        steps = {lesson.pk: held_lesson(lesson) for lesson in batch}
        return ExternalCall(partial(_hold, steps), _decide, TIMEOUT_S)
    return _decide(job, [])


def _lessons_of(job: Job) -> QuerySet[Lesson]:
    return Lesson.objects.filter(pk__in=job.args["lessons"], cancelled_at=None)


def _decide(job: Job, held: Sequence[int]) -> timedelta | None:
    """Note the lessons that were held, and take decisions.

    Raise JobFailed if there was nothing to hold or decide for STALLED_AFTER.
    """
    lessons = _lessons_of(job)
    decided = _decide_next(lessons.exclude(pk__in=job.cursor["decided"]))
    job.cursor = {
        "leave": True,
        "held": [*job.cursor["held"], *held],
        "decided": [*job.cursor["decided"], *decided],
        # Steps, not time: a machine that sleeps is no failure.
        "idle_steps": 0 if held or decided else job.cursor.get("idle_steps", 0) + 1,
    }
    job.done = len(job.cursor["decided"])
    if job.done >= lessons.count():
        _attempt(lambda: make_up_demo_lesson(job.enterprise))
        _attempt(lambda: fix_demo_grades(job.enterprise))
        return None
    if job.cursor["idle_steps"] * PAUSE > STALLED_AFTER:
        raise JobFailed(STALLED)
    # The history is read twice; the second time need not wait as long as in a lesson that just ended.
    wanted = Q(status=Status.WILL, pk__in=job.cursor["held"]) | Q(status=Status.END, history_reads__gt=0)
    transaction.on_commit(partial(_poll_now, lessons.filter(wanted, final_at=None)))
    return IMMEDIATELY if held or decided else PAUSE


def _next_to_hold(lessons: QuerySet[Lesson]) -> list[Lesson]:
    """Return the next lessons that the service knows."""
    known = lessons.filter(status=Status.WILL).exclude(remote_id="").select_related("teacher", "enterprise")
    return list(known.order_by("starts_at", "pk")[:BATCH])


def _hold(steps: dict[int, dict[str, Any]]) -> list[int]:
    """Have the service hold lessons; return their keys, none while it is away."""
    try:
        call_control("hold", {"classes": list(steps.values())})
    except SandboxUnavailable as error:
        log.warning("the past lessons of the demo wait: %s", error)
        return []
    return list(steps)


def _poll_now(lessons: QuerySet[Lesson]) -> None:
    """Have these lessons read now. Not while decisions hold the lock of final marks, which is taken last."""
    if schedule_poll_now(lessons):
        wake_worker("console.mirror.tasks.poll")


def _decide_next(lessons: QuerySet[Lesson]) -> list[int]:
    """Decide about the next final lessons and return their keys; a lesson that is gone counts, too."""
    settled = lessons.filter(Q(final_at__isnull=False) | Q(sync_state=SyncState.GONE))
    batch = lock_for_recompute(settled.order_by("starts_at", "pk")[:BATCH])
    for lesson in batch:
        if lesson.final_at:
            _attempt(partial(decide, lesson))
    return [lesson.pk for lesson in batch]


def _attempt(decision: Callable[[], None]) -> None:
    """Take a decision, unless somebody was faster to take one that excludes it, such as a closed register."""
    try:
        with transaction.atomic():
            decision()
    except ValidationError as error:
        log.info("a decision of the demo was left out: %s", " ".join(error.messages))


def held_lesson(lesson: Lesson) -> dict[str, Any]:
    """A lesson with plausible attendance: most students in time, some late or early, one or two absent."""
    luck = random.Random(f"{lesson.topic} {lesson.starts_at:%Y-%m-%d}")
    started = int(lesson.starts_at.timestamp()) + luck.randint(-60, 150)
    ended = int(lesson.ends_at.timestamp()) + luck.randint(-90, 120)
    students = lesson.members.filter(role="student").order_by("pk").values_list("user__user_id", flat=True)
    stays = [
        {
            "user_id": lesson.teacher.user_id,
            "enter_time": started - luck.randint(30, 240),
            "quit_time": ended + 20,
            "camera": 1,
        }
    ]
    for student in students:
        stays += _stays(luck, student, started, ended)
    return {
        "sdkappid": lesson.enterprise.sdkappid,
        "class_id": lesson.class_id,
        "real_start_time": started,
        "real_stop_time": ended,
        "stays": stays,
        "recordings": luck.randrange(UNRECORDED) > 0,
    }


def _stays(luck: random.Random, student: str, began: int, ended: int) -> list[dict[str, Any]]:
    def stay(enter: int, leave: int) -> dict[str, Any]:
        devices = {"camera": int(luck.random() < 0.1), "mic": luck.randint(0, 1)}
        return {"user_id": student, "enter_time": enter, "quit_time": leave, **devices}

    chance = luck.random()
    enter = began - luck.randint(5, 400)
    leave = ended + luck.randint(-20, 15)
    if chance < 0.05:
        return []
    if chance < 0.11:
        return [stay(began + luck.randint(420, 1100), leave)]
    if chance < 0.16:
        return [stay(enter, ended - luck.randint(400, 1200))]
    if chance < 0.26:
        away = began + luck.randint(600, 1500)
        return [stay(enter, away), stay(away + luck.randint(40, 260), leave)]
    return [stay(enter, leave)]
