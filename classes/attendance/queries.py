"""The register of a lesson as pages, REST and files read it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from classes.attendance.register import COLUMNS as DERIVED_COLUMNS
from classes.attendance.register import reckoned
from classes.attendance.sentence import sentence
from classes.marks import by_urgency
from classes.models import Attendance, Lesson, Mark
from classes.models.attendance import Grade
from console.policy import may

MARK_WORDS, GRADE_WORDS = dict(Mark.choices), dict(Grade.choices)
#: What a register shows of the people in it.
SHOWN_OF_PEOPLE = ("person__user_id", "person__nickname", "person__role", "person__enterprise")


def with_people(rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """Each with its person, of whom only what registers show is read."""
    return rows.select_related("person").only(
        "lesson", "user_id", *DERIVED_COLUMNS, "reckoned_at", *SHOWN_OF_PEOPLE
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in one lesson. `sentence` is the reason in the reader's language, made of `facts`.

    `pk` is None while nothing is stored yet.
    """

    pk: int | None
    user_id: str
    nickname: str
    role: str
    expected: bool
    mark: str
    mark_word: str
    derived_mark: str
    first_entered_at: datetime | None
    last_left_at: datetime | None
    present_seconds: int
    share: Decimal | None
    evidence: str
    evidence_word: str
    provisional: bool
    sentence: str
    facts: dict[str, Any]
    person: User | None


@dataclass(frozen=True, slots=True)
class Table:
    """A register. `counts` is the number of students by mark; only they have one."""

    students: list[Entry]
    staff: list[Entry]
    guests: list[Entry]
    counts: dict[str, int]
    provisional: bool

    @property
    def everybody(self) -> list[Entry]:
        """Students, then staff, then who was not expected."""
        return [*self.students, *self.staff, *self.guests]


def table_of(lesson: Lesson, marks: Iterable[Attendance] | None = None) -> Table:
    """The register, the absent first; `marks` are those that the reader may see (all unless given).

    A lesson that was never reckoned is reckoned here, unwritten, so that everybody expected stands in it.
    """
    found = marks_of(lesson) if marks is None else list(marks)
    zone = lesson.enterprise.tz
    entries = [entry_of(row, zone) for row in sorted(found, key=by_urgency)]
    students = [entry for entry in entries if entry.expected and entry.mark]
    return Table(
        students=students,
        staff=[entry for entry in entries if entry.expected and not entry.mark],
        guests=[entry for entry in entries if not entry.expected],
        counts=dict(Counter(entry.mark for entry in students)),
        provisional=lesson.final_at is None,
    )


def table_for(reader: User, lesson: Lesson, marks: list[Attendance]) -> Table:
    """The register of those marks that the reader may see; who may see the roll sees it before the first."""
    return table_of(lesson, marks if marks or not may(reader, "list", "member") else None)


def marks_of(lesson: Lesson) -> list[Attendance]:
    """The rows of the register with their people; unsaved ones where there are none yet."""
    return list(with_people(Attendance.objects.filter(lesson=lesson))) or reckoned(lesson)


def entry_of(row: Attendance, zone: ZoneInfo) -> Entry:
    return Entry(
        pk=row.pk,
        user_id=row.user_id,
        nickname=row.nickname,
        role=row.role,
        expected=row.expected,
        mark=row.mark,
        mark_word=str(MARK_WORDS[row.mark]) if row.mark else "",
        derived_mark=row.derived_mark,
        first_entered_at=row.first_entered_at,
        last_left_at=row.last_left_at,
        present_seconds=row.present_seconds,
        share=row.share,
        evidence=row.evidence,
        evidence_word=str(GRADE_WORDS[row.evidence]),
        provisional=row.provisional,
        sentence=sentence(row.mark, row.reason, zone),
        facts=row.reason,
        person=row.person,
    )
