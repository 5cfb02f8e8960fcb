"""Write what the service says about a lesson: the only place where a class becomes a row."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mirror.upsert import datetime_from_unix, get_or_create_person
from accounts.models import Enterprise, Role, User
from accounts.models.roles import STAFF
from classes.attendance.policy import freeze_policy
from classes.attendance.register import recompute_register
from classes.choices import ClassType, Status
from classes.lessons.fields import MAX_TOPIC_LENGTH, SETTINGS
from classes.lessons.remote_fields import desired_state, observed_state
from classes.lessons.roster import add_members, helper_role
from classes.models import Attendance, Lesson, Member
from classes.models.lesson import MADE_OUTSIDE
from console.iclass import ClassInfo
from console.inbox.processing import release_parked
from console.mirror.differences import ObservedRow, has_changes, save_observed, save_observed_rows
from console.mirror.duplicates import copy_difference
from console.mirror.leases import schedule_poll_now
from console.outbox.states import SyncState

#: Columns of a lesson that only the service decides.
REMOTE_ONLY_FIELDS = ("status", "real_started_at", "real_ended_at")
#: Length of an adopted class whose start and end are equal (the document's example).
DEFAULT_LENGTH = timedelta(hours=2)


def lesson_differs(lesson: Lesson, info: ClassInfo) -> bool:
    """Return whether `upsert_lesson` would write something; no query if the members are loaded."""
    row, remote_id, desired, observed = _observation(lesson, info)
    return has_changes(
        row, remote_id, desired=desired, observed=observed, extra=_remote_only_values(lesson, info)
    )


def _remote_only_values(lesson: Lesson, info: ClassInfo) -> dict[str, Any]:
    """Return the columns that only the service decides, with its values."""
    status = info.class_status if info.class_status in Status.values else lesson.status
    return dict(
        zip(
            REMOTE_ONLY_FIELDS,
            (status, datetime_from_unix(info.real_start_time), datetime_from_unix(info.real_stop_time)),
            strict=True,
        )
    )


def upsert_lessons(infos: Sequence[tuple[Lesson, ClassInfo]]) -> None:
    """Write `/class/info` of many lessons that all have changes.

    The caller's transaction has locked and read them, and none has ended.
    """
    for lesson, info in infos:
        _set_remote_only(lesson, info)
    save_observed_rows([_observation(lesson, info) for lesson, info in infos], extra=REMOTE_ONLY_FIELDS)


def _set_remote_only(lesson: Lesson, info: ClassInfo) -> None:
    for name, value in _remote_only_values(lesson, info).items():
        setattr(lesson, name, value)


def _observation(lesson: Lesson, info: ClassInfo) -> ObservedRow:
    observed = observed_state(info) | copy_difference(lesson)[1]
    return ObservedRow(lesson, str(info.class_id), desired_state(lesson), observed)


def upsert_lesson(lesson: Lesson, info: ClassInfo) -> bool:
    """Write what `/class/info` says; return True if anything changed. Call it inside a transaction."""
    ended_before = lesson.status == Status.END
    _set_remote_only(lesson, info)
    row, remote_id, desired, observed = _observation(lesson, info)
    changed = save_observed(row, remote_id, desired=desired, observed=observed, extra=REMOTE_ONLY_FIELDS)
    if lesson.status == Status.END and not ended_before:
        freeze_policy(lesson)
        # Not left to the next poll, whose history may fail: "present so far" must not outlive the lesson.
        if Attendance.objects.filter(lesson=lesson).exists():
            recompute_register(lesson)
    return changed


def next_poll_at(lesson: Lesson, *, at: datetime | None = None) -> datetime | None:
    """Return when to poll a lesson again: from 15 min before its start until its history has settled."""
    now = at or timezone.now()
    if not lesson.remote_id or lesson.cancelled_at or lesson.final_at or lesson.sync_state == SyncState.GONE:
        return None
    if lesson.status == Status.END:
        return now + timedelta(seconds=settings.HISTORY_POLL_S)
    poll_from = lesson.starts_at - timedelta(seconds=settings.POLL_BEFORE_START_S)
    if lesson.status == Status.WILL and now < poll_from:
        return poll_from
    if lesson.status == Status.WILL and now > lesson.ends_at + timedelta(days=1):
        return None  # never held
    # A lesson that should be over but never began is polled less often.
    slow = lesson.status == Status.WILL and now > lesson.ends_at
    return now + timedelta(seconds=settings.LIVE_POLL_S * (15 if slow else 1))


def room_links(lesson: Lesson) -> tuple[str, str]:
    """Return the teacher's and the student's link; build them from the room address if no answer gave them.

    `/class/info` and `/class/list` return no links; they end in `/0` and `/1`.
    """
    address = (lesson.enterprise.room_address or settings.ICLASS_ROOM_URL).rstrip("/")
    if not address or not lesson.remote_id:
        return "", ""
    base = f"{address}/{lesson.enterprise.sdkappid}/{lesson.remote_id}"
    return f"{base}/0", f"{base}/1"


def record_created(lesson: Lesson, class_id: int, teacher_url: str = "", student_url: str = "") -> None:
    """Record that the service has the lesson: id, links and next poll; release events that waited for it."""
    lesson.remote_id = str(class_id)
    save_room_address(lesson.enterprise, teacher_url, lesson.remote_id)
    built = room_links(lesson)
    lesson.teacher_url, lesson.student_url = teacher_url or built[0], student_url or built[1]
    lesson.look_at = next_poll_at(lesson)
    lesson.save_mirrored(["remote_id", "teacher_url", "student_url", "look_at"])
    release_parked(lesson.enterprise_id, lesson.remote_id)


def save_room_address(school: Enterprise, teacher_url: str, class_id: str) -> None:
    """Store the school's room address, taken from the link that a create returned."""
    tail = f"/{school.sdkappid}/{class_id}/0"
    if not teacher_url.endswith(tail):
        return
    address = teacher_url.removesuffix(tail)
    if address != school.room_address:
        school.room_address = address
        Enterprise.objects.filter(pk=school.pk).update(room_address=address)


