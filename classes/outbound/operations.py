"""Operations about lessons, sent to the API."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.choices import Status
from classes.lessons import entry_operations
from classes.lessons.extended_fields import extended_values, to_remote_fields, unsent_values
from classes.lessons.remote_fields import (
    REMOTE_NAMES,
    desired_fields,
    desired_members,
    fields_to_send,
)
from classes.mirror.upsert import next_poll_at, room_links, upsert_lesson
from classes.models import Lesson, Member
from classes.outbound import create
from console.iclass import ClassInfo, Client, LessonOver, NotFound
from console.mirror.differences import compare_fields, covers_field, update_sync_state
from console.outbox.kinds import NothingToDo, OperationExpired, OperationKind, RepeatRule, register_kind
from console.outbox.models import Operation
from console.outbox.services import enqueue
from console.wakeup import wake_worker

#: A change of these may remove staff from the class at the service.
STAFF_FIELDS = {"teacher", "members"}


def _class_id(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if not lesson.remote_id:
        raise OperationExpired("no_room")
    return int(lesson.remote_id)


@dataclass(frozen=True)
class ModifyRequest:
    """`fields` in the API's names; `values` in ours; `later` holds our values of the extended fields."""

    class_id: int
    fields: dict[str, Any] = field(repr=False)
    values: dict[str, Any]
    later: dict[str, Any]


def _build_modify(operation: Operation) -> ModifyRequest:
    class_id, lesson = _class_id(operation), operation.subject()
    if lesson.cancelled_at:
        raise NothingToDo
    desired = desired_fields(lesson)
    differing = compare_fields(desired, lesson.observed)
    values = {name: ours for name, (ours, _) in differing.items() if covers_field(operation, name)}
    if operation.args.get("whole"):
        values |= fields_to_send(lesson)
    later = _extended_fields(operation, lesson)
    fields = {REMOTE_NAMES[name]: value for name, value in values.items()}
    if operation.args.get("members"):
        fields["members"] = _students(lesson)
        values |= {"members": dict.fromkeys(fields["members"], str(Member.Role.STUDENT))}
    if not values and not later:
        raise NothingToDo
    if "remote" in fields.get("record_types", ()):
        fields |= create.recorder_fields(lesson)
    return ModifyRequest(class_id, fields | to_remote_fields(lesson, later), values, later)


def _students(lesson: Lesson) -> list[str]:
    """Return the user ids for the `members` field; the service takes everybody in it for a student."""
    students = lesson.members.filter(role=Member.Role.STUDENT).order_by("pk")
    return list(students.values_list("user__user_id", flat=True))


def _extended_fields(operation: Operation, lesson: Lesson) -> dict[str, Any]:
    """Return the extended fields to send: those that the service did not take yet, or all if `whole`."""
    values = unsent_values(lesson)
    if operation.args.get("whole") and lesson.enterprise.later_fields:
        values |= {name: value for name, value in extended_values(lesson).items() if value}
    return {name: value for name, value in values.items() if covers_field(operation, name)}


def _send_modify(client: Client, change: ModifyRequest) -> ModifyRequest:
    client.classes.modify(change.class_id, **change.fields)
    return change


def _read_class(client: Client, operation: Operation) -> ClassInfo:
    return client.classes.info(_class_id(operation))


def _record_read(operation: Operation, info: ClassInfo) -> None:
    upsert_lesson(operation.subject(), info)


def _record_modify(operation: Operation, change: ModifyRequest) -> None:
    """Record the sent values.

    A whole list, a new teacher or assistant may remove staff, because a list that the service replaces has
    students only: the members are sent again.
    """
    lesson = operation.subject()
    lesson.observed |= change.values
    lesson.later_sent = {**(lesson.later_sent or {}), **change.later} or None
    lesson.look_at = next_poll_at(lesson)
    lesson.save_mirrored(["observed", "later_sent", "look_at"])
    staffed = lesson.members.exclude(role=Member.Role.STUDENT).exists()
    if staffed and (STAFF_FIELDS & change.values.keys() or "assistant" in change.later):
        enqueue("class.members", lesson, by=operation.created_by)
    update_sync_state(lesson)


@dataclass(frozen=True)
class MembersRequest:
    class_id: int
    members: dict[str, str]


def _build_members(operation: Operation) -> MembersRequest:
    return MembersRequest(_class_id(operation), desired_members(operation.subject()))


