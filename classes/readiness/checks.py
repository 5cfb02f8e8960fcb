"""Readiness checks of upcoming lessons, in a constant number of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Enterprise
from accounts.school.connection_state import held_reason
from classes.choices import Status
from classes.conflicts.absences import find_lessons_without_teacher
from classes.courseware.attachments import count_unready_documents
from classes.models import Lesson, Member
from console.outbox.models import Operation
from console.outbox.reasons import reason_text
from console.outbox.states import OPEN_STATES, SyncState
from console.ui.badges import NOT_THERE_BADGE, Badge

#: How long before its start a lesson is checked.
READINESS_WINDOW = timedelta(days=1)
#: Operations that send the room and its members to iclass.
ROOM_OPERATIONS = ("class.create", "class.members")
PENDING_STATES = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING)

TONES = ("ok", "warn", "bad")
BADGES: dict[str, Badge] = {
    "ok": Badge(gettext_lazy("ready"), "circle-check", "ok", ""),
    "warn": Badge(gettext_lazy("partly ready"), "clock-exclamation", "warn", ""),
    "bad": Badge(gettext_lazy("not ready"), "alert-triangle", "bad", ""),
}


class ReadinessCheck(NamedTuple):
    """`tone` is ok, warn (may resolve itself, or degrades the lesson) or bad (blocks the lesson)."""

    name: str
    tone: str
    words: str | Promise
    icon: str


@dataclass(frozen=True)
class Readiness:
    points: tuple[ReadinessCheck, ...]

    @property
    def tone(self) -> str:
        """Tone of the worst check."""
        return max((point.tone for point in self.points), key=TONES.index, default="ok")

    @property
    def badge(self) -> Badge:
        return BADGES[self.tone]

    @property
    def open_checks(self) -> list[ReadinessCheck]:
        """The checks that are not ok, the worst first."""
        return sorted((one for one in self.points if one.tone != "ok"), key=lambda one: one.tone != "bad")


def is_checked(lesson: Lesson) -> bool:
    """Return whether the lesson is checked: it begins within a day and has not begun."""
    now = timezone.now()
    return not lesson.locked and lesson.ends_at > now and lesson.starts_at - now <= READINESS_WINDOW


def compute_readiness(
    school: Enterprise, lessons: Iterable[Lesson], without_teacher: Collection[int] | None = None
) -> dict[int, Readiness]:
    """Map the checked lessons (of one school, with their teachers) by pk to their readiness.

    `without_teacher` are those whose teacher is absent, by pk; None queries them.
    """
    chosen = [lesson for lesson in lessons if is_checked(lesson)]
    if not chosen:
        return {}
    keys = [lesson.pk for lesson in chosen]
    unregistered, waiting, held = (
        _count_unregistered(chosen),
        _count_pending_operations(keys),
        held_reason(school),
    )
    unready = count_unready_documents(chosen)
    if without_teacher is None:
        without_teacher = find_lessons_without_teacher(keys)
    return {
        lesson.pk: Readiness(
            (
                _teacher_check(lesson.pk in without_teacher),
                _roster_check(lesson, waiting.get(lesson.pk, 0)),
                _people_check(unregistered.get(lesson.pk, 0)),
                _recording_check(school),
                _key_check(school, lesson, held),
                _sync_check(lesson),
                _courseware_check(unready.get(lesson.pk, 0)),
            )
        )
        for lesson in chosen
    }


def _count_unregistered(lessons: Sequence[Lesson]) -> dict[int, int]:
    """Count the people of each lesson who are not registered at iclass."""
    members = Member.objects.filter(lesson__in=[one.pk for one in lessons], user__remote_id="")
    found = dict(members.values_list("lesson").annotate(n=Count("pk")).order_by())
    for lesson in lessons:
        if not lesson.teacher.remote_id:
            found[lesson.pk] = found.get(lesson.pk, 0) + 1
    return found


def _count_pending_operations(keys: list[int]) -> dict[int, int]:
    """Count the open operations for the room and members of each lesson."""
    open_ones: Any = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower,
        subject_id__in=keys,
        kind__in=ROOM_OPERATIONS,
        state__in=OPEN_STATES,
    )
    return dict(open_ones.values_list("subject_id").annotate(n=Count("pk")).order_by())


def _teacher_check(is_absent: bool) -> ReadinessCheck:
    if is_absent:
        return ReadinessCheck("teacher", "bad", _("The teacher is absent and nobody covers."), "user-x")
    return ReadinessCheck("teacher", "ok", _("The teacher is not absent."), "user-check")


def _roster_check(lesson: Lesson, waiting: int) -> ReadinessCheck:
    if not lesson.remote_id:
        return ReadinessCheck("roster", "bad", _("iclass does not have the lesson yet."), "users-group")
    if waiting:
        return ReadinessCheck("roster", "warn", _("The member list is being sent to iclass."), "users-group")
    return ReadinessCheck("roster", "ok", _("The member list is at iclass."), "users-group")


def _people_check(unregistered: int) -> ReadinessCheck:
    if not unregistered:
        return ReadinessCheck("people", "ok", _("Everyone is registered at iclass."), "user-check")
    words = ngettext(
        "%(n)d person is not registered at iclass and cannot enter.",
        "%(n)d people are not registered at iclass and cannot enter.",
        unregistered,
    )
    return ReadinessCheck("people", "bad", words % {"n": unregistered}, "user-x")


def _recording_check(school: Enterprise) -> ReadinessCheck:
    """Recording needs an identity that is signed with the school's private key."""
    if school.private_key and settings.ICLASS_ADMIN_ID:
        return ReadinessCheck("recording", "ok", _("The recording account is set up."), "video")
    words = _("The private key is missing, so lessons cannot be recorded.")
    return ReadinessCheck("recording", "bad", words, "video-off")


