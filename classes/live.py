"""Who is in a lesson now, who should be and is not, and how old that knowledge is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from classes.attendance.evidence import PersonNow, last_poll, present_now
from classes.models import Attendance, Call, Lesson, Member
from classes.phases import SOON
from console.policy import shown

EVERY_S = 5
BEFORE_EVERY_S = 15
#: After so many polls without an answer the data is called out of date.
POLLS_MISSED = 3
SWITCH = {1: True, 0: False}


class Here(NamedTuple):
    """Somebody in the room. `pk` is 0 for people who are not of the school; devices are None where untold."""

    user_id: str
    name: str
    pk: int
    role: str
    since: datetime | None
    camera: bool | None
    mic: bool | None
    speaker: bool | None
    silenced: bool
    hand: bool
    expected: bool


class Missing(NamedTuple):
    """Somebody expected who is not in the room; `left_at` where they were, `call` is the last one to them."""

    user_id: str
    name: str
    pk: int
    role: str
    phone: str
    left_at: datetime | None
    call: Call | None


@dataclass(frozen=True)
class Room:
    """`polled_at` is the last answer of iclass; `every` after how many seconds to ask again, 0 for never."""

    students: int = 0
    here: list[Here] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    polled_at: datetime | None = None
    every: int = 0

    @property
    def here_expected(self) -> int:
        return sum(1 for one in self.here if one.expected and one.role == Member.Role.STUDENT)

    @property
    def stale_after(self) -> int:
        return int(POLLS_MISSED * settings.LIVE_POLL_S)

    @property
    def words(self) -> str:
        """The news in a sentence, for those who hear the page."""
        sentence = ngettext(
            "%(here)d of %(all)d student is here.", "%(here)d of %(all)d students are here.", self.students
        ) % {"here": self.here_expected, "all": self.students}
        if not self.missing:
            return sentence
        return (
            f"{sentence} {_('Not here: %(names)s') % {'names': ', '.join(one.name for one in self.missing)}}"
        )


def asks_every(lesson: Lesson) -> int:
    """How often the page of a lesson asks: while it runs, and in the hour before it is planned to begin."""
    if lesson.is_live:
        return EVERY_S
    if lesson.locked:
        return 0
    now = timezone.now()
    return BEFORE_EVERY_S if lesson.starts_at - SOON <= now <= lesson.ends_at else 0


def room_of(lesson: Lesson, reader: Any, members: list[Member]) -> Room:
    """The room as this reader may see it; `members` are those of classes.queries.roll."""
    lines = {line.user_id: line for line in present_now(lesson)} if lesson.is_live else {}
    expected = {lesson.teacher.user_id: lesson.teacher} | {one.user.user_id: one.user for one in members}
    roles = {one.user.user_id: one.role for one in members} | {lesson.teacher.user_id: Role.TEACHER}
    guests = _school_people(lesson, [user_id for user_id in lines if user_id not in expected])
    here = [_here(line, expected, roles, guests) for line in lines.values()]
    order = (Role.TEACHER, Role.ASSISTANT, Role.SUPERVISOR)
    return Room(
        students=sum(1 for role in roles.values() if role == Member.Role.STUDENT),
        here=sorted(here, key=lambda one: (one.role not in order, one.expected, one.name)),
        missing=_missing(
            lesson, reader, [one for one in expected.values() if one.user_id not in lines], roles
        ),
        polled_at=last_poll(lesson) if lesson.is_live else None,
        every=asks_every(lesson),
    )


def _school_people(lesson: Lesson, user_ids: list[str]) -> dict[str, User]:
    if not user_ids:
        return {}
    people = User.objects.filter(enterprise=lesson.enterprise_id, user_id__in=user_ids)
    return {one.user_id: one for one in people}


def _here(line: PersonNow, expected: dict[str, User], roles: dict[str, str], guests: dict[str, User]) -> Here:
    person = expected.get(line.user_id) or guests.get(line.user_id)
    return Here(
        user_id=line.user_id,
        name=person.nickname if person else line.nickname or line.user_id,
        pk=person.pk if person else 0,
        role=roles.get(line.user_id) or (person.role if person else line.role),
        since=line.entered_at,
        camera=SWITCH.get(line.devices["camera"]),
        mic=SWITCH.get(line.devices["mic"]),
        speaker=SWITCH.get(line.devices["speaker"]),
        silenced=line.devices["silence"] == 1,
        hand=line.devices["hand_up"] == 1,
        expected=line.user_id in expected,
    )


def _missing(lesson: Lesson, reader: Any, people: list[User], roles: dict[str, str]) -> list[Missing]:
    """Nobody is missing from a lesson that does not run."""
    if not lesson.is_live:
        return []
    marks = Attendance.objects.filter(lesson=lesson, first_entered_at__isnull=False)
    left = dict(marks.values_list("user_id", "last_left_at"))
    newest = Call.objects.filter(lesson=lesson).order_by("person_id", "-id").distinct("person_id")
    calls = {call.person_id: call for call in newest.select_related("by")}
    missing = [
        Missing(
            one.user_id,
            one.nickname,
            one.pk,
            roles[one.user_id],
            shown(reader, "list", "person", "phone_no", one.phone_no),
            left.get(one.user_id),
            calls.get(one.pk),
        )
        for one in people
        if roles[one.user_id] != Member.Role.SUPERVISOR
    ]
    return sorted(missing, key=lambda one: (one.role == Member.Role.STUDENT, one.name))
