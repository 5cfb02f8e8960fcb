"""A week of the demo school: days that were, planted; days to come, scheduled; one lesson that runs now."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Enterprise, User
from classes.demo import cast
from classes.demo.service import control
from classes.kinds import RecordType, Status
from classes.models import Lesson
from classes.services import schedule_lesson, start_lesson
from console.mirror.registry import reconcile
from console.outbox import relay

DAYS_BACK, DAYS_AHEAD = 5, 5
STARTS = (time(8, 0), time(10, 0), time(14, 0))
LASTS = timedelta(minutes=45)
RUNS = timedelta(minutes=90)
#: Why the lesson that runs now may stand beside one of the week.
DEMO = "演示课"
RUNNING_TOPIC = "直播课：函数的图像"


@dataclass(frozen=True)
class Slot:
    """One lesson of the demo's timetable."""

    starts_at: datetime
    teacher: str
    topic: str
    students: tuple[str, ...]

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LASTS

    @property
    def key(self) -> str:
        return f"demo/{self.starts_at:%Y-%m-%dT%H:%M}/{self.teacher}"


def slots(school: Enterprise, day: date) -> Iterator[Slot]:
    """The three lessons of a day, in the school's zone."""
    pupils = [part.user_id for part in cast.students()]
    for place, start in enumerate(STARTS):
        turn = (day.toordinal() + place) % 4
        group = (day.toordinal() + place) % 2
        yield Slot(
            starts_at=datetime.combine(day, start, school.tz),
            teacher=cast.TEACHERS[turn].user_id,
            topic=f"{cast.SUBJECTS[turn]} · 第{(day.toordinal() // 7) % 20 + 1}周",
            students=tuple(pupils[group * 20 : group * 20 + 20]),
        )


def plant_past(school: Enterprise) -> None:
    """Plant what was: it comes in by comparing with the service, like any lesson made outside."""
    now = timezone.now()
    today = now.astimezone(school.tz).date()
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, -1, -1)]
    over = [slot for day in days for slot in slots(school, day) if slot.ends_at < now - timedelta(minutes=10)]
    control("plant", {"classes": [_planted(slot) for slot in over]})
    reconcile(school)


def _planted(slot: Slot) -> dict[str, Any]:
    """A class that went as classes go: most in time, some late, a few away, one or two never."""
    luck = random.Random(slot.key)
    began = int(slot.starts_at.timestamp()) + luck.randint(-60, 150)
    ended = int(slot.ends_at.timestamp()) + luck.randint(-90, 120)
    stays = [{"user_id": slot.teacher, "enter_time": began - luck.randint(30, 240), "quit_time": ended + 20}]
    for student in slot.students:
        stays += _stays(luck, student, began, ended)
    return {
        "sdkappid": cast.SDKAPPID,
        "plant_key": slot.key,
        "class": {
            "teacher_id": slot.teacher,
            "class_topic": slot.topic,
            "class_type": "1vN",
            "start_time": int(slot.starts_at.timestamp()),
            "stop_time": int(slot.ends_at.timestamp()),
            "create_time": began - 3 * 86400,
            "real_start_time": began,
            "real_stop_time": ended,
            "settings": {"record_types": ["remote"]},
        },
        "members": [{"user_id": student, "role": "student"} for student in slot.students],
        "stays": stays,
        "recordings": True,
    }


def _stays(luck: random.Random, student: str, began: int, ended: int) -> list[dict[str, Any]]:
    def stay(enter: int, leave: int) -> dict[str, Any]:
        devices = {"camera": luck.randint(0, 1), "mic": luck.randint(0, 1)}
        return {"user_id": student, "enter_time": enter, "quit_time": leave, **devices}

    chance = luck.random()
    enter = began - luck.randint(5, 400)
    leave = ended + luck.randint(-20, 15)
    if chance < 0.06:
        return []
    if chance < 0.14:
        return [stay(began + luck.randint(420, 1100), leave)]
    if chance < 0.20:
        return [stay(enter, ended - luck.randint(400, 1200))]
    if chance < 0.32:
        away = began + luck.randint(600, 1500)
        return [stay(enter, away), stay(away + luck.randint(40, 260), leave)]
    return [stay(enter, leave)]


def schedule_ahead(school: Enterprise, people: dict[str, User], by: User) -> None:
    """Schedule the days to come, once; also what is left of today."""
    now = timezone.now()
    today = now.astimezone(school.tz).date()
    there = set(school.lessons.values_list("starts_at", "topic"))
    for ahead in range(DAYS_AHEAD + 1):
        for slot in slots(school, today + timedelta(days=ahead)):
            if slot.starts_at > now and (slot.starts_at, slot.topic) not in there:
                schedule_lesson(
                    teacher=people[slot.teacher],
                    by=by,
                    students=[people[student] for student in slot.students],
                    groups=school.groups.filter(students=people[slot.students[0]]),
                    topic=slot.topic,
                    starts_at=slot.starts_at,
                    ends_at=slot.ends_at,
                    record_types=[RecordType.REMOTE],
                    conflict_reason=DEMO,
                )
    relay.drain()


def running_lesson(school: Enterprise) -> Lesson | None:
    """The demo's lesson that runs now and still has a while to go."""
    still = timezone.now() + timedelta(minutes=5)
    live = school.lessons.filter(topic=RUNNING_TOPIC, status=Status.ING, ends_at__gt=still, cancelled_at=None)
    return live.order_by("-starts_at").first()


def ensure_running(school: Enterprise, people: dict[str, User], by: User) -> Lesson:
    """A lesson that runs now, begun a few minutes ago and taught by the first teacher."""
    if lesson := running_lesson(school):
        return lesson
    pupils = [part.user_id for part in cast.students()]
    begins = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=2)
    lesson = schedule_lesson(
        teacher=people[cast.TEACHERS[0].user_id],
        by=by,
        students=[people[user_id] for user_id in pupils[:20]],
        staff=[people[cast.ASSISTANT.user_id]],
        topic=RUNNING_TOPIC,
        starts_at=begins,
        ends_at=begins + RUNS,
        record_types=[RecordType.REMOTE],
        conflict_reason=DEMO,
    )
    start_lesson(lesson=lesson, by=by)
    relay.drain()
    lesson.refresh_from_db()
    return lesson
