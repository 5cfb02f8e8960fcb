"""Simulated people of the running lessons: they join, leave and come back at the service."""

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error as DatabaseFailure
from django.db import close_old_connections
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.choices import Status
from classes.demo.running import RUNNING, RunningLesson, ensure_running
from classes.demo.sandbox_control import SandboxUnavailable, call_control
from classes.models import Lesson
from console.iclass import IClassError
from console.mirror.leases import schedule_poll_now

log = logging.getLogger(__name__)
PAUSE_S = (0.6, 1.8)
#: How often the simulation looks for lessons that ended or are due.
CHECK_EVERY_S = 15.0
#: How often students of a lesson with `drops` lose the connection, and how many stay inside.
DROP_EVERY_S, STAY_INSIDE = 240.0, 3


@dataclass
class SimulatedRoom:
    """A running lesson with the people inside, by user id."""

    plan: RunningLesson
    lesson: Lesson
    inside: set[str] = field(default_factory=set)
    dropped_at: float = field(default_factory=time.monotonic)

    @property
    def teacher_is_due(self) -> bool:
        return timezone.now() >= self.lesson.starts_at + timedelta(minutes=self.plan.teacher_after)


class Simulation:
    """The people of a school's running lessons; when a lesson is over, its next one begins."""

    def __init__(
        self,
        school: Enterprise,
        people: dict[str, User],
        by: User,
        *,
        plans: Sequence[RunningLesson] = RUNNING,
    ) -> None:
        self.school, self.people, self.by, self.plans = school, people, by, plans
        self.rooms: dict[RunningLesson, SimulatedRoom] = {}
        self.checked_at = float("-inf")

    def step(self) -> None:
        """Let one person act, and look for lessons that ended or are due.

        A service or database that does not answer is asked again by the next step.
        """
        try:
            if time.monotonic() - self.checked_at > CHECK_EVERY_S:
                self._refresh_rooms()
                hold_due_lessons(self.school)
                self.checked_at = time.monotonic()
            if self.rooms:
                simulate_step(self.school, random.choice(list(self.rooms.values())))
        except (IClassError, SandboxUnavailable, DatabaseFailure) as error:
            log.info("a step of the simulation failed: %s", type(error).__name__)
            # A connection that broke is of no use to the next step.
            close_old_connections()

    def _refresh_rooms(self) -> None:
        """Set a room for each running lesson; who is inside a new one is asked of the service."""
        lessons = ensure_running(self.school, self.people, self.by, wanted=self.plans)
        members = self.school.client().members
        rooms = {plan: room for plan, room in self.rooms.items() if lessons.get(plan) == room.lesson}
        for plan in lessons.keys() - rooms.keys():
            lesson = lessons[plan]
            present = {one.user_id for one in members.runtime_list(int(lesson.remote_id)).lines}
            rooms[plan] = SimulatedRoom(plan, lesson, present)
        self.rooms = rooms


def simulate(school: Enterprise, people: dict[str, User], by: User) -> None:
    """Run until stopped."""
    simulation = Simulation(school, people, by)
    while True:
        simulation.step()
        time.sleep(random.uniform(*PAUSE_S))


def hold_due_lessons(school: Enterprise) -> None:
    """Begin the lessons of courses when their time has come, and end them on time."""
    now = timezone.now()
    lessons = school.lessons.filter(course__term__isnull=False, cancelled_at=None).exclude(remote_id="")
    due = lessons.filter(status=Status.WILL, starts_at__lte=now, ends_at__gt=now)
    over = lessons.filter(status=Status.ING, ends_at__lte=now)
    steps = [_begin(school, lesson) for lesson in due.select_related("teacher")]
    steps += [
        {
            "sdkappid": school.sdkappid,
            "class_id": lesson.class_id,
            "real_stop_time": int(lesson.ends_at.timestamp()),
            "callbacks": True,
        }
        for lesson in over
    ]
    if steps:
        call_control("hold", {"classes": steps})
        schedule_poll_now(due | over)


def _begin(school: Enterprise, lesson: Lesson) -> dict[str, object]:
    """A lesson that begins now, with its teacher and most of its students inside."""
    now = int(timezone.now().timestamp())
    students = lesson.members.filter(role="student").order_by("pk").values_list("user__user_id", flat=True)
    inside = [lesson.teacher.user_id, *(one for one in students if random.random() < 0.9)]
    return {
        "sdkappid": school.sdkappid,
        "class_id": lesson.class_id,
        "real_start_time": now,
        "stays": [{"user_id": one, "enter_time": now - random.randint(0, 90), "camera": 1} for one in inside],
        "recordings": True,
        "callbacks": True,
    }


def simulate_step(school: Enterprise, room: SimulatedRoom) -> None:
    """The teacher comes when due, then students until nearly all are present; now and then one leaves."""
    members, class_id = school.client().members, int(room.lesson.remote_id)
    if room.plan.teacher not in room.inside and room.teacher_is_due:
        members.join(class_id, room.plan.teacher, camera=1, mic=1, speaker=1)
        room.inside.add(room.plan.teacher)
        return
    present = [one for one in room.plan.attending if one in room.inside]
    outside = [one for one in room.plan.attending if one not in room.inside]
    if room.plan.drops and time.monotonic() - room.dropped_at > DROP_EVERY_S:
        room.dropped_at = time.monotonic()
        for leaver in present[STAY_INSIDE:]:
            members.quit(class_id, leaver)
            room.inside.discard(leaver)
    elif present and (not outside or random.random() < 0.12):
        leaver = random.choice(present)
        members.quit(class_id, leaver)
        room.inside.discard(leaver)
    elif outside and (len(present) < len(room.plan.attending) - 2 or random.random() < 0.3):
        arrival = random.choice(outside)
        members.join(class_id, arrival, camera=random.randint(0, 1), mic=random.randint(0, 1), speaker=1)
        room.inside.add(arrival)
