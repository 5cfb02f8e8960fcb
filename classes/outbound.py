"""Operations about lessons → the API."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes import entries, making
from classes.kinds import Status
from classes.mirror.later import on_the_wire, unsent, wanted_later
from classes.mirror.seen import lesson_seen, next_look, room_links
from classes.mirror.wanted import REMOTE, wanted_lesson, wanted_members
from classes.models import Lesson, Member
from console.bell import ring
from console.iclass import ClassInfo, Client, LessonOver, NotFound
from console.mirror.drift import asked, decide, differences
from console.outbox.kinds import Kind, Lapsed, Nature, NothingToDo, register
from console.outbox.models import Operation
from console.outbox.points import LAPSE
from console.outbox.queue import enqueue

#: A change of these may cost staff their place at the service.
STAFFING = {"teacher", "members"}


def _class_id(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if not lesson.remote_id:
        raise Lapsed("no_room")
    return int(lesson.remote_id)


@dataclass(frozen=True)
class Change:
    """`fields` as they are sent; `words` are ours for them, `later` ours for those of the later revision."""

    class_id: int
    fields: dict[str, Any] = field(repr=False)
    words: dict[str, Any]
    later: dict[str, Any]


def _change(operation: Operation) -> Change:
    class_id, lesson = _class_id(operation), operation.subject()
    if lesson.cancelled_at:
        raise NothingToDo
    wanted = wanted_lesson(lesson)
    differing = differences(wanted, lesson.observed)
    words = {name: ours for name, (ours, _) in differing.items() if asked(operation, name)}
    if operation.args.get("whole"):
        words |= {name: ours for name, ours in wanted.items() if ours or name != "max_on_mic"}
    later = _later(operation, lesson)
    fields = {REMOTE[name]: value for name, value in words.items()}
    if operation.args.get("members"):
        fields["members"] = _students(lesson)
        words |= {"members": dict.fromkeys(fields["members"], str(Member.Role.STUDENT))}
    if not words and not later:
        raise NothingToDo
    if "remote" in fields.get("record_types", ()):
        fields |= making.recorder(lesson)
    return Change(class_id, fields | on_the_wire(lesson, later), words, later)


def _students(lesson: Lesson) -> list[str]:
    """The whole list as the service takes it: everybody in it is a student."""
    students = lesson.members.filter(role=Member.Role.STUDENT).order_by("pk")
    return list(students.values_list("user__user_id", flat=True))


def _later(operation: Operation, lesson: Lesson) -> dict[str, Any]:
    """What of the later fields goes along: what the service did not take yet, or all where all is sent."""
    words = unsent(lesson)
    if operation.args.get("whole") and lesson.enterprise.later_fields:
        words |= {name: value for name, value in wanted_later(lesson).items() if value}
    return {name: value for name, value in words.items() if asked(operation, name)}


def _modify(client: Client, change: Change) -> Change:
    client.classes.modify(change.class_id, **change.fields)
    return change


def _read(client: Client, operation: Operation) -> ClassInfo:
    return client.classes.info(_class_id(operation))


def _learn(operation: Operation, info: ClassInfo) -> None:
    lesson_seen(operation.subject(), info)


def _modified(operation: Operation, change: Change) -> None:
    """A whole list, a new teacher or assistant may have cost staff their place, for a list that the service
    replaces has students only: they are called again."""
    lesson = operation.subject()
    lesson.observed |= change.words
    lesson.later_sent = {**(lesson.later_sent or {}), **change.later} or None
    lesson.look_at = next_look(lesson)
    lesson.save(update_fields=["observed", "later_sent", "look_at"])
    staffed = lesson.members.exclude(role=Member.Role.STUDENT).exists()
    if staffed and (STAFFING & change.words.keys() or "assistant" in change.later):
        enqueue("class.members", lesson, by=operation.created_by)
    decide(lesson)


@dataclass(frozen=True)
class Roll:
    class_id: int
    members: dict[str, str]


def _roll(operation: Operation) -> Roll:
    return Roll(_class_id(operation), wanted_members(operation.subject()))


def _call_roll(client: Client, roll: Roll) -> dict[str, str]:
    """Bring the members to what is wanted by increments: read first, then add and delete what differs."""
    info = client.classes.info(roll.class_id)
    has = {one.user_id: one.role for one in info.members if one.user_id != info.teacher_id}
    gone = [user_id for user_id, role in has.items() if roll.members.get(user_id) != role]
    new = [(user_id, role) for user_id, role in roll.members.items() if has.get(user_id) != role]
    if gone:
        client.members.delete(roll.class_id, gone)
    if new:
        client.members.add(roll.class_id, new)
    return roll.members


def _rolled(operation: Operation, members: dict[str, str]) -> None:
    lesson = operation.subject()
    lesson.observed |= {"members": members}
    lesson.save(update_fields=["observed"])
    decide(lesson)


def _doomed(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if not lesson.remote_id:
        raise NothingToDo
    return int(lesson.remote_id)


def _delete(client: Client, class_id: int) -> None:
    try:
        client.classes.delete(class_id)
    except NotFound:
        return  # gone already: a repeat after a lost answer, or deleted by somebody else


def _deleted(operation: Operation, _answer: None) -> None:
    Lesson.objects.filter(pk=operation.subject_id).update(look_at=None)


def _startable(operation: Operation) -> int:
    lesson: Lesson = operation.subject()
    if lesson.cancelled_at or (LAPSE.up and lesson.ends_at < timezone.now()):
        raise Lapsed("over")
    return _class_id(operation)


def _start(client: Client, class_id: int) -> ClassInfo:
    """Towards "running": read, start where it has not begun, read again, for no callback follows."""
    info = client.classes.info(class_id)
    if info.class_status == Status.END:
        raise LessonOver("the class is over", endpoint="class/start", code=10224)
    if info.class_status == Status.WILL:
        client.classes.start(class_id)
        info = client.classes.info(class_id)
    return info


def _stoppable(operation: Operation) -> int:
    """A stop that did not arrive before the planned end is of no use after it; one asked later still is."""
    lesson: Lesson = operation.subject()
    if LAPSE.up and operation.created_at < lesson.ends_at < timezone.now():
        raise Lapsed("over")
    return _class_id(operation)


def _stop(client: Client, class_id: int) -> ClassInfo:
    """Towards "over": read, stop where it runs, read again."""
    info = client.classes.info(class_id)
    if info.class_status != Status.END:
        client.classes.stop(class_id)
        info = client.classes.info(class_id)
    return info


def _looked(operation: Operation, info: ClassInfo) -> None:
    lesson = operation.subject()
    lesson_seen(lesson, info)
    teacher_url, student_url = room_links(lesson)
    lesson.teacher_url, lesson.student_url = (
        lesson.teacher_url or teacher_url,
        lesson.student_url or student_url,
    )
    # What began or ended is worth a look at its people at once.
    lesson.look_at = (
        timezone.now() if lesson.status != Status.WILL and not lesson.final_at else next_look(lesson)
    )
    lesson.save(update_fields=["teacher_url", "student_url", "look_at"])
    ring("console.mirror.tasks.poll")


def _info(client: Client, class_id: int) -> ClassInfo:
    return client.classes.info(class_id)


register(making.KIND)
register(
    Kind(
        "class.modify",
        Nature.SET_STATE,
        "class/modify",
        _change,
        _modify,
        _modified,
        label=_("Change the lesson"),
        read=_read,
        learn=_learn,
    )
)
register(
    Kind(
        "class.members",
        Nature.SET_STATE,
        "member/add",
        _roll,
        _call_roll,
        _rolled,
        label=_("Change who is expected"),
    )
)
register(
    Kind(
        "class.delete",
        Nature.SET_STATE,
        "class/delete",
        _doomed,
        _delete,
        _deleted,
        label=_("Delete the lesson"),
    )
)
register(
    Kind(
        "class.start",
        Nature.SET_STATE,
        "class/start",
        _startable,
        _start,
        _looked,
        label=_("Start the lesson"),
    )
)
register(
    Kind("class.stop", Nature.SET_STATE, "class/stop", _stoppable, _stop, _looked, label=_("End the lesson"))
)
register(
    Kind(
        "class.pull", Nature.SET_STATE, "class/info", _class_id, _info, _looked, label=_("Look at the lesson")
    )
)
for one_shot in entries.KINDS:
    register(one_shot)
