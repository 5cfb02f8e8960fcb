"""What a school does with its lessons. Each act is one transaction: row, operation, trail."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from accounts.roles import Role
from classes.conflicts.booking import allow, allow_new, judged, mark
from classes.conflicts.finding import wanted_of
from classes.entries import WIPED
from classes.groups.ways import came_by, link
from classes.kinds import ClassType, Status
from classes.mirror.later import unsent
from classes.mirror.wanted import natural_key
from classes.models import Entry, Lesson, Member
from classes.passwords import set_password
from classes.rules import check_lesson, locked_sentence
from classes.telling.cancelling import say_off
from console.audit.trail import changes, record, record_seen, snapshot
from console.outbox.models import Operation
from console.outbox.queue import enqueue, open_operations, supersede
from console.outbox.states import OPEN, State

FIELDS = (
    "topic",
    "class_type",
    "teacher",
    "starts_at",
    "ends_at",
    "record_types",
    "auto_open_mic",
    "auto_open_camera",
    "bitrate",
    "max_on_mic",
    "capacity",
)


@transaction.atomic
def schedule_lesson(
    *,
    teacher: User,
    by: User | None,
    students: Iterable[User] = (),
    staff: Iterable[User] = (),
    groups: Iterable[StudentGroup] = (),
    conflict_reason: str = "",
    password: str | None = None,
    **fields: Any,
) -> Lesson:
    """Schedule a lesson and make it at the service (`/class/create`).

    Fields are those of FIELDS and `course`. `password` and `capacity` stay here until the service knows them
    (`classes.mirror.later`). `staff` are assistants and supervisors, who join by their
    own role. Of `students`, those in one of `groups` came by it and follow its changes; the groups add
    nobody by themselves (`classes.groups.ways.students_of`). The making waits for the registering of its
    people. ValidationError where a field does not hold, Conflicted (one, too) where somebody is planned twice
    and `conflict_reason` is empty.
    """
    lesson = Lesson(enterprise=teacher.enterprise, teacher=teacher, **fields)
    check_lesson(lesson)
    students, staff = list(students), list(staff)
    conflicted = bool(allow(wanted_of(lesson, students, staff), conflict_reason))
    mark(lesson, conflicted, conflict_reason, by)
    with judged():
        lesson.save()
    linked = link(lesson, groups)
    set_members(lesson, students, staff)
    told = snapshot(lesson, FIELDS) | linked | set_password(lesson, password)
    record("lesson.add", lesson, by=by, after=told, reason=lesson.conflict_reason)
    resend(lesson, by)
    return lesson


@transaction.atomic
def edit_lesson(
    *,
    lesson: Lesson,
    by: User | None,
    students: Iterable[User] | None = None,
    staff: Iterable[User] | None = None,
    groups: Iterable[StudentGroup] | None = None,
    conflict_reason: str = "",
    password: str | None = None,
    **fields: Any,
) -> Lesson:
    """Change a lesson that has not begun, and tell the service what differs.

    Fields by `/class/modify`, people by increments (`/member/add`, `/member/delete`). None for
    `students`, `staff`, `groups` or `password` leaves them; an empty password takes it away.
    ValidationError once the lesson runs or is over; Conflicted
    (one, too) where the change brings a conflict and `conflict_reason` is empty.
    """
    stored = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    if stored.locked:
        raise ValidationError(locked_sentence(stored))
    before = snapshot(stored, FIELDS)
    for name, value in fields.items():
        setattr(lesson, name, value)
    check_lesson(lesson)
    students, staff = _listed(students), _listed(staff)
    allow_new(stored, lesson, wanted_of(lesson, students, staff), conflict_reason, by)
    with judged():
        lesson.save()
    was, now = changes(before, snapshot(lesson, FIELDS))
    linked = link(lesson, groups)
    people = set_members(lesson, students, staff) | set_password(lesson, password)
    if now or people or linked:
        reason = lesson.conflict_reason if lesson.conflict_reason != stored.conflict_reason else ""
        told = {**now, **people, **linked}
        record("lesson.change", lesson, by=by, before=was, after=told, reason=reason)
    if now or not lesson.remote_id or unsent(lesson):
        resend(lesson, by)
    if people.keys() - {"password"} and lesson.remote_id:
        owe("class.members", lesson, by)
    return lesson


@transaction.atomic
def cancel_lesson(
    *, lesson: Lesson, by: User | None, reason: str = "", notice: str = "", tell: bool = True
) -> Lesson:
    """Cancel a lesson: its row stays, the service's is deleted (`/class/delete`). Not while it runs.

    Who was invited hears that it does not take place, with the words of `notice`, unless `tell` is off.
    """
    stored = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    if stored.cancelled_at:
        return stored
    if stored.status == Status.ING:
        raise ValidationError(_("The lesson is running. End it first, then cancel it."))
    if stored.status == Status.END:
        raise ValidationError(_("The lesson is over. Its register and recordings are kept."))
    stored.cancelled_at, stored.cancel_reason, stored.look_at = timezone.now(), reason[:300], None
    stored.save(update_fields=["cancelled_at", "cancel_reason", "look_at"])
    stored.doubles.update(double_of=None)
    say_off([stored.pk], notice=notice, tell=tell)
    record("lesson.cancel", stored, by=by, reason=reason)
    supersede(open_operations(stored).exclude(kind="class.delete"))
    if stored.remote_id or open_operations(stored).exists():
        owe("class.delete", stored, by)
    return stored


@transaction.atomic
def start_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """Begin a lesson (`/class/start`). ValidationError for one that is over, cancelled or past its time."""
    if lesson.cancelled_at or lesson.status == Status.END:
        raise ValidationError(locked_sentence(lesson))
    if lesson.ends_at < timezone.now():
        raise ValidationError(_("The planned end has passed. Schedule a new lesson."))
    record("lesson.start", lesson, by=by)
    return owe("class.start", lesson, by)


@transaction.atomic
def stop_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """End a lesson (`/class/stop`); a start that still waits is taken back."""
    if lesson.cancelled_at or lesson.status == Status.END:
        raise ValidationError(locked_sentence(lesson))
    record("lesson.stop", lesson, by=by)
    supersede(open_operations(lesson).filter(kind="class.start"))
    return owe("class.stop", lesson, by)


@transaction.atomic
def pull_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """Look at what the service has of this lesson (`/class/info`)."""
    record("lesson.pull", lesson, by=by)
    return owe("class.pull", lesson, by)


@transaction.atomic
def push_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """Send a lesson again: made where the service has it not, else all of it, whatever we believe it has.

    ValidationError for one that runs, is over or is cancelled.
    """
    if lesson.locked:
        raise ValidationError(locked_sentence(lesson))
    record("lesson.push", lesson, by=by)
    return resend(lesson, by, whole=True)


@transaction.atomic
def enter_for(
    *, lesson: Lesson, person: User, by: User | None, password: str = "", devices: Collection[str] = ()
) -> Entry:
    """Put a person into the room (`/member/join`), with the lesson's password where it has one.

    `devices` (camera, mic, speaker) are switched on. Sent once: where its answer is lost, somebody must look.
    ValidationError for a lesson that is over or cancelled, or a person of another school.
    """
    _check_door(lesson, person)
    told = {"password": password, "devices": sorted(devices)}
    return _at_the_door(lesson, "member.join", by, act=Entry.Act.JOIN, person=person, **told)


@transaction.atomic
def take_out(*, lesson: Lesson, person: User, by: User | None) -> Entry:
    """Take a person out of the room (`/member/quit`), sent once; an entry that still waits is taken back."""
    _check_door(lesson, person)
    waiting = Entry.objects.filter(lesson=lesson, person=person, act=Entry.Act.JOIN)
    supersede(
        Operation.objects.filter(subject_type=Entry._meta.label_lower, subject_id__in=waiting.values("pk"))
    )
    return _at_the_door(lesson, "member.quit", by, act=Entry.Act.QUIT, person=person)


@transaction.atomic
def visitor_pass(*, lesson: Lesson, nickname: str, by: User | None, password: str = "") -> Entry:
    """Let a visitor into a public lesson (`/member/visitor/join`), sent once.

    The service makes the visitor up; `show_pass` tells once who it is. ValidationError for a lesson that
    is for members only, over or cancelled.
    """
    _check_door(lesson)
    if lesson.class_type != ClassType.PUBLIC:
        raise ValidationError(_("Only a public lesson takes visitors. Add the person to the lesson instead."))
    return _at_the_door(
        lesson, "visitor.join", by, act=Entry.Act.VISITOR, nickname=nickname.strip(), password=password
    )


@transaction.atomic
def show_pass(*, entry: Entry, by: User) -> dict[str, str]:
    """The visitor's `user_id`, `user_token` and `user_sig`, once; they are wiped here, and it is on record.

    ValidationError where there is none yet or any more.
    """
    stored = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    late = stored.secrets_until is not None and stored.secrets_until <= timezone.now()
    if not stored.user_token or not stored.user_sig or late:
        raise ValidationError(_("There is no pass to show: it has been shown, or its time is over."))
    shown = {
        "user_id": stored.remote_id,
        "user_token": stored.user_token.reveal(),
        "user_sig": stored.user_sig.reveal(),
    }
    Entry.objects.filter(pk=stored.pk).update(shown_at=timezone.now(), **WIPED)
    record_seen("entry.reveal", (), ("user_token", "user_sig"), obj=stored, by=by)
    return shown


def _check_door(lesson: Lesson, person: User | None = None) -> None:
    if lesson.cancelled_at or lesson.status == Status.END:
        raise ValidationError(locked_sentence(lesson))
    if lesson.ends_at < timezone.now():
        raise ValidationError(_("The planned end has passed. Schedule a new lesson."))
    if person is not None and person.enterprise_id != lesson.enterprise_id:
        raise ValidationError(_("%(who)s is not in your school.") % {"who": person})


def _at_the_door(lesson: Lesson, kind: str, by: User | None, *, password: str = "", **fields: Any) -> Entry:
    """The row of the act, its trail and its operation, which waits for the lesson and for the person."""
    entry = Entry(enterprise=lesson.enterprise, lesson=lesson, password=password, **fields)
    if password:
        entry.secrets_until = timezone.now() + timedelta(seconds=settings.ENTRY_PASSWORD_S)
    entry.full_clean(exclude=["enterprise", "person"], validate_constraints=False)
    entry.save()
    record(f"lesson.{entry.act}", lesson, by=by, after={"entry": entry.pk, "person": entry.person_id})
    making = open_operations(lesson).filter(kind="class.create")
    registering = open_operations(entry.person).filter(kind="user.register") if entry.person else ()
    enqueue(kind, entry, by=by, after=[*making, *registering])
    return entry


def resend(lesson: Lesson, by: User | None, *, whole: bool = False) -> Operation:
    """Make the lesson at the service, or change what differs (all of it where `whole`)."""
    if lesson.remote_id:
        return owe("class.modify", lesson, by, {"whole": True} if whole else {})
    if waiting := open_operations(lesson).filter(kind="class.create").first():
        # Not tried yet, it reads the row when it is sent; its lane follows what it will then ask for.
        untried = Operation.objects.filter(pk=waiting.pk, attempts=0, state=State.READY)
        return waiting if untried.update(lane=natural_key(lesson)) else owe("class.modify", lesson, by)
    people = [lesson.teacher_id, *lesson.members.values_list("user_id", flat=True)]
    registering = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id__in=people
    ).exclude(state="done")
    return enqueue("class.create", lesson, by=by, lane=natural_key(lesson), after=registering)


def owe(
    kind: str,
    lesson: Lesson,
    by: User | None,
    args: Mapping[str, Any] | None = None,
    after: Iterable[Operation] = (),
) -> Operation:
    """An operation about a lesson; everything waits until the lesson has been made."""
    making = open_operations(lesson).filter(kind="class.create")
    return enqueue(kind, lesson, by=by, args=dict(args or {}), after=[*making, *after])


def send_members(lesson: Lesson, by: User | None, new: Collection[int] = ()) -> Operation:
    """Tell the service who is expected, inside the caller's transaction; `new` are pks of who just came.

    It waits until they are registered. A making that was not tried yet reads the people when it is sent.
    """
    registering = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id__in=new, state__in=OPEN
    )
    making = open_operations(lesson).filter(kind="class.create").first()
    if making and making.state == State.READY and not making.attempts:
        making.waits_for.add(*registering)
        return making
    if making or lesson.remote_id:
        return owe("class.members", lesson, by, after=registering)
    return resend(lesson, by)


def _listed(people: Iterable[User] | None) -> list[User] | None:
    return None if people is None else list(people)


def set_members(
    lesson: Lesson, students: Iterable[User] | None, staff: Iterable[User] | None
) -> dict[str, list[str]]:
    """Make the member rows as wished; returns the user ids that came and went."""
    wanted: dict[int, str] = dict(lesson.members.values_list("user_id", "role"))
    if students is not None:
        wanted = {pk: role for pk, role in wanted.items() if role != Member.Role.STUDENT}
        for student in students:
            wanted[student.pk] = Member.Role.STUDENT
    if staff is not None:
        wanted = {pk: role for pk, role in wanted.items() if role == Member.Role.STUDENT}
        for person in staff:
            supervises = person.role == Role.SUPERVISOR
            wanted[person.pk] = Member.Role.SUPERVISOR if supervises else Member.Role.ASSISTANT
    wanted.pop(lesson.teacher_id, None)
    had = dict(lesson.members.values_list("user_id", "role"))
    if wanted == had:
        return {}
    gone = [pk for pk, role in had.items() if wanted.get(pk) != role]
    new = [pk for pk, role in wanted.items() if had.get(pk) != role]
    people = User.objects.filter(pk__in=[*gone, *new])
    if strangers := [one for one in people if one.enterprise_id != lesson.enterprise_id]:
        raise ValidationError({"students": _("%(who)s is not in your school.") % {"who": strangers[0]}})
    names = {one.pk: one.user_id for one in people}
    lesson.members.filter(user_id__in=gone).delete()
    ways = came_by(lesson, [pk for pk in new if wanted[pk] == Member.Role.STUDENT])
    Member.objects.bulk_create(
        Member(lesson=lesson, user_id=pk, role=wanted[pk], via_id=ways.get(pk)) for pk in new
    )
    return {"members_added": [names[pk] for pk in new], "members_removed": [names[pk] for pk in gone]}
