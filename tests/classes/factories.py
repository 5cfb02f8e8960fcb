"""Lessons as rows, with who was seen in them: what pages read, without the road that brought it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.attendance.evidence import record_runtime
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.models import Lesson, Member
from console.iclass import RuntimeMember
from console.iclass.types.members import Devices
from console.outbox.models import Operation
from tests.support.cast import create_person

MINUTE = timedelta(minutes=1)


def create_planned_lesson(teacher: User, begins: timedelta = timedelta(hours=3), **fields: Any) -> Lesson:
    """A lesson of 45 minutes that begins after so much time, known to the service unless said otherwise."""
    starts_at = (timezone.now() + begins).replace(microsecond=0)
    number = Lesson.objects.count() + 1
    values = {
        "topic": f"Croquet {number}",
        "starts_at": starts_at,
        "ends_at": starts_at + 45 * MINUTE,
        "remote_id": str(100000 + number),
        "sync_state": "in_sync",
        "teacher_url": f"https://class.example/1/{100000 + number}/0",
        "student_url": f"https://class.example/1/{100000 + number}/1",
        "conflict_allowed": True,
        "conflict_reason": "Many at once, on purpose.",
    }
    return Lesson.objects.create(enterprise=teacher.enterprise, teacher=teacher, **values | fields)


def create_running_lesson(teacher: User, minutes: int = 10, **fields: Any) -> Lesson:
    """A lesson that began so many minutes ago and runs."""
    began = (timezone.now() - minutes * MINUTE).replace(microsecond=0)
    return create_planned_lesson(teacher, -minutes * MINUTE, status="ing", real_started_at=began, **fields)


def create_lesson_of_few(teacher: User, inside: list[User], missing: list[User], topic: str) -> Lesson:
    """A running lesson in which some are missing. Its data stay current however slow the reader is."""
    lesson = create_running_lesson(teacher, topic=topic)
    add_members(lesson, *inside, *missing)
    record_poll(lesson, inside)
    recompute_register(lesson)
    lesson.looked_at = timezone.now() + timedelta(hours=1)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=lesson.looked_at)
    return lesson


def create_finished_lesson(teacher: User, **fields: Any) -> Lesson:
    """A lesson that was held two hours ago; its history has settled unless `final_at` says otherwise."""
    began = (timezone.now() - 120 * MINUTE).replace(microsecond=0)
    times = {"real_started_at": began, "real_ended_at": began + 45 * MINUTE, "final_at": timezone.now()}
    return create_planned_lesson(teacher, -120 * MINUTE, **{"status": "end", **times, **fields})


def create_finished_lessons(teacher: User, number: int) -> list[Lesson]:
    """So many final lessons of half a minute, one a minute, the last of them two hours ago."""
    now = timezone.now()
    starts = [(now - (120 + n) * MINUTE).replace(microsecond=0) for n in range(number)]
    return Lesson.objects.bulk_create(
        Lesson(
            enterprise=teacher.enterprise,
            teacher=teacher,
            topic=f"Croquet {place}",
            starts_at=at,
            ends_at=at + MINUTE / 2,
            status="end",
            real_started_at=at,
            real_ended_at=at + MINUTE / 2,
            final_at=now,
        )
        for place, at in enumerate(starts)
    )


def create_refused_operation(lesson: Lesson) -> Operation:
    """A change of the lesson that the service refused."""
    return Operation.objects.create(
        enterprise=lesson.enterprise,
        kind="class.modify",
        subject_type=Lesson._meta.label_lower,
        subject_id=lesson.pk,
        subject_label=lesson.topic,
        lane=f"lesson:{lesson.pk}",
        state="refused",
        reason="10003",
        attempts=1,
    )


def add_members(lesson: Lesson, *people: User) -> None:
    """Make people members, by their own role."""
    roles = {Role.ASSISTANT: Member.Role.ASSISTANT, Role.SUPERVISOR: Member.Role.SUPERVISOR}
    Member.objects.bulk_create(
        Member(lesson=lesson, user=one, role=roles.get(Role(one.role), Member.Role.STUDENT)) for one in people
    )


def record_poll(lesson: Lesson, people: Iterable[User], at: datetime | None = None, **devices: int) -> None:
    """The service says that these are in the room, since the real start."""
    seen_at = at or timezone.now()
    since = int((lesson.real_started_at or seen_at).timestamp())
    lines = [
        RuntimeMember(
            user_id=one.user_id,
            nickname=one.nickname,
            role=one.role,
            enter_time=since,
            status=Devices(**devices),
        )
        for one in people
    ]
    record_runtime(lesson, lines, seen_at=seen_at)


def record_full_presence(lesson: Lesson, people: list[User]) -> None:
    """These were in the room from the real start to the real end, seen by a poll every 20 seconds."""
    assert lesson.real_started_at is not None
    assert lesson.real_ended_at is not None
    at = lesson.real_started_at
    while at <= lesson.real_ended_at:
        record_poll(lesson, people, at)
        at += timedelta(seconds=20)
    freeze_policy(lesson)
    recompute_register(lesson)


def create_students(school: Enterprise, number: int, group: str = "") -> list[User]:
    """Students Kid1, Kid2, … of a school, in a group where one is named."""
    kids = [create_person(school, f"kid{place}", Role.STUDENT) for place in range(1, number + 1)]
    if group:
        StudentGroup.objects.create(enterprise=school, name=group).students.set(kids)
    return kids
