"""Enqueue the operations of a bulk change."""

from collections.abc import Sequence

from accounts.models import Enterprise, User
from classes.lessons.extended_fields import unsent_values
from classes.lessons.services import enqueue_create_or_modify, enqueue_members
from classes.models import Lesson, Member
from classes.timetable.courses.bulk_insert import pending_registrations
from console.outbox.bulk_services import enqueue_many
from console.outbox.models import Operation
from console.outbox.states import OPEN_STATES


def enqueue_field_changes(school: Enterprise, lessons: Sequence[Lesson], by: User | None) -> None:
    """Enqueue `/class/modify` for created lessons; a pending create reads the row when it is sent."""
    pending = _pending_creates(lessons)
    known = {one.pk: one.topic for one in lessons if one.remote_id and one.pk not in pending}
    enqueue_many("class.modify", Lesson, known, enterprise=school, by=by)
    for lesson in lessons:
        if lesson.pk not in known:
            enqueue_create_or_modify(lesson, by)


def enqueue_member_changes(school: Enterprise, lessons: Sequence[Lesson], by: User | None) -> None:
    """Enqueue `/member/add` and `/member/delete`, after the registration of new people."""
    pending = _pending_creates(lessons)
    known = {one.pk: one.topic for one in lessons if one.remote_id and one.pk not in pending}
    new_assistant = {one.pk: one.topic for one in _with_new_assistant(school, lessons) if one.pk in known}
    enqueue_many("class.modify", Lesson, new_assistant, enterprise=school, by=by)
    rows = list(Member.objects.filter(lesson__in=known).values_list("lesson_id", "user_id"))
    waiting = pending_registrations({user for _lesson, user in rows})
    after: dict[int, list[int]] = {}
    for lesson, user in rows:
        if user in waiting:
            after.setdefault(lesson, []).extend(waiting[user])
    enqueue_many("class.members", Lesson, known, enterprise=school, by=by, after=after)
    for one in lessons:
        if one.pk not in known:
            enqueue_members(one, by, new=list(one.members.values_list("user_id", flat=True)))


def _with_new_assistant(school: Enterprise, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return lessons whose assistant the service does not know yet, if it supports the field."""
    return [one for one in lessons if unsent_values(one)] if school.later_fields else []


def _pending_creates(lessons: Sequence[Lesson]) -> set[int]:
    """Return the lessons whose create is still open."""
    rows = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower,
        subject_id__in=[one.pk for one in lessons],
        kind="class.create",
        state__in=OPEN_STATES,
    )
    return set(rows.values_list("subject_id", flat=True))
