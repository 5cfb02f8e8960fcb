"""Create a lesson at the service: send it, read it back, and find it again if the answer was lost.

`/class/create` has no key of ours, so a class is recognised by its natural key (topic, type, teacher, times).
The operation keeps each key that it sent, because the row may have been edited since.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from classes.lessons.extended_fields import non_empty_values, to_remote_fields, unsent_values
from classes.lessons.remote_fields import (
    REMOTE_NAMES,
    desired_members,
    fields_to_send,
    natural_key,
    remote_natural_key,
)
from classes.mirror.upsert import record_created, upsert_lesson
from classes.models import Lesson, Member
from console.iclass import (
    ClassInfo,
    ClassSummary,
    Client,
    IClassError,
    NewClass,
    OutcomeUnknown,
    Page,
    Unreadable,
)
from console.iclass import walk as walk_pages
from console.outbox.kinds import (
    NothingToDo,
    NotReady,
    OperationKind,
    ProbeAbsent,
    ProbeFound,
    ProbeUnclear,
    RepeatRule,
)
from console.outbox.models import Operation
from console.outbox.services import enqueue
from console.outbox.states import OperationState

#: Seconds that the service's clock may lag behind ours when a probe compares a class with our attempt.
CLOCK_SKEW_S = 60


@dataclass(frozen=True)
class CreateRequest:
    """Request of a create, and the natural keys of everything that this operation sent.

    `later` holds our values of the extended fields that are sent along.
    """

    new: NewClass
    keys: frozenset[str]
    school: int
    edited: bool
    later: dict[str, Any] = field(default_factory=dict)

    def matches(self, line: ClassSummary) -> bool:
        """Return whether this is a class that we asked for."""
        return remote_natural_key(self.school, line) in self.keys


@dataclass(frozen=True)
class CreateResult:
    """The class as the service shows it, the links that only a create returns, the extended fields sent."""

    info: ClassInfo
    teacher_url: str = ""
    student_url: str = ""
    later: dict[str, Any] = field(default_factory=dict)


def _build_request(operation: Operation) -> CreateRequest:
    lesson: Lesson = operation.subject()
    # Probe for a lost create even if the lesson was cancelled since: its class must be deleted.
    if lesson.remote_id or (lesson.cancelled_at and operation.state != OperationState.PROBING):
        raise NothingToDo
    school = operation.enterprise
    if not school.private_key:
        raise NotReady("no_private_key")
    if not settings.ICLASS_ADMIN_ID:
        raise NotReady("no_admin_id")
    students = lesson.members.filter(role=Member.Role.STUDENT).values_list("user__user_id", flat=True)
    later = non_empty_values(lesson)
    new = NewClass(
        admin_id=settings.ICLASS_ADMIN_ID,
        admin_sig=school.build_user_sig(settings.ICLASS_ADMIN_ID),
        members=list(students),
        **{REMOTE_NAMES[name]: value for name, value in fields_to_send(lesson).items()},
        **recorder_fields(lesson),
        **to_remote_fields(lesson, later),
    )
    key = natural_key(lesson)
    keys = _sent_keys(operation, key)
    return CreateRequest(new, keys, school.pk, edited=keys != {key}, later=later)


def _sent_keys(operation: Operation, key: str) -> frozenset[str]:
    """Return the keys sent so far. A new key is stored before its first byte is sent."""
    sent: list[str] = operation.args.get("sent", [])
    if operation.state == OperationState.SENDING and key not in sent:
        sent = [*sent, key]
        operation.args = {**operation.args, "sent": sent}
        Operation.objects.filter(pk=operation.pk, fence=operation.fence).update(args=operation.args)
    return frozenset(sent or [operation.lane])


def recorder_fields(lesson: Lesson) -> dict[str, Any]:
    """Return the identity that records in the cloud: at most 60 bytes, never the same twice."""
    if not lesson.records_remotely:
        return {}
    name = f"tic_record_user_{lesson.pk}_{get_random_string(8)}"[:60]
    lifetime = int((lesson.ends_at - timezone.now()).total_seconds()) + 86400
    signature = lesson.enterprise.build_user_sig(name, lifetime_s=max(lifetime, 86400))
    return {"record_user_id": name, "record_user_sig": signature}


def _send(client: Client, create: CreateRequest) -> CreateResult:
    """Create the class and read it back."""
    answer = client.classes.create(create.new)
    info = _read_back(client, create, answer.class_id)
    return CreateResult(info, answer.teacher_url, answer.student_url, create.later)


def _read_back(client: Client, create: CreateRequest, class_id: int) -> ClassInfo:
    """Return the class under this id if it is the one that we asked for; raise OutcomeUnknown otherwise.

    A corrupted answer may hold the id of another class, which nobody would notice.
    """
    try:
        info = client.classes.info(class_id)
    except IClassError as error:
        reason = type(error).__name__
    else:
        if create.matches(info):
            return info
        reason = "another class"
    raise OutcomeUnknown(f"class/create: reading it back brought {reason}", endpoint="class/create")


def _record_created(operation: Operation, answer: CreateResult) -> None:
    lesson = operation.subject()
    class_id = str(answer.info.class_id)
    links = [url if class_id in url else "" for url in (answer.teacher_url, answer.student_url)]
    record_created(lesson, answer.info.class_id, *links)
    upsert_lesson(lesson, answer.info)
    lesson.later_sent = answer.later or None
    lesson.save_mirrored(["later_sent"])
    if unsent_values(lesson):
        enqueue("class.modify", lesson, by=operation.created_by)
    if desired_members(lesson) != lesson.observed["members"]:
        enqueue("class.members", lesson, by=operation.created_by)


def _probe(
    client: Client, create: CreateRequest, operation: Operation
) -> ProbeFound | ProbeAbsent | ProbeUnclear:
    """Find out whether a lost create took effect: a class of this natural key that no lesson of ours has."""
    sent = int(operation.first_sent_at.timestamp()) if operation.first_sent_at else 0

    def since() -> float:
        """Return the earliest time at which the class can have been created, by the service's clock."""
        return sent + client.skew - CLOCK_SKEW_S

    def enough(page: Page[ClassSummary]) -> bool:
        """Return whether the rest of the list (newest first) is older than our first attempt."""
        times = [line.create_time for line in page.lines]
        ordered = times == sorted(times, reverse=True) and not page.odd
        return ordered and bool(times) and 0 < times[-1] < since()

    teacher = "" if create.edited else create.new.teacher_id
    result = walk_pages(
        lambda index, size: client.classes.list(index, size, user_id=teacher),
        lambda line: line.class_id,
        enough=enough,
    )
    alike = {line.class_id for line in result.lines if create.matches(line) and line.create_time >= since()}
    free = sorted(alike - _known_class_ids(operation, alike))
    if len(free) > 1:
        return ProbeUnclear("several_alike")
    if free:
        return ProbeFound(CreateResult(_read_back(client, create, free[0])))
    if result.odd or not (result.complete or result.enough):
        raise Unreadable("class/list: a list with gaps does not show that something is missing")
    return ProbeAbsent()


def _known_class_ids(operation: Operation, class_ids: set[int]) -> set[int]:
    lessons = Lesson.objects.filter(enterprise=operation.enterprise, remote_id__in=map(str, class_ids))
    return {int(remote_id) for remote_id in lessons.values_list("remote_id", flat=True)}


CREATE_CLASS = OperationKind(
    "class.create",
    RepeatRule.UNKEYED_CREATE,
    "class/create",
    _build_request,
    _send,
    _record_created,
    probe=_probe,
    label=_("Create lesson"),
)