def _key_check(school: Enterprise, lesson: Lesson, held: str) -> ReadinessCheck:
    if held:
        return ReadinessCheck("key", "bad", str(reason_text(held).what), "key-off")
    ends_at = school.licence_ends_at
    if ends_at is not None and ends_at < lesson.ends_at:
        return ReadinessCheck(
            "key", "bad", _("The school's licence expires before the lesson ends."), "key-off"
        )
    if ends_at is None:
        return ReadinessCheck("key", "warn", _("iclass has not provided the licence's expiry date."), "key")
    return ReadinessCheck("key", "ok", _("Key and licence are valid beyond the end of the lesson."), "key")


def _courseware_check(unready: int) -> ReadinessCheck:
    if not unready:
        return ReadinessCheck("decks", "ok", _("The courseware is ready."), "presentation")
    words = ngettext("%(n)d courseware file is not ready.", "%(n)d courseware files are not ready.", unready)
    return ReadinessCheck("decks", "warn", words % {"n": unready}, "presentation")


def _sync_check(lesson: Lesson) -> ReadinessCheck:
    if lesson.sync_state == SyncState.IN_SYNC and not lesson.remote_id:
        return ReadinessCheck("sync", "bad", NOT_THERE_BADGE.next_step, "cloud-off")
    if lesson.sync_state == SyncState.IN_SYNC:
        return ReadinessCheck("sync", "ok", _("The console and iclass match."), "cloud-check")
    if lesson.sync_state in PENDING_STATES:
        return ReadinessCheck("sync", "warn", _("A change is being sent to iclass."), "cloud-upload")
    return ReadinessCheck("sync", "bad", _("The lesson at iclass differs from the console."), "cloud-x")


def upcoming_lessons(school: Enterprise, within: timedelta = READINESS_WINDOW) -> list[Lesson]:
    """Return the lessons of a school that begin within this time."""
    now = timezone.now()
    rows = Lesson.objects.filter(enterprise=school, starts_at__gt=now, starts_at__lte=now + within)
    return list(rows.filter(cancelled_at=None, status=Status.WILL).select_related("teacher"))
