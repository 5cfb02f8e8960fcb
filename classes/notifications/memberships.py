"""Notifications to people who were added to a lesson, or removed from it, after it was announced."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from classes.choices import Status
from classes.models import Lesson, Member, MembershipNotice
from classes.notifications.email import lesson_args, reachable_filter, send_invitation, timetable_week_url
from console.notifications.services import notify
from console.outbox.services import postponed_operations

#: People per transaction.
BATCH = 100


def send_membership_notices() -> int:
    """Send the pending notices; return how many.

    Each person gets one for all additions and one for all removals. A person who was removed and added again
    gets none. A change that can still be taken back waits.
    """
    pending = MembershipNotice.objects.filter(pending=True)
    began = Q(lesson__starts_at__lte=timezone.now()) | ~Q(lesson__status=Status.WILL)
    pending.filter(began | Q(lesson__told__starts_at=None)).update(pending=False)
    pending = pending.exclude(Exists(postponed_operations(Lesson, "lesson")))
    sent = 0
    while True:
        with transaction.atomic():
            people = list(
                pending.order_by("person_id").values_list("person_id", flat=True).distinct()[:BATCH]
            )
            rows = pending.filter(person__in=people).select_for_update(of=("self",), skip_locked=True)
            notices = list(
                rows.select_related("person", "lesson__enterprise", "lesson__teacher").order_by(
                    "lesson__starts_at", "lesson"
                )
            )
            if not notices:
                return sent
            sent += _send_notices(notices)


def _send_notices(notices: list[MembershipNotice]) -> int:
    current = current_memberships(notices)
    added: dict[User, list[MembershipNotice]] = defaultdict(list)
    removed: dict[User, list[MembershipNotice]] = defaultdict(list)
    for notice in notices:
        is_member = notice.pk in current
        if is_member == notice.believes:
            continue
        if not is_member:
            removed[notice.person].append(notice)
        elif notice.lesson.cancelled_at is None:
            added[notice.person].append(notice)
    reachable = _reachable([*added, *removed])
    sent = sum(_send_added(person, own) for person, own in added.items() if person.pk in reachable)
    sent += sum(_send_removed(person, own) for person, own in removed.items() if person.pk in reachable)
    # Nobody is invited to a cancelled lesson, so the state announced to its new members stays as it was.
    announced = [notice.pk for own in (*added.values(), *removed.values()) for notice in own]
    MembershipNotice.objects.filter(pk__in=announced).update(believes=~F("believes"))
    MembershipNotice.objects.filter(pk__in=[notice.pk for notice in notices]).update(pending=False)
    return sent


def current_memberships(notices: Iterable[MembershipNotice]) -> set[int]:
    """Return the keys of the notices whose person is a member of the lesson, or teaches it, now."""
    members = Member.objects.filter(lesson=OuterRef("lesson"), user=OuterRef("person"))
    rows = MembershipNotice.objects.filter(pk__in=[one.pk for one in notices])
    return set(rows.filter(Exists(members) | Q(lesson__teacher=F("person"))).values_list("pk", flat=True))


def _reachable(people: Iterable[User]) -> set[int]:
    reachable = User.objects.filter(reachable_filter(), pk__in=[one.pk for one in people])
    return set(reachable.values_list("pk", flat=True))


def _send_added(person: User, notices: list[MembershipNotice]) -> int:
    return send_invitation(person, [one.lesson for one in notices], key=_deduplication_key("came", notices))


def _send_removed(person: User, notices: list[MembershipNotice]) -> int:
    """Notify with the topic and the time that were announced to the person."""
    lessons = [_as_announced(one) for one in notices]
    return notify(
        "lesson.taken_off_many" if len(notices) > 1 else "lesson.taken_off",
        people=[person],
        key=_deduplication_key("gone", notices),
        args=lesson_args(lessons) | {"more": len(lessons) - 1},
        link=timetable_week_url(lessons[0]),
    )


def _as_announced(notice: MembershipNotice) -> Lesson:
    lesson = notice.lesson
    lesson.topic, lesson.starts_at, lesson.ends_at = notice.topic, notice.starts_at, notice.ends_at
    return lesson


def _deduplication_key(prefix: str, notices: list[MembershipNotice]) -> str:
    first, last = notices[0], notices[-1]
    return f"{prefix} {len(notices)} {first.pk} {first.changes} {last.pk} {last.changes}"
