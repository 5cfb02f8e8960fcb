"""Making a lesson at the service: sent, read back, and found again where the answer was lost.

`/class/create` has no key of ours, so what tells our class apart is its natural key (topic, type, teacher,
times). The operation keeps each key that it sent: the row may have been edited since.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from classes.mirror.later import on_the_wire, unsent, worth_sending
from classes.mirror.seen import lesson_seen, made
from classes.mirror.wanted import REMOTE, natural_key, natural_key_of, wanted_lesson, wanted_members
from classes.models import Lesson, Member
from console.iclass import (
    ClassInfo,
    ClassLine,
    Client,
    IClassError,
    NewClass,
    OutcomeUnknown,
    Page,
    Unreadable,
)
from console.iclass import walk as walk_pages
from console.outbox.kinds import Absent, Found, Kind, Nature, NothingToDo, NotNow, Unclear
from console.outbox.models import Operation
from console.outbox.points import ADOPT_UNHELD, READ_BACK
from console.outbox.queue import enqueue
from console.outbox.states import State

#: How far the service's clock may be behind ours when a probe asks whether a class is younger than our try.
CLOCK_SKEW_S = 60


@dataclass(frozen=True)
class Create:
    """What to send, and the natural keys of all that this operation sent. `later` are the words of the later
    fields that go along."""

    new: NewClass
    keys: frozenset[str]
    school: int
    edited: bool
    later: dict[str, Any] = field(default_factory=dict)

    def made(self, line: ClassLine) -> bool:
        """Whether this is a class that we asked for."""
        return natural_key_of(self.school, line) in self.keys


@dataclass(frozen=True)
class Made:
    """The class as the service shows it, the links that only a create tells, the later fields it took."""

    info: ClassInfo
    teacher_url: str = ""
    student_url: str = ""
    later: dict[str, Any] = field(default_factory=dict)


def _create(operation: Operation) -> Create:
    lesson: Lesson = operation.subject()
    # A lost create of a lesson that was cancelled since is looked for too: what it made is to be deleted.
    if lesson.remote_id or (lesson.cancelled_at and operation.state != State.PROBING):
        raise NothingToDo
    school = operation.enterprise
    if not school.private_key:
        raise NotNow("no_private_key")
    if not settings.ICLASS_ADMIN_ID:
        raise NotNow("no_admin_id")
    students = lesson.members.filter(role=Member.Role.STUDENT).values_list("user__user_id", flat=True)
    later = worth_sending(lesson)
    new = NewClass(
        admin_id=settings.ICLASS_ADMIN_ID,
        admin_sig=school.signature_of(settings.ICLASS_ADMIN_ID),
        members=list(students),
        **_remote(wanted_lesson(lesson)),
        **recorder(lesson),
        **on_the_wire(lesson, later),
    )
    key = natural_key(lesson)
    keys = _keys(operation, key)
    return Create(new, keys, school.pk, edited=keys != {key}, later=later)


def _keys(operation: Operation, key: str) -> frozenset[str]:
    """The keys sent so far. One that is about to be sent is written down before its first byte leaves."""
    sent: list[str] = operation.args.get("sent", [])
    if operation.state == State.SENDING and key not in sent:
        sent = [*sent, key]
        operation.args = {**operation.args, "sent": sent}
        Operation.objects.filter(pk=operation.pk, fence=operation.fence).update(args=operation.args)
    return frozenset(sent or [operation.lane])


def _remote(words: dict[str, Any]) -> dict[str, Any]:
    fields = {REMOTE[name]: value for name, value in words.items()}
    if not fields.get("max_member_limit", 1):
        del fields["max_member_limit"]  # 0 would let nobody on the microphone
    return fields


def recorder(lesson: Lesson) -> dict[str, str]:
    """Who records in the cloud: an identity of its own, at most 60 bytes, never the same twice."""
    if not lesson.records_remotely:
        return {}
    name = f"tic_record_user_{lesson.pk}_{get_random_string(8)}"[:60]
    lifetime = int((lesson.ends_at - timezone.now()).total_seconds()) + 86400
    signature = lesson.enterprise.signature_of(name, lifetime_s=max(lifetime, 86400))
    return {"record_user_id": name, "record_user_sig": signature}


def _send(client: Client, create: Create) -> Made:
    """Create it and read it back."""
    answer = client.classes.create(create.new)
    info = _read_back(client, create, answer.class_id)
    return Made(info, answer.teacher_url, answer.student_url, create.later)


def _read_back(client: Client, create: Create, class_id: int) -> ClassInfo:
    """The class under this id, if it is the one that we asked for; OutcomeUnknown otherwise.

    An answer that was spoilt on the way may hold the id of another class: nobody would ever notice.
    """
    try:
        info = client.classes.info(class_id)
    except IClassError as error:
        reason = type(error).__name__
    else:
        if create.made(info) or not READ_BACK.up:
            return info
        reason = "another class"
    raise OutcomeUnknown(f"class/create: reading it back brought {reason}", endpoint="class/create")


def _record(operation: Operation, answer: Made) -> None:
    lesson = operation.subject()
    class_id = str(answer.info.class_id)
    links = [url if class_id in url else "" for url in (answer.teacher_url, answer.student_url)]
    made(lesson, answer.info.class_id, *links)
    lesson_seen(lesson, answer.info)
    lesson.later_sent = answer.later or None
    lesson.save(update_fields=["later_sent"])
    if unsent(lesson):
        enqueue("class.modify", lesson, by=operation.created_by)
    if wanted_members(lesson) != lesson.observed["members"]:
        enqueue("class.members", lesson, by=operation.created_by)


def _find(client: Client, create: Create, operation: Operation) -> Found | Absent | Unclear:
    """Whether a lost create took effect: a class of this natural key that no lesson of ours holds."""
    sent = int(operation.first_sent_at.timestamp()) if operation.first_sent_at else 0

    def since() -> float:
        """The earliest that the class can have been made, by the service's clock."""
        return sent + client.skew - CLOCK_SKEW_S

    def enough(page: Page[ClassLine]) -> bool:
        """Newest first: whether the rest of the list is older than our first try."""
        times = [line.create_time for line in page.lines]
        ordered = times == sorted(times, reverse=True) and not page.odd
        return ordered and bool(times) and 0 < times[-1] < since()

    teacher = "" if create.edited else create.new.teacher_id
    result = walk_pages(
        lambda index, size: client.classes.list(index, size, user_id=teacher),
        lambda line: line.class_id,
        enough=enough,
    )
    alike = {line.class_id for line in result.lines if create.made(line) and line.create_time >= since()}
    free = sorted(alike - _held(operation, alike) if ADOPT_UNHELD.up else alike)
    if len(free) > 1:
        return Unclear("several_alike")
    if free:
        return Found(Made(_read_back(client, create, free[0])))
    if result.odd or not (result.complete or result.enough):
        raise Unreadable("class/list: a list with gaps does not show that something is missing")
    return Absent()


def _held(operation: Operation, class_ids: set[int]) -> set[int]:
    lessons = Lesson.objects.filter(enterprise=operation.enterprise, remote_id__in=map(str, class_ids))
    return {int(remote_id) for remote_id in lessons.values_list("remote_id", flat=True)}


KIND = Kind(
    "class.create",
    Nature.UNKEYED_CREATE,
    "class/create",
    _create,
    _send,
    _record,
    probe=_find,
    label=_("Make the lesson"),
)
