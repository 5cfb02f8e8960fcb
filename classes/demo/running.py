"""The running lessons of the demo school: one for each group, each at another stage, at any hour."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Enterprise, StudentGroup, User
from classes.choices import RecordType, Status
from classes.demo import personas
from classes.demo.sandbox_control import call_control, send_until
from classes.demo.school import may_teach
from classes.demo.timetable import CONFLICT_REASON
from classes.lessons.services import schedule_lesson
from classes.models import Lesson
from console.mirror.leases import schedule_poll_now
from console.mirror.registry import poll_due_rows

POLL_WITHIN_S = 20.0
#: Least time that a lesson has left when it begins.
SHORTEST = timedelta(minutes=5)


@dataclass(frozen=True)
class RunningLesson:
    """One of the running lessons; teacher and group share their place in `personas`.

    `elapsed` are the minutes since its start when the school is filled, `come` the students who attend. A
    teacher who is late comes after `teacher_after` minutes. Of a lesson with `drops`, most students lose the
    connection again and again, and nothing is recorded.
    """

    place: int
    topic: str
    elapsed: int
    come: int = 18
    minutes: int = 45
    teacher_after: int = 0
    drops: bool = False

    @property
    def teacher(self) -> str:
        return personas.TEACHERS[self.place].user_id

    @property
    def students(self) -> list[str]:
        return [one.user_id for one in personas.group_students(self.place)]

    @property
    def attending(self) -> list[str]:
        return self.students[: self.come]


RUNNING = (
    RunningLesson(0, "直播课：函数的图像", elapsed=2, minutes=90),
    RunningLesson(1, "阅读课：《背影》", elapsed=22),
    RunningLesson(2, "口语练习：点餐", elapsed=36),
    RunningLesson(3, "力学实验：浮力", elapsed=8, teacher_after=14),
    RunningLesson(4, "色彩练习：静物", elapsed=26, come=7),
    RunningLesson(5, "体能训练：核心力量", elapsed=17, drops=True),
)


def live_lesson(school: Enterprise, one: RunningLesson) -> Lesson | None:
    """Return this lesson if it runs and its planned end has not passed."""
    found = school.lessons.filter(
        topic=one.topic, status=Status.ING, ends_at__gt=timezone.now(), cancelled_at=None
    )
    return found.order_by("-starts_at").first()


def ensure_running(
    school: Enterprise, people: dict[str, User], by: User, *, wanted: Iterable[RunningLesson] = RUNNING
) -> dict[RunningLesson, Lesson]:
    """Return the running lessons; schedule and begin those that do not run.

    One whose teacher was deactivated, or whose teacher or group is in a lesson of the timetable, is left out.
    """
    wanted = [one for one in wanted if may_teach(people[one.teacher])]
    missing = [one for one in wanted if live_lesson(school, one) is None]
    if missing:
        end_overdue(school)
        scheduled = {one: _waiting(school, one) or _schedule(school, people, by, one) for one in missing}
        lessons = {one: lesson for one, lesson in scheduled.items() if lesson}
        if lessons:
            _begin(school, lessons)
    found = {one: live_lesson(school, one) for one in wanted}
    return {one: lesson for one, lesson in found.items() if lesson}


def _begin(school: Enterprise, lessons: dict[RunningLesson, Lesson]) -> None:
    """Have the service begin these lessons once it knows them, and read them."""
    rows = Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons.values()])
    created = rows.exclude(remote_id="")
    send_until(lambda: created.count() == len(lessons))
    for lesson in lessons.values():
        lesson.refresh_from_db()
    call_control("hold", {"classes": [_begun(school, one, lesson) for one, lesson in lessons.items()]})
    schedule_poll_now(rows)
    poll_due_rows(within_s=POLL_WITHIN_S)


def end_overdue(school: Enterprise) -> int:
    """End the running lessons whose planned end has passed, as their teachers would; return their number."""
    overdue = school.lessons.filter(
        topic__in=[one.topic for one in RUNNING], status=Status.ING, ends_at__lt=timezone.now()
    ).exclude(remote_id="")
    ended = [
        {
            "sdkappid": school.sdkappid,
            "class_id": lesson.class_id,
            "real_stop_time": int(lesson.ends_at.timestamp()),
        }
        for lesson in overdue
    ]
    if ended:
        call_control("hold", {"classes": ended})
        schedule_poll_now(overdue)
    return len(ended)


def _waiting(school: Enterprise, one: RunningLesson) -> Lesson | None:
    """Return the lesson that an interrupted fill scheduled and did not begin, if its time has not passed."""
    now = timezone.now()
    waiting = school.lessons.filter(
        topic=one.topic, status=Status.WILL, starts_at__lte=now, ends_at__gt=now, cancelled_at=None
    )
    return waiting.order_by("-starts_at").first()


def _schedule(school: Enterprise, people: dict[str, User], by: User, one: RunningLesson) -> Lesson | None:
    """Schedule the lesson where teacher and group are free around now; return None if they are not."""
    groups = school.groups.filter(name=personas.GROUPS[one.place], archived_at=None)
    span = _free_time(one, _other_lessons(school, people[one.teacher], groups))
    if span is None:
        return None
    assistant = people[personas.ASSISTANT.user_id]
    return schedule_lesson(
        teacher=people[one.teacher],
        by=by,
        students=[people[user_id] for user_id in one.students if people[user_id].is_active],
        groups=groups,
        staff=[assistant] if one.place == 0 and assistant.is_active else [],
        topic=one.topic,
        starts_at=span[0],
        ends_at=span[1],
        record_types=[RecordType.REMOTE],
        conflict_reason=CONFLICT_REASON,
    )


def _other_lessons(school: Enterprise, teacher: User, groups: QuerySet[StudentGroup]) -> QuerySet[Lesson]:
    """The lessons of the teacher or the groups within a day of now."""
    now, day = timezone.now(), timedelta(days=1)
    near = school.lessons.filter(cancelled_at=None, ends_at__gt=now - day, starts_at__lt=now + day)
    return near.filter(Q(teacher=teacher) | Q(groups__in=groups))


def _free_time(one: RunningLesson, others: Iterable[Lesson]) -> tuple[datetime, datetime] | None:
    """Return start and end of the lesson between the others; None if one of them runs or is due soon."""
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    taken = [
        (lesson.starts_at, min(lesson.ends_at, lesson.real_ended_at or lesson.ends_at)) for lesson in others
    ]
    # One that follows another begins after it, or its people would be in both.
    before = [end for _start, end in taken if end <= now]
    start = min(max([minute - timedelta(minutes=one.elapsed), *before]), now)
    after = [begins for begins, end in taken if end > now]
    end = min([start + timedelta(minutes=one.minutes), *after])
    return (start, end) if end - now >= SHORTEST else None


def _begun(school: Enterprise, one: RunningLesson, lesson: Lesson) -> dict[str, Any]:
    """The lesson as it has gone so far: the teacher began it on time, the students came one after another."""
    luck = random.Random(lesson.pk)
    now, began = timezone.now(), lesson.starts_at + timedelta(seconds=luck.randint(5, 40))
    stays = [] if one.teacher_after else [_stay(one.teacher, began - timedelta(seconds=50))]
    for user_id in one.attending:
        entered = began + timedelta(seconds=luck.randint(-60, 260))
        if entered < now - timedelta(seconds=20):
            stays.append(_stay(user_id, entered, camera=luck.randint(0, 1), mic=luck.randint(0, 1)))
    return {
        "sdkappid": school.sdkappid,
        "class_id": lesson.class_id,
        "real_start_time": int(began.timestamp()),
        "stays": stays,
        "recordings": not one.drops,
        "callbacks": True,
    }


def _stay(user_id: str, entered: datetime, *, camera: int = 1, mic: int = 1) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "enter_time": int(entered.timestamp()),
        "camera": camera,
        "mic": mic,
        "speaker": 1,
    }
