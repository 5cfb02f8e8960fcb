"""Queries for the register of a lesson, for pages, REST and files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.attendance.explanation import explain_mark
from classes.attendance.mark_badges import MARK_BADGES, urgency_key
from classes.attendance.register import ATTENDANCE_COLUMNS as DERIVED_COLUMNS
from classes.attendance.register import preview_marks
from classes.lessons.status import BEGINS_SOON, CANCELLED, NOT_HELD, OVERDUE, PLANNED, phase_of
from classes.models import Attendance, AttendanceCode, Lesson, Mark
from classes.models.attendance import Grade
from console.policy import may

MARK_WORDS, GRADE_WORDS = dict(Mark.choices), dict(Grade.choices)
_NOT_STARTED = _("The lesson has not started.")
_WITHOUT_MARKS: dict[str, str | Promise] = {
    PLANNED.name: _NOT_STARTED,
    BEGINS_SOON.name: _NOT_STARTED,
    OVERDUE.name: _NOT_STARTED,
    NOT_HELD.name: _("The lesson was not held, so no one is absent."),
    CANCELLED.name: _("The lesson was cancelled."),
}
#: Fields of people that a register shows.
PERSON_FIELDS = ("person__user_id", "person__nickname", "person__role", "person__enterprise")


def with_people(rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """Select the person of each row, with only the fields that registers show."""
    return rows.select_related("person").only(
        "lesson", "user_id", *DERIVED_COLUMNS, "reckoned_at", *PERSON_FIELDS
    )


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One person in one lesson. `sentence` is the reason in the reader's language, built from `facts`.

    `pk` is None while the row is not stored. `code` is the school's own code of the mark where it was asked
    for (`classes.attendance.codes.codebook`).
    """

    pk: int | None
    user_id: str
    nickname: str
    role: str
    expected: bool
    mark: str
    mark_label: str
    derived_mark: str
    first_entered_at: datetime | None
    last_left_at: datetime | None
    present_seconds: int
    share: Decimal | None
    evidence: str
    evidence_label: str
    provisional: bool
    sentence: str
    facts: dict[str, Any]
    person: User | None
    code: AttendanceCode | None = None


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """A register. `counts` is the number of students by mark; only students have marks."""

    students: list[RegisterEntry]
    staff: list[RegisterEntry]
    guests: list[RegisterEntry]
    counts: dict[str, int]
    provisional: bool

    @property
    def everybody(self) -> list[RegisterEntry]:
        """Students, then staff, then guests."""
        return [*self.students, *self.staff, *self.guests]


def build_register(lesson: Lesson, marks: Iterable[Attendance] | None = None) -> RegisterTable:
    """Return the register, absent students first; `marks` are those that the reader may see (default: all).

    A lesson without stored marks is calculated without saving, so that all expected people are listed.
    """
    found = register_marks(lesson) if marks is None else list(marks)
    zone = lesson.enterprise.tz
    entries = [build_entry(row, zone) for row in sorted(found, key=urgency_key)]
    students = [entry for entry in entries if entry.expected and entry.mark]
    return RegisterTable(
        students=students,
        staff=[entry for entry in entries if entry.expected and not entry.mark],
        guests=[entry for entry in entries if not entry.expected],
        counts=dict(Counter(entry.mark for entry in students)),
        provisional=lesson.final_at is None,
    )


def register_for_reader(reader: User, lesson: Lesson, marks: list[Attendance]) -> RegisterTable:
    """Return the register that the reader may see; readers who may list members see it without marks, too."""
    return build_register(lesson, marks if marks or not may(reader, "list", "member") else None)


def why_without_marks(lesson: Lesson) -> str:
    """Return why the lesson has no marks yet, or none at all, as a sentence; empty once it has begun."""
    return str(_WITHOUT_MARKS.get(phase_of(lesson).name, ""))


def describe_marks(lesson: Lesson) -> str:
    """Return how many students have each mark, in words and by urgency: "2 absent, 18 present"."""
    rows = Attendance.objects.filter(lesson=lesson, expected=True).exclude(mark="").order_by()
    counts = Counter(rows.values_list("mark", flat=True))
    found = [
        gettext("%(n)d %(mark)s") % {"n": counts[mark], "mark": MARK_WORDS[mark]}
        for mark in MARK_BADGES
        if counts[mark]
    ]
    return gettext(", ").join(found) or gettext("no students")


def register_marks(lesson: Lesson) -> list[Attendance]:
    """Return the rows of the register with their people; unsaved ones if none are stored."""
    return list(with_people(Attendance.objects.filter(lesson=lesson))) or preview_marks(lesson)


def build_entry(row: Attendance, zone: ZoneInfo, code: AttendanceCode | None = None) -> RegisterEntry:
    return RegisterEntry(
        pk=row.pk,
        user_id=row.user_id,
        nickname=row.nickname,
        role=row.role,
        expected=row.expected,
        mark=row.mark,
        mark_label=str(MARK_WORDS[row.mark]) if row.mark else "",
        derived_mark=row.derived_mark,
        first_entered_at=row.first_entered_at,
        last_left_at=row.last_left_at,
        present_seconds=row.present_seconds,
        share=row.share,
        evidence=row.evidence,
        evidence_label=str(GRADE_WORDS[row.evidence]),
        provisional=row.provisional,
        sentence=explain_mark(row.mark, row.reason, zone),
        facts=row.reason,
        person=row.person,
        code=code,
    )
