"""Lessons follow the change of a group, in its transaction: members, operations, trail, a job to watch."""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from accounts.models import StudentGroup, User
from accounts.signals import group_changed
from classes.conflicts.booking import MARKED, mark
from classes.groups import push
from classes.groups.touched import Touch, lessons_of, touched
from classes.models import Lesson, Member
from classes.services import send_members
from console.audit.trail import record
from console.jobs.models import Job


@receiver(group_changed, dispatch_uid="classes.groups.following")
def follow(
    *,
    group: StudentGroup,
    added: Collection[int],
    removed: Collection[int],
    by: User | None,
    leave: Collection[int] = (),
    objected: Collection[int] = (),
    reason: str = "",
    **_more: Any,
) -> Job | None:
    """Change each lesson of the group that has not begun, but those of `leave`; None where there is none.

    A running lesson is locked and stays as it is. Who left the group and is kept in a lesson stays there as
    if added by hand. In the lessons of `objected` there is a conflict that is allowed for this `reason`.
    """
    rows = Lesson.objects.filter(pk__in=lessons_of(group).values("pk"))
    lessons = list(rows.select_related("enterprise").select_for_update(of=("self",)).order_by("pk"))
    sent, locked, left = [], [], []
    for touch in touched(group, added, removed, lessons):
        _hand_on(touch)
        if not touch.changes:
            continue
        if touch.locked or touch.lesson.pk in leave:
            (locked if touch.locked else left).append(touch.lesson.pk)
            Member.objects.filter(pk__in=[one.pk for one in touch.going]).update(via=None)
        else:
            sent.append(_change(touch, group, by, reason if touch.lesson.pk in objected else ""))
    if not sent and not locked and not left:
        return None
    people = {"came": len(added), "went": len(removed)}
    return push.start(group, sent, by=by, locked=locked, left=left, **people)


def _hand_on(touch: Touch) -> None:
    for member, other in touch.hand_on:
        Member.objects.filter(pk=member.pk).update(via=other)


def _change(touch: Touch, group: StudentGroup, by: User | None, reason: str) -> push.Sent:
    lesson = touch.lesson
    if reason:
        mark(lesson, True, reason, by)
        lesson.save(update_fields=MARKED)
    Member.objects.filter(pk__in=[one.pk for one in touch.going]).delete()
    Member.objects.bulk_create(
        Member(lesson=lesson, user=one, role=Member.Role.STUDENT, via=group) for one in touch.coming
    )
    told = {
        "group": group.name,
        "members_added": [one.user_id for one in touch.coming],
        "members_removed": [one.user.user_id for one in touch.going],
    }
    record("lesson.change", lesson, by=by, after=told, reason=reason)
    operation = send_members(lesson, by, new=[one.pk for one in touch.coming])
    return push.Sent(lesson.pk, operation.pk, len(touch.coming), len(touch.going))
