"""Who is in a lesson now, who is missing, and how old the data is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from classes.attendance.evidence import PersonInRoom, last_poll_time, people_in_room
from classes.lessons.teacher_presence import stale_after
from classes.models import AbsenceCall, Attendance, Lesson, Member
from console.policy import visible_value

DEVICE_STATE = {1: True, 0: False}


class PresentPerson(NamedTuple):
    """Somebody in the room. `pk` is 0 for people outside the school; devices are None if not reported."""

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


class MissingPerson(NamedTuple):
    """An expected person who is not in the room; `left_at` if they were, `call` is the last call to them."""

    user_id: str
    name: str
    pk: int
    role: str
    phone: str
    left_at: datetime | None
    call: AbsenceCall | None


@dataclass(frozen=True)
class RoomPresence:
    """`missing` are students, `missing_staff` the teacher and the assistants.

    `polled_at` is the last answer of iclass.
    """

    students: int = 0
    here: list[PresentPerson] = field(default_factory=list)
    missing: list[MissingPerson] = field(default_factory=list)
    missing_staff: list[MissingPerson] = field(default_factory=list)
    polled_at: datetime | None = None

    @property
    def expected_present(self) -> int:
        return sum(1 for one in self.here if one.expected and one.role == Member.Role.STUDENT)

    @property
    def stale_after(self) -> int:
        return int(stale_after().total_seconds())

    @property
    def summary(self) -> str:
        """The presence as a sentence, for screen readers."""
        sentence = ngettext(
            "%(here)d of %(all)d student is here.", "%(here)d of %(all)d students are here.", self.students
        ) % {"here": self.expected_present, "all": self.students}
        parts = [sentence]
        if self.missing:
            parts.append(_("Not here: %(names)s") % {"names": _join_names(self.missing)})
        if self.missing_staff:
            parts.append(_("Staff not in the room: %(names)s") % {"names": _join_names(self.missing_staff)})
        return " ".join(parts)


def _join_names(people: list[MissingPerson]) -> str:
    return ", ".join(one.name for one in people)


def build_room(lesson: Lesson, reader: Any, members: list[Member]) -> RoomPresence:
    """Return the room as this reader may see it; `members` are classes.lessons.queries.expected_members."""
    lines = {line.user_id: line for line in people_in_room(lesson)} if lesson.is_live else {}
    expected = {lesson.teacher.user_id: lesson.teacher} | {one.user.user_id: one.user for one in members}
    roles = {one.user.user_id: one.role for one in members} | {lesson.teacher.user_id: Role.TEACHER}
    guests = _school_people(lesson, [user_id for user_id in lines if user_id not in expected])
    here = [_present_person(line, expected, roles, guests) for line in lines.values()]
    order = (Role.TEACHER, Role.ASSISTANT, Role.SUPERVISOR)
    absent = [one for one in expected.values() if one.user_id not in lines]
    missing = _missing_people(lesson, reader, absent, roles)
    return RoomPresence(
        students=sum(1 for role in roles.values() if role == Member.Role.STUDENT),
        here=sorted(here, key=lambda one: (one.role not in order, one.expected, one.name)),
        missing=[one for one in missing if one.role == Member.Role.STUDENT],
        missing_staff=[one for one in missing if one.role != Member.Role.STUDENT],
        polled_at=last_poll_time(lesson) if lesson.is_live else None,
    )


def _school_people(lesson: Lesson, user_ids: list[str]) -> dict[str, User]:
    if not user_ids:
        return {}
    people = User.objects.filter(enterprise=lesson.enterprise_id, user_id__in=user_ids)
    return {one.user_id: one for one in people}


def _present_person(
    line: PersonInRoom, expected: dict[str, User], roles: dict[str, str], guests: dict[str, User]
) -> PresentPerson:
    person = expected.get(line.user_id) or guests.get(line.user_id)
    return PresentPerson(
        user_id=line.user_id,
        name=person.nickname if person else line.nickname or line.user_id,
        pk=person.pk if person else 0,
        role=roles.get(line.user_id) or (person.role if person else line.role),
        since=line.entered_at,
        camera=DEVICE_STATE.get(line.devices["camera"]),
        mic=DEVICE_STATE.get(line.devices["mic"]),
        speaker=DEVICE_STATE.get(line.devices["speaker"]),
        silenced=line.devices["silence"] == 1,
        hand=line.devices["hand_up"] == 1,
        expected=line.user_id in expected,
    )


def _missing_people(
    lesson: Lesson, reader: Any, people: list[User], roles: dict[str, str]
) -> list[MissingPerson]:
    """Return who is missing, by name, supervisors left out; nobody if the lesson does not run."""
    if not lesson.is_live:
        return []
    marks = Attendance.objects.filter(lesson=lesson, first_entered_at__isnull=False)
    left = dict(marks.values_list("user_id", "last_left_at"))
    newest = AbsenceCall.objects.filter(lesson=lesson).order_by("person_id", "-id").distinct("person_id")
    calls = {call.person_id: call for call in newest.select_related("by")}
    missing = [
        MissingPerson(
            one.user_id,
            one.nickname,
            one.pk,
            roles[one.user_id],
            visible_value(reader, "list", "person", "phone_no", one.phone_no),
            left.get(one.user_id),
            calls.get(one.pk),
        )
        for one in people
        if roles[one.user_id] != Member.Role.SUPERVISOR
    ]
    return sorted(missing, key=lambda one: one.name)
