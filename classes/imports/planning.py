"""What a timetable from a file would do: rows read, dates reckoned, conflicts found; set by set."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.imports.columns import split_groups
from accounts.imports.planning import told_by
from accounts.models import Enterprise, GroupStudent, Role, StudentGroup, User
from classes.courses import recurrence
from classes.imports.busy import Clash, Diary, Slot, diary_of
from classes.imports.checking import Known, Refused, Wanted, wanted_of
from classes.models import Holiday, Term, TimetableImport, TimetableRow
from classes.rules import TEACHERS

Outcome, State = TimetableRow.Outcome, TimetableImport.State
#: So many conflicts of a row are named.
NAMED = 5
BATCH = 1_000
FIELDS = ("outcome", "column", "value", "why", "named", "wanted", "lessons", "conflicts", "conflicts_in_all")
_WRITE = """
UPDATE classes_timetablerow r SET
    outcome = v.outcome, "column" = v."column", value = v.value, why = v.why, named = v.named,
    wanted = v.wanted, lessons = v.lessons, conflicts = v.conflicts, conflicts_in_all = v.conflicts_in_all
FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, outcome text, "column" text, value text, why text,
    named text, wanted jsonb, lessons int, conflicts jsonb, conflicts_in_all int)
WHERE r.id = v.id
"""


@dataclass
class Found:
    """A row as it was understood; `slots` are its new lessons, `clashing` the places that have conflicts."""

    row: TimetableRow
    wanted: Wanted | None = None
    slots: list[Slot] = field(default_factory=list)
    clashing: set[int] = field(default_factory=set)


@dataclass
class Check:
    """All rows of a file, and the students of its groups."""

    rows: list[Found]
    students: Mapping[int, list[int]]

    def people_of(self, wanted: Wanted) -> set[int]:
        """The teacher, the assistants and the students, those of groups too."""
        people = {wanted.teacher, *wanted.assistants, *wanted.students}
        return people.union(*(self.students.get(group, ()) for group in wanted.groups))

    @property
    def digest(self) -> str:
        """The same as long as the same would be planned."""
        told = [
            (one.row.number, one.row.outcome, one.row.wanted, one.row.lessons, one.row.conflicts_in_all)
            for one in self.rows
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def plan(source: TimetableImport) -> None:
    """Compare all rows; the import is `checked` afterwards."""
    check = check_of(source)
    _write(check)
    source.counts, source.seen, source.state = _counts(source), check.digest, State.CHECKED
    source.save(update_fields=["counts", "seen", "state", "columns"])


def _write(check: Check) -> None:
    """In bundles: row by row a file of one row a lesson took minutes."""
    told = ({"id": one.row.pk} | {name: getattr(one.row, name) for name in FIELDS} for one in check.rows)
    with connection.cursor() as cursor:
        while bundle := list(islice(told, BATCH)):
            cursor.execute(_WRITE, [json.dumps(bundle, ensure_ascii=False)])


def check_of(source: TimetableImport) -> Check:
    """The rows with their outcomes set, not saved."""
    rows = list(source.lines.order_by("number"))
    told = {row.pk: told_by(source, row.cells) for row in rows}  # type: ignore[arg-type]
    known = known_of(source.enterprise)
    check = Check([Found(row) for row in rows], _students(known.groups.values()))
    reckoned = Reckoner(source.enterprise)
    for one in check.rows:
        _read(one, wanted_of(told[one.row.pk], known, split_groups), reckoned)
    _meet(check, source.enterprise)
    return check


def known_of(school: Enterprise) -> Known:
    staff = User.objects.filter(enterprise=school, is_active=True, role__in=(*TEACHERS, Role.SUPERVISOR))
    teachers, by_name, assistants = {}, defaultdict(list), {}
    for pk, user_id, nickname, role in staff.values_list("pk", "user_id", "nickname", "role"):
        assistants[user_id] = pk
        if role in TEACHERS:
            teachers[user_id] = pk
            by_name[nickname].append(pk)
    students = User.objects.filter(enterprise=school, is_active=True, role=Role.STUDENT)
    groups = StudentGroup.objects.filter(enterprise=school)
    terms = Term.objects.filter(enterprise=school)
    return Known(
        teachers,
        by_name,
        assistants,
        dict(students.values_list("user_id", "pk")),
        dict(groups.values_list("name", "pk")),
        {one.name: (one.pk, one.ends_on) for one in terms},
    )


def _students(groups: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    entries = GroupStudent.objects.filter(
        group__in=list(groups), student__is_active=True, student__role=Role.STUDENT
    )
    for group, student in entries.values_list("group_id", "student_id"):
        found[group].append(student)
    return found


class Reckoner:
    """The dates of rules in a school, with its holidays asked for once."""

    def __init__(self, school: Enterprise) -> None:
        self.zone = school.tz
        self.holidays = list(Holiday.objects.filter(enterprise=school))
        self._left_out: dict[tuple[date, int | None], bool] = {}

    def slots(self, number: int, wanted: Wanted) -> list[Slot]:
        """The lessons of a row but for those on holidays. ValidationError for a rule that does not hold."""
        length = timedelta(minutes=wanted.minutes)
        locals_ = recurrence.starts(wanted.first, wanted.rrule, self.zone)
        kept = (one for one in locals_ if not self._is_holiday(one.date(), wanted.term))
        starts = [recurrence.moment(one, self.zone) for one in kept]
        return [
            Slot(at, at + length, wanted.topic, row=number, place=place) for place, at in enumerate(starts)
        ]

    def _is_holiday(self, day: date, term: int | None) -> bool:
        if (day, term) not in self._left_out:
            found = any(one.covers(day) and one.holds_in(term) for one in self.holidays)
            self._left_out[day, term] = found
        return self._left_out[day, term]


def _read(one: Found, wanted: Wanted | Refused, reckoned: Reckoner) -> None:
    row = one.row
    row.column = row.value = row.why = row.named = ""
    row.wanted, row.lessons, row.conflicts, row.conflicts_in_all = None, 0, [], 0
    if isinstance(wanted, Refused):
        return _refuse(row, wanted)
    try:
        slots = reckoned.slots(row.number, wanted)
    except ValidationError as error:
        return _refuse(row, Refused("until", wanted.rrule, "rule", " ".join(error.messages)))
    if not slots:
        return _refuse(row, Refused("date", f"{wanted.first:%Y-%m-%d}", "no_dates"))
    if slots[0].ends_at < timezone.now():
        return _refuse(row, Refused("date", f"{wanted.first:%Y-%m-%d}", "past"))
    one.wanted, one.slots, row.wanted = wanted, slots, wanted.stored()
    return None


def _refuse(row: TimetableRow, refused: Refused) -> None:
    row.outcome, row.column, row.value = Outcome.REFUSED, refused.column, refused.value[:200]
    row.why, row.named = refused.why, refused.named[:200]


def _meet(check: Check, school: Enterprise) -> None:
    """Leave out lessons that are there already, and find who would be planned twice."""
    good = [one for one in check.rows if one.wanted]
    slots = [slot for one in good for slot in one.slots]
    if not slots:
        return
    people = {one.row.number: check.people_of(one.wanted) for one in good if one.wanted}
    everybody = set().union(*people.values())
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    diary = diary_of(school, first, last, everybody)
    for one in good:
        _leave_out(one, diary)
        for slot in one.slots:
            diary.add(slot, people[one.row.number])
    _note(good, diary, school)


def _leave_out(one: Found, diary: Diary) -> None:
    """A lesson of this teacher, topic and start is there, or an earlier row asks for it."""
    if one.wanted is None:
        return
    new = [
        slot for slot in one.slots if (one.wanted.teacher, slot.topic, slot.starts_at) not in diary.teaching
    ]
    diary.teaching |= {(one.wanted.teacher, slot.topic, slot.starts_at) for slot in new}
    one.slots, one.row.lessons = new, len(new)
    one.row.outcome = Outcome.ADDED if new else Outcome.UNCHANGED


def _note(good: list[Found], diary: Diary, school: Enterprise) -> None:
    by_number = {one.row.number: one for one in good}
    clashes: dict[int, list[Clash]] = defaultdict(list)
    for clash in diary.clashes():
        clashes[clash.slot.row].append(clash)
        by_number[clash.slot.row].clashing.add(clash.slot.place)
    chosen = {number: sorted(those, key=_place)[:NAMED] for number, those in clashes.items()}
    names = _names(clash.person for those in chosen.values() for clash in those)
    for number, those in clashes.items():
        row = by_number[number].row
        row.outcome, row.conflicts_in_all = Outcome.CONFLICT, len(those)
        row.conflicts = [_told(clash, names, school) for clash in chosen[number]]


def _place(clash: Clash) -> tuple[datetime, int, int]:
    return clash.slot.starts_at, clash.person, clash.other.lesson or clash.other.row


def _names(people: Iterable[int]) -> dict[int, str]:
    return {one.pk: str(one) for one in User.objects.filter(pk__in=set(people))}


def _told(clash: Clash, names: Mapping[int, str], school: Enterprise) -> dict[str, Any]:
    return {
        "day": f"{clash.slot.starts_at.astimezone(school.tz):%Y-%m-%d %H:%M}",
        "who": names.get(clash.person, ""),
        "topic": clash.other.topic,
        "lesson": clash.other.lesson,
        "row": clash.other.row,
    }


def _counts(source: TimetableImport) -> dict[str, int]:
    rows = source.lines.order_by().values_list("outcome").annotate(n=Count("pk"))
    lessons = source.lines.aggregate(n=Sum("lessons"))["n"] or 0
    return {**dict.fromkeys(Outcome.values, 0), **dict(rows), "lessons": lessons}
