"""Readiness of lessons to come, point by point; of any number of lessons in the same few queries."""

from collections.abc import Iterable, Sequence
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
from accounts.watch import held_reason
from classes.courseware.attaching import wanting
from classes.kinds import Status
from classes.models import Lesson, Member
from console.badges import Badge
from console.outbox.models import Operation
from console.outbox.states import OPEN, SyncState
from console.outbox.words import words_of

#: From so long before its start on a lesson is looked at.
AHEAD = timedelta(days=1)
#: Operations that bring the room and its roster to the service.
ROSTER = ("class.create", "class.members")
ON_ITS_WAY = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING)

TONES = ("ok", "warn", "bad")
BADGES: dict[str, Badge] = {
    "ok": Badge(gettext_lazy("ready"), "circle-check", "ok", ""),
    "warn": Badge(gettext_lazy("nearly ready"), "clock-exclamation", "warn", ""),
    "bad": Badge(gettext_lazy("not ready"), "alert-triangle", "bad", ""),
}


class Point(NamedTuple):
    """`tone` is ok, warn (it may mend itself, or the lesson goes on worse) or bad (it stands in the way)."""

    name: str
    tone: str
    words: str | Promise
    icon: str


@dataclass(frozen=True)
class Readiness:
    points: tuple[Point, ...]

    @property
    def tone(self) -> str:
        """That of the worst point."""
        return max((point.tone for point in self.points), key=TONES.index, default="ok")

    @property
    def badge(self) -> Badge:
        return BADGES[self.tone]

    @property
    def wanting(self) -> list[Point]:
        """What is not in order, the worst first."""
        return sorted((one for one in self.points if one.tone != "ok"), key=lambda one: one.tone != "bad")


def is_looked_at(lesson: Lesson) -> bool:
    """Whether readiness says something: the lesson begins within a day, and has not begun."""
    now = timezone.now()
    return not lesson.locked and lesson.ends_at > now and lesson.starts_at - now <= AHEAD


def readiness_of(school: Enterprise, lessons: Iterable[Lesson]) -> dict[int, Readiness]:
    """Of those of these lessons (of one school, with their teachers) that are looked at, by key."""
    chosen = [lesson for lesson in lessons if is_looked_at(lesson)]
    if not chosen:
        return {}
    keys = [lesson.pk for lesson in chosen]
    strangers, waiting, held = _strangers(chosen), _waiting(keys), held_reason(school)
    unready = wanting(chosen)
    return {
        lesson.pk: Readiness(
            (
                _roster(lesson, waiting.get(lesson.pk, 0)),
                _people(strangers.get(lesson.pk, 0)),
                _recording(school),
                _key(school, lesson, held),
                _sync(lesson),
                _decks(unready.get(lesson.pk, 0)),
            )
        )
        for lesson in chosen
    }


def _strangers(lessons: Sequence[Lesson]) -> dict[int, int]:
    """How many of a lesson's people the service does not know."""
    members = Member.objects.filter(lesson__in=[one.pk for one in lessons], user__remote_id="")
    found = dict(members.values_list("lesson").annotate(n=Count("pk")).order_by())
    for lesson in lessons:
        if not lesson.teacher.remote_id:
            found[lesson.pk] = found.get(lesson.pk, 0) + 1
    return found


def _waiting(keys: list[int]) -> dict[int, int]:
    """Lessons whose room or roster has not arrived yet."""
    open_ones: Any = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower, subject_id__in=keys, kind__in=ROSTER, state__in=OPEN
    )
    return dict(open_ones.values_list("subject_id").annotate(n=Count("pk")).order_by())


def _roster(lesson: Lesson, waiting: int) -> Point:
    if not lesson.remote_id:
        return Point("roster", "bad", _("iclass does not have the lesson yet."), "users-group")
    if waiting:
        return Point("roster", "warn", _("The list of people is on its way to iclass."), "users-group")
    return Point("roster", "ok", _("iclass has the list of people."), "users-group")


def _people(strangers: int) -> Point:
    if not strangers:
        return Point("people", "ok", _("Everybody is registered at iclass."), "user-check")
    words = ngettext(
        "%(n)d person is not registered at iclass and cannot enter.",
        "%(n)d people are not registered at iclass and cannot enter.",
        strangers,
    )
    return Point("people", "bad", words % {"n": strangers}, "user-x")


def _recording(school: Enterprise) -> Point:
    """Lessons are made with an identity that records, signed with the school's private key."""
    if school.private_key and settings.ICLASS_ADMIN_ID:
        return Point("recording", "ok", _("The identity that records is there."), "video")
    words = _("The private key is missing, so nobody can be made to record.")
    return Point("recording", "bad", words, "video-off")


def _key(school: Enterprise, lesson: Lesson, held: str) -> Point:
    if held:
        return Point("key", "bad", str(words_of(held).what), "key-off")
    ends_at = school.licence_ends_at
    if ends_at is not None and ends_at < lesson.ends_at:
        return Point("key", "bad", _("The school's licence ends before the lesson does."), "key-off")
    if ends_at is None:
        return Point("key", "warn", _("iclass has not said until when the licence is valid."), "key")
    return Point("key", "ok", _("Key and licence are valid past the end."), "key")


def _decks(unready: int) -> Point:
    if not unready:
        return Point("decks", "ok", _("Its courseware is ready."), "presentation")
    words = ngettext("%(n)d deck is not ready.", "%(n)d decks are not ready.", unready)
    return Point("decks", "warn", words % {"n": unready}, "presentation")


def _sync(lesson: Lesson) -> Point:
    if lesson.sync_state == SyncState.IN_SYNC:
        return Point("sync", "ok", _("The school and iclass say the same."), "cloud-check")
    if lesson.sync_state in ON_ITS_WAY:
        return Point("sync", "warn", _("A change is on its way to iclass."), "cloud-upload")
    return Point("sync", "bad", _("The lesson is not at iclass as it is here."), "cloud-x")


def lessons_ahead(school: Enterprise, within: timedelta = AHEAD) -> list[Lesson]:
    """The lessons of a school that begin within so long from now."""
    now = timezone.now()
    rows = Lesson.objects.filter(enterprise=school, starts_at__gt=now, starts_at__lte=now + within)
    return list(rows.filter(cancelled_at=None, status=Status.WILL).select_related("teacher"))
