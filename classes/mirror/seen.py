"""Writing what the service says of a lesson: the one place where a class becomes a row."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mirror import moment, person_of
from accounts.models import Enterprise, Role
from classes.attendance.rules import freeze_policy
from classes.kinds import ClassType, Status
from classes.mirror.wanted import TOPIC_LENGTH, everything_wanted, observed_lesson
from classes.models import Lesson, Member
from classes.models.lesson import MADE_OUTSIDE
from console.iclass import ClassInfo
from console.inbox.process import release
from console.mirror.copies import differs
from console.mirror.drift import Seen, is_news, settle, settle_all
from console.mirror.leases import look_now
from console.outbox.states import SyncState

#: The columns of a lesson that only the service decides.
THEIRS = ("status", "real_started_at", "real_ended_at")
#: A class may run at most this long at the service with both its times the same (document's example).
ODD_END = timedelta(hours=2)
#: Beyond these a number of the service is none that a lesson can have; the difference shows it all the same.
MOST_BITRATE, DEFAULT_BITRATE, MOST_ON_MIC = 100_000, 850, 10_000


def news_of_lesson(lesson: Lesson, info: ClassInfo) -> bool:
    """Whether `lesson_seen` would have something to write; asks nothing where the members are loaded."""
    row, remote_id, wanted, observed = _seen(lesson, info)
    return is_news(row, remote_id, wanted=wanted, observed=observed, extra=_only_theirs(lesson, info))


def _only_theirs(lesson: Lesson, info: ClassInfo) -> dict[str, Any]:
    """The columns that only the service decides, with what it says."""
    status = info.class_status if info.class_status in Status.values else lesson.status
    return dict(zip(THEIRS, (status, moment(info.real_start_time), moment(info.real_stop_time)), strict=True))


def lessons_seen(told: Sequence[tuple[Lesson, ClassInfo]]) -> None:
    """`lesson_seen` for many lessons of which each has news; the caller's transaction has locked and read
    them, and none has ended."""
    for lesson, info in told:
        _take(lesson, info)
    settle_all([_seen(lesson, info) for lesson, info in told], extra=THEIRS)


def _take(lesson: Lesson, info: ClassInfo) -> None:
    """Set what only the service decides."""
    for name, value in _only_theirs(lesson, info).items():
        setattr(lesson, name, value)


def _seen(lesson: Lesson, info: ClassInfo) -> Seen:
    observed = observed_lesson(info) | differs(lesson)[1]
    return Seen(lesson, str(info.class_id), everything_wanted(lesson), observed)


def lesson_seen(lesson: Lesson, info: ClassInfo) -> bool:
    """Write what `/class/info` says; True where anything was new. Call it inside a transaction."""
    ended_before = lesson.status == Status.END
    _take(lesson, info)
    row, remote_id, wanted, observed = _seen(lesson, info)
    new = settle(row, remote_id, wanted=wanted, observed=observed, extra=THEIRS)
    if lesson.status == Status.END and not ended_before:
        freeze_policy(lesson)
    return new


def next_look(lesson: Lesson, *, at: datetime | None = None) -> datetime | None:
    """When to look at a lesson again: from 15 min before its start until its history has settled."""
    now = at or timezone.now()
    if not lesson.remote_id or lesson.cancelled_at or lesson.final_at or lesson.sync_state == SyncState.GONE:
        return None
    if lesson.status == Status.END:
        return now + timedelta(seconds=settings.HISTORY_POLL_S)
    begins = lesson.starts_at - timedelta(seconds=settings.WATCH_BEFORE_S)
    if lesson.status == Status.WILL and now < begins:
        return begins
    if lesson.status == Status.WILL and now > lesson.ends_at + timedelta(days=1):
        return None  # never held
    # A lesson that should be over and was never begun is only glanced at.
    slow = lesson.status == Status.WILL and now > lesson.ends_at
    return now + timedelta(seconds=settings.LIVE_POLL_S * (15 if slow else 1))


def room_links(lesson: Lesson) -> tuple[str, str]:
    """Teacher's and student's link, built from the school's room address where no answer gave them.

    `/class/info` and `/class/list` return no links; they end in `/0` and `/1`.
    """
    address = (lesson.enterprise.room_address or settings.ICLASS_ROOM_URL).rstrip("/")
    if not address or not lesson.remote_id:
        return "", ""
    base = f"{address}/{lesson.enterprise.sdkappid}/{lesson.remote_id}"
    return f"{base}/0", f"{base}/1"


def made(lesson: Lesson, class_id: int, teacher_url: str = "", student_url: str = "") -> None:
    """Note that the service has a lesson now: id, links, when to look, and what waited for it."""
    lesson.remote_id = str(class_id)
    learn_room_address(lesson.enterprise, teacher_url, lesson.remote_id)
    built = room_links(lesson)
    lesson.teacher_url, lesson.student_url = teacher_url or built[0], student_url or built[1]
    lesson.look_at = next_look(lesson)
    lesson.save(update_fields=["remote_id", "teacher_url", "student_url", "look_at"])
    release(lesson.enterprise_id, lesson.remote_id)


def learn_room_address(school: Enterprise, teacher_url: str, class_id: str) -> None:
    """Keep where this school's classrooms are, as any answer to a create tells it."""
    tail = f"/{school.sdkappid}/{class_id}/0"
    if not teacher_url.endswith(tail):
        return
    address = teacher_url.removesuffix(tail)
    if address != school.room_address:
        school.room_address = address
        Enterprise.objects.filter(pk=school.pk).update(room_address=address)


