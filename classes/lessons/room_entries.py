"""Services that put people and visitors into the room of a lesson and take them out."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.choices import ClassType
from classes.lessons.entry_operations import CLEARED_SECRETS
from classes.lessons.validation import check_not_past, check_open
from classes.locking import lock_lesson
from classes.models import Entry, Lesson
from console.audit.trail import record, record_data_access
from console.concurrency import service
from console.outbox.models import Operation
from console.outbox.services import enqueue, open_operations, supersede


@service
def add_to_room(
    *, lesson: Lesson, person: User, by: User | None, password: str = "", devices: Collection[str] = ()
) -> Entry:
    """Put a person into the room (`/member/join`), with the lesson's password if it has one.

    `devices` (camera, mic, speaker) are switched on. The call is sent once; a lost answer needs a decision by
    a person. Raise ValidationError if the lesson is over or cancelled, or the person is of another school.
    """
    stored = lock_lesson(lesson)
    _check_room_entry(stored, person)
    entry_fields: dict[str, Any] = {"password": password, "devices": sorted(devices)}
    return _create_room_entry(stored, "member.join", by, act=Entry.Act.JOIN, person=person, **entry_fields)


@service
def remove_from_room(*, lesson: Lesson, person: User, by: User | None) -> Entry:
    """Remove a person from the room (`/member/quit`), sent once, and supersede their pending entries."""
    stored = lock_lesson(lesson)
    _check_room_entry(stored, person)
    waiting = Entry.objects.filter(lesson=stored, person=person, act=Entry.Act.JOIN)
    supersede(
        Operation.objects.filter(subject_type=Entry._meta.label_lower, subject_id__in=waiting.values("pk"))
    )
    return _create_room_entry(stored, "member.quit", by, act=Entry.Act.QUIT, person=person)


@service
def create_visitor_pass(*, lesson: Lesson, nickname: str, by: User | None, password: str = "") -> Entry:
    """Let a visitor into a public lesson (`/member/visitor/join`), sent once.

    The API generates the visitor's identity, which `reveal_visitor_pass` shows once. Raise ValidationError if
    the lesson is for members only, over or cancelled.
    """
    stored = lock_lesson(lesson)
    _check_room_entry(stored)
    if stored.class_type != ClassType.PUBLIC:
        raise ValidationError(_("Only public lessons accept visitors. Add the person to the lesson instead."))
    return _create_room_entry(
        stored, "visitor.join", by, act=Entry.Act.VISITOR, nickname=nickname.strip(), password=password
    )


@service
def reveal_visitor_pass(*, entry: Entry, by: User) -> dict[str, str]:
    """Return the visitor's `user_id`, `user_token` and `user_sig`, wipe them and record the access.

    Raise ValidationError if there is no pass yet, or it was shown or has expired.
    """
    stored = Entry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    late = stored.secrets_until is not None and stored.secrets_until <= timezone.now()
    if not stored.user_token or not stored.user_sig or late:
        raise ValidationError(_("There is no pass to show: it has already been shown or has expired."))
    shown = {
        "user_id": stored.remote_id,
        "user_token": stored.user_token.reveal(),
        "user_sig": stored.user_sig.reveal(),
    }
    Entry.objects.filter(pk=stored.pk).update(shown_at=timezone.now(), **CLEARED_SECRETS)
    record_data_access("entry.reveal", (), ("user_token", "user_sig"), obj=stored, by=by)
    return shown


def _check_room_entry(lesson: Lesson, person: User | None = None) -> None:
    check_open(lesson)
    check_not_past(lesson)
    if person is not None and person.enterprise_id != lesson.enterprise_id:
        raise ValidationError(_("%(who)s is not in your school.") % {"who": person})


def _create_room_entry(
    lesson: Lesson, kind: str, by: User | None, *, password: str = "", **fields: Any
) -> Entry:
    """Create the entry, its audit entry and its operation, which waits for the lesson and the person."""
    entry = Entry(enterprise=lesson.enterprise, lesson=lesson, password=password, **fields)
    if password:
        entry.secrets_until = timezone.now() + timedelta(seconds=settings.ENTRY_PASSWORD_S)
    entry.full_clean(exclude=["enterprise", "person"], validate_constraints=False)
    entry.save(force_insert=True)
    record(f"lesson.{entry.act}", lesson, by=by, after={"entry": entry.pk, "person": entry.person_id})
    creates = open_operations(lesson).filter(kind="class.create")
    registrations = open_operations(entry.person).filter(kind="user.register") if entry.person else ()
    enqueue(kind, entry, by=by, after=[*creates, *registrations])
    return entry
