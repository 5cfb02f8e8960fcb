"""Owing the service what changed of many lessons."""

from collections.abc import Sequence

from accounts.models import Enterprise, User
from classes.courses.writing import registering
from classes.mirror.later import unsent
from classes.models import Lesson, Member
from classes.services import resend, send_members
from console.outbox.bulk import enqueue_many
from console.outbox.models import Operation
from console.outbox.states import OPEN


def tell_fields(school: Enterprise, lessons: Sequence[Lesson], by: User | None) -> None:
    """`/class/modify` for those that the service has; a making that waits reads the row when it is sent."""
    making = _making(lessons)
    known = {one.pk: one.topic for one in lessons if one.remote_id and one.pk not in making}
    enqueue_many("class.modify", Lesson, known, enterprise=school, by=by)
    for lesson in lessons:
        if lesson.pk not in known:
            resend(lesson, by)


def tell_members(school: Enterprise, lessons: Sequence[Lesson], by: User | None) -> None:
    """`/member/add` and `/member/delete`, once whoever is new is registered."""
    making = _making(lessons)
    known = {one.pk: one.topic for one in lessons if one.remote_id and one.pk not in making}
    assisted = {one.pk: one.topic for one in _assisted(school, lessons) if one.pk in known}
    enqueue_many("class.modify", Lesson, assisted, enterprise=school, by=by)
    rows = list(Member.objects.filter(lesson__in=known).values_list("lesson_id", "user_id"))
    waiting = registering({user for _lesson, user in rows})
    after: dict[int, list[int]] = {}
    for lesson, user in rows:
        if user in waiting:
            after.setdefault(lesson, []).extend(waiting[user])
    enqueue_many("class.members", Lesson, known, enterprise=school, by=by, after=after)
    for one in lessons:
        if one.pk not in known:
            send_members(one, by, new=list(one.members.values_list("user", flat=True)))


def _assisted(school: Enterprise, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Those whose assistant the service is to know by name, too, and does not yet."""
    return [one for one in lessons if unsent(one)] if school.later_fields else []


def _making(lessons: Sequence[Lesson]) -> set[int]:
    """Those whose making is still owed."""
    rows = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower,
        subject_id__in=[one.pk for one in lessons],
        kind="class.create",
        state__in=OPEN,
    )
    return set(rows.values_list("subject_id", flat=True))