def adopt_lesson(enterprise: Enterprise, info: ClassInfo, *, double_of: int | None = None) -> Lesson:
    """Make our row of a class that only the service had, with its people.

    `double_of` is the lesson that it may be a second copy of.
    """
    starts = moment(info.start_time) or timezone.now()
    ends = moment(info.stop_time) or starts
    lesson = Lesson.objects.create(
        enterprise=enterprise,
        topic=info.class_topic[:TOPIC_LENGTH] or str(info.class_id),
        class_type=info.class_type if info.class_type in ClassType.values else ClassType.SMALL,
        teacher=person_of(enterprise, info.teacher_id, Role.TEACHER),
        starts_at=starts,
        ends_at=ends if ends > starts else starts + ODD_END,
        record_types=[kind for kind in info.settings.record_types if kind in ("local", "remote")],
        auto_open_mic=bool(info.settings.auto_open_mic),
        auto_open_camera=bool(info.settings.auto_open_camera),
        bitrate=info.settings.bitrate if 0 < info.settings.bitrate <= MOST_BITRATE else DEFAULT_BITRATE,
        max_on_mic=info.max_member_limit if 0 < info.max_member_limit <= MOST_ON_MIC else None,
        made_outside=True,
        conflict_allowed=True,
        conflict_reason=MADE_OUTSIDE,
        conflict_at=timezone.now(),
        double_of_id=double_of,
        remote_id=str(info.class_id),
    )
    adopt_members(lesson, {one.user_id: one.role for one in info.members if one.user_id != info.teacher_id})
    lesson_seen(lesson, info)
    made(lesson, info.class_id)
    if lesson.status == Status.END:
        look_now(Lesson.objects.filter(pk=lesson.pk))
    return lesson


def adopt_members(lesson: Lesson, people: Mapping[str, str]) -> None:
    """Expect these people (user id → role) in the lesson too; who is unknown here is adopted."""
    rows = []
    for user_id, told in people.items():
        role = told if told in Member.Role.values else Member.Role.STUDENT
        rows.append(
            Member(lesson=lesson, user=person_of(lesson.enterprise, user_id, Role.STUDENT), role=role)
        )
    Member.objects.bulk_create(rows, ignore_conflicts=True)