def adopt_lesson(enterprise: Enterprise, info: ClassInfo, *, double_of: int | None = None) -> Lesson:
    """Create our row of a class that only the service had, with its people.

    `double_of` is the lesson that it may be a second copy of.
    """
    starts = datetime_from_unix(info.start_time) or timezone.now()
    ends = datetime_from_unix(info.stop_time) or starts
    lesson = Lesson.objects.create(
        enterprise=enterprise,
        topic=info.class_topic[:MAX_TOPIC_LENGTH] or str(info.class_id),
        class_type=info.class_type if info.class_type in ClassType.values else ClassType.SMALL,
        teacher=get_or_create_person(enterprise, info.teacher_id, Role.TEACHER),
        starts_at=starts,
        ends_at=ends if ends > starts else starts + DEFAULT_LENGTH,
        **{field.name: field.storable(field.raw(info)) for field in SETTINGS if field.answer},
        made_outside=True,
        conflict_allowed=True,
        conflict_reason=MADE_OUTSIDE,
        conflict_at=timezone.now(),
        double_of_id=double_of,
        remote_id=str(info.class_id),
    )
    adopt_members(lesson, {one.user_id: one.role for one in info.members if one.user_id != info.teacher_id})
    upsert_lesson(lesson, info)
    record_created(lesson, info.class_id)
    if lesson.status == Status.END:
        schedule_poll_now(Lesson.objects.filter(pk=lesson.pk))
    return lesson


def adopt_members(lesson: Lesson, people: Mapping[str, str]) -> None:
    """Add these people (user id → role) to the lesson; create those who are unknown."""
    roles: dict[User, str] = {}
    for user_id, remote_role in people.items():
        person = get_or_create_person(lesson.enterprise, user_id, Role.STUDENT)
        roles.setdefault(person, _member_role(person, remote_role))
    add_members(lesson, roles)


def _member_role(person: User, remote_role: str) -> str:
    """Return the role in the lesson; of staff to whom the service gives none that members have, their own.

    Staff are never students: they would be missing, and marked as absent.
    """
    if remote_role in Member.Role.values:
        return remote_role
    return helper_role(person) if {person.role, remote_role} & {*STAFF} else str(Member.Role.STUDENT)