def _send_members(client: Client, request: MembersRequest) -> dict[str, str]:
    """Bring the members to the desired list by increments: read first, then add and delete what differs."""
    info = client.classes.info(request.class_id)
    remote = {one.user_id: one.role for one in info.members if one.user_id != info.teacher_id}
    removed = [user_id for user_id, role in remote.items() if request.members.get(user_id) != role]
    added = [(user_id, role) for user_id, role in request.members.items() if remote.get(user_id) != role]
    if removed:
        client.members.delete(request.class_id, removed)
    if added:
        client.members.add(request.class_id, added)
    return request.members


def _record_members(operation: Operation, members: dict[str, str]) -> None:
    lesson = operation.subject()
    lesson.observed |= {"members": members}
    lesson.save_mirrored(["observed"])
    update_sync_state(lesson)


def _build_delete(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if not lesson.remote_id:
        raise NothingToDo
    return int(lesson.remote_id)


def _send_delete(client: Client, class_id: int) -> None:
    try:
        client.classes.delete(class_id)
    except NotFound:
        return  # already gone: a repeat after a lost answer, or deleted by somebody else


def _record_delete(operation: Operation, _answer: None) -> None:
    Lesson.objects.filter(pk=operation.subject_id).update(look_at=None)


def _build_start(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if lesson.cancelled_at or lesson.ends_at < timezone.now():
        raise OperationExpired("over")
    return _class_id(operation)


def _send_start(client: Client, class_id: int) -> ClassInfo:
    """Start the class: read, start it if it has not begun, read again, because no callback follows."""
    info = client.classes.info(class_id)
    if info.class_status == Status.END:
        raise LessonOver("the class is over", endpoint="class/start", code=10224)
    if info.class_status == Status.WILL:
        client.classes.start(class_id)
        info = client.classes.info(class_id)
    return info


def _build_stop(operation: Operation) -> int:
    """Return the class id.

    A stop requested before the planned end expires at that end; one requested later is still sent.
    """
    lesson: Lesson = operation.subject()
    if operation.created_at < lesson.ends_at < timezone.now():
        raise OperationExpired("over")
    return _class_id(operation)


def _send_stop(client: Client, class_id: int) -> ClassInfo:
    """Stop the class: read, stop it if it runs, read again."""
    info = client.classes.info(class_id)
    if info.class_status != Status.END:
        client.classes.stop(class_id)
        info = client.classes.info(class_id)
    return info


def _record_info(operation: Operation, info: ClassInfo) -> None:
    lesson = operation.subject()
    upsert_lesson(lesson, info)
    teacher_url, student_url = room_links(lesson)
    lesson.teacher_url, lesson.student_url = (
        lesson.teacher_url or teacher_url,
        lesson.student_url or student_url,
    )
    # A lesson that began or ended is polled for its members at once.
    lesson.look_at = (
        timezone.now() if lesson.status != Status.WILL and not lesson.final_at else next_poll_at(lesson)
    )
    lesson.save_mirrored(["teacher_url", "student_url", "look_at"])
    wake_worker("console.mirror.tasks.poll")


def _read_info(client: Client, class_id: int) -> ClassInfo:
    return client.classes.info(class_id)


register_kind(create.CREATE_CLASS)
register_kind(
    OperationKind(
        "class.modify",
        RepeatRule.SET_STATE,
        "class/modify",
        _build_modify,
        _send_modify,
        _record_modify,
        label=_("Update the lesson"),
        read=_read_class,
        learn=_record_read,
    )
)
register_kind(
    OperationKind(
        "class.members",
        RepeatRule.SET_STATE,
        "member/add",
        _build_members,
        _send_members,
        _record_members,
        label=_("Update the members"),
    )
)
register_kind(
    OperationKind(
        "class.delete",
        RepeatRule.SET_STATE,
        "class/delete",
        _build_delete,
        _send_delete,
        _record_delete,
        label=_("Delete the lesson"),
    )
)
register_kind(
    OperationKind(
        "class.start",
        RepeatRule.SET_STATE,
        "class/start",
        _build_start,
        _send_start,
        _record_info,
        label=_("Start the lesson"),
    )
)
register_kind(
    OperationKind(
        "class.stop",
        RepeatRule.SET_STATE,
        "class/stop",
        _build_stop,
        _send_stop,
        _record_info,
        label=_("End the lesson"),
    )
)
register_kind(
    OperationKind(
        "class.pull",
        RepeatRule.SET_STATE,
        "class/info",
        _class_id,
        _read_info,
        _record_info,
        label=_("Get the lesson"),
    )
)
for one_shot in entry_operations.KINDS:
    register_kind(one_shot)
