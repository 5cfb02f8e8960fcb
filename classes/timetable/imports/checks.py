"""Check what a timetable file would do: parse rows, expand dates, find conflicts, in bulk."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import Enterprise, GroupMembership, Role, StudentGroup, User
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Holiday, Subject, Term, TimetableImport, TimetableRow
from classes.timetable.courses import recurrence
from classes.timetable.imports.conflicts import BookingCalendar, ImportSlot, SlotConflict, load_bookings
from classes.timetable.imports.row_parser import PlannedRow, RowError, SchoolData, parse_row
from console.bulk_sql import bulk_update
from console.imports.columns import split_names, values_by_field

Outcome, State = TimetableRow.Outcome, TimetableImport.State
#: Conflicts named per row.
MAX_NAMED = 5
FIELDS = ("outcome", "column", "value", "why", "named", "wanted", "lessons", "conflicts", "conflicts_in_all")


@dataclass
class CheckedRow:
    """A parsed row; `slots` are its new lessons, `conflicting_places` the indexes of slots with conflicts."""

    row: TimetableRow
    planned: PlannedRow | None = None
    slots: list[ImportSlot] = field(default_factory=list)
    conflicting_places: set[int] = field(default_factory=set)


@dataclass
class ImportCheck:
    """All rows of a file, and the students of their groups."""

    rows: list[CheckedRow]
    students: Mapping[int, list[int]]

    def people_of(self, planned: PlannedRow) -> set[int]:
        """Return the teacher, the assistants and the students, including those of groups."""
        people = {planned.teacher, *planned.assistants, *planned.students}
        return people.union(*(self.students.get(group, ()) for group in planned.groups))

    @property
    def digest(self) -> str:
        """Digest of what would be planned."""
        state = [
            (one.row.number, one.row.outcome, one.row.wanted, one.row.lessons, one.row.conflicts_in_all)
            for one in self.rows
        ]
        return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def check_import(source: TimetableImport) -> None:
    """Check all rows, in the caller's transaction; the import is `checked` afterwards."""
    check = build_check(source)
    bulk_update([one.row for one in check.rows], FIELDS)
    source.counts, source.seen, source.state = _counts(source), check.digest, State.CHECKED
    source.save(update_fields=["counts", "seen", "state"])


def build_check(source: TimetableImport) -> ImportCheck:
    """Return the rows with their outcomes set, not saved."""
    rows = list(source.lines.order_by("number"))
    cells = {row.pk: values_by_field(source.columns, row.cells) for row in rows}
    known = load_school_data(source.enterprise)
    check = ImportCheck([CheckedRow(row) for row in rows], students_by_group(known.groups.values()))
    expander = DateExpander(source.enterprise)
    for one in check.rows:
        _apply_row(one, parse_row(cells[one.row.pk], known, split_names), expander)
    _find_conflicts(check, source.enterprise)
    return check


def load_school_data(school: Enterprise) -> SchoolData:
    staff = User.objects.filter(
        enterprise=school, is_active=True, role__in=(*TEACHING_ROLES, Role.SUPERVISOR)
    )
    teachers, by_name, assistants = {}, defaultdict(list), {}
    for pk, user_id, nickname, role in staff.values_list("pk", "user_id", "nickname", "role"):
        assistants[user_id] = pk
        if role in TEACHING_ROLES:
            teachers[user_id] = pk
            by_name[nickname].append(pk)
    students = User.objects.filter(enterprise=school, is_active=True, role=Role.STUDENT)
    groups = StudentGroup.objects.filter(enterprise=school)
    terms = Term.objects.filter(enterprise=school)
    return SchoolData(
        teachers,
        by_name,
        assistants,
        dict(students.values_list("user_id", "pk")),
        dict(groups.values_list("name", "pk")),
        {one.name: (one.pk, one.ends_on) for one in terms},
        dict(Subject.objects.filter(enterprise=school).values_list("name", "pk")),
    )


def students_by_group(groups: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    entries = GroupMembership.objects.filter(
        group__in=list(groups), student__is_active=True, student__role=Role.STUDENT
    )
    for group, student in entries.values_list("group_id", "student_id"):
        found[group].append(student)
    return found


class DateExpander:
    """Dates of rules in a school; its holidays are queried once."""

    def __init__(self, school: Enterprise) -> None:
        self.zone = school.tz
        self.holidays = list(Holiday.objects.filter(enterprise=school))
        self._left_out: dict[tuple[date, int | None], bool] = {}

    def slots(self, number: int, planned: PlannedRow) -> list[ImportSlot]:
        """Return the lessons of a row, without holidays; raise ValidationError for an invalid rule."""
        length = timedelta(minutes=planned.minutes)
        locals_ = recurrence.expand_rule(planned.first, planned.rrule, self.zone)
        kept = (one for one in locals_ if not self._is_holiday(one.date(), planned.term))
        starts = [recurrence.local_to_utc(one, self.zone) for one in kept]
        return [
            ImportSlot(at, at + length, planned.topic, row=number, place=place)
            for place, at in enumerate(starts)
        ]

    def _is_holiday(self, day: date, term: int | None) -> bool:
        if (day, term) not in self._left_out:
            found = any(one.covers(day) and one.holds_in(term) for one in self.holidays)
            self._left_out[day, term] = found
        return self._left_out[day, term]


def _apply_row(one: CheckedRow, parsed: PlannedRow | RowError, expander: DateExpander) -> None:
    row = one.row
    row.column = row.value = row.why = row.named = ""
    row.wanted, row.lessons, row.conflicts, row.conflicts_in_all = None, 0, [], 0
    if isinstance(parsed, RowError):
        return _refuse(row, parsed)
    try:
        slots = expander.slots(row.number, parsed)
    except ValidationError as error:
        return _refuse(row, RowError("until", parsed.rrule, "rule", " ".join(error.messages)))
    if not slots:
        return _refuse(row, RowError("date", f"{parsed.first:%Y-%m-%d}", "no_dates"))
    if slots[0].ends_at < timezone.now():
        return _refuse(row, RowError("date", f"{parsed.first:%Y-%m-%d}", "past"))
    one.planned, one.slots, row.wanted = parsed, slots, parsed.stored()
    return None


def _refuse(row: TimetableRow, error: RowError) -> None:
    row.outcome, row.column, row.value = Outcome.REFUSED, error.column, error.value[:200]
    row.why, row.named = error.why, error.named[:200]


def _find_conflicts(check: ImportCheck, school: Enterprise) -> None:
    """Drop lessons that exist already, and find people who would be booked twice."""
    valid = [one for one in check.rows if one.planned]
    slots = [slot for one in valid for slot in one.slots]
    if not slots:
        return
    people = {one.row.number: check.people_of(one.planned) for one in valid if one.planned}
    everybody = set().union(*people.values())
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    bookings = load_bookings(school, first, last, everybody)
    for one in valid:
        _drop_existing(one, bookings)
        bookings.add_series(one.slots, people[one.row.number])
    _record_conflicts(valid, bookings, school)


def _drop_existing(one: CheckedRow, bookings: BookingCalendar) -> None:
    """Drop slots with the teacher, topic and start of an existing lesson or of an earlier row."""
    if one.planned is None:
        return
    new = [
        slot
        for slot in one.slots
        if (one.planned.teacher, slot.topic, slot.starts_at) not in bookings.teaching
    ]
    bookings.teaching |= {(one.planned.teacher, slot.topic, slot.starts_at) for slot in new}
    one.slots, one.row.lessons = new, len(new)
    one.row.outcome = Outcome.ADDED if new else Outcome.UNCHANGED


def _record_conflicts(valid: list[CheckedRow], bookings: BookingCalendar, school: Enterprise) -> None:
    by_number = {one.row.number: one for one in valid}
    clashes: dict[int, list[SlotConflict]] = defaultdict(list)
    for clash in bookings.clashes():
        clashes[clash.slot.row].append(clash)
        by_number[clash.slot.row].conflicting_places.add(clash.slot.place)
    chosen = {
        number: sorted(row_clashes, key=_conflict_order)[:MAX_NAMED]
        for number, row_clashes in clashes.items()
    }
    names = _person_names(clash.person for row_clashes in chosen.values() for clash in row_clashes)
    for number, row_clashes in clashes.items():
        row = by_number[number].row
        row.outcome, row.conflicts_in_all = Outcome.CONFLICT, len(row_clashes)
        row.conflicts = [_describe_conflict(clash, names, school) for clash in chosen[number]]


def _conflict_order(clash: SlotConflict) -> tuple[datetime, int, int]:
    return clash.slot.starts_at, clash.person, clash.other.lesson or clash.other.row


def _person_names(people: Iterable[int]) -> dict[int, str]:
    return {one.pk: str(one) for one in User.objects.filter(pk__in=set(people))}


def _describe_conflict(clash: SlotConflict, names: Mapping[int, str], school: Enterprise) -> dict[str, Any]:
    return {
        "day": f"{clash.slot.starts_at.astimezone(school.tz):%Y-%m-%d %H:%M}",
        "who": names.get(clash.person, ""),
        "topic": clash.other.topic,
        "lesson": clash.other.lesson,
        "row": clash.other.row,
        "absent": clash.other.is_absence,
    }


def _counts(source: TimetableImport) -> dict[str, int]:
    rows = source.lines.order_by().values_list("outcome").annotate(n=Count("pk"))
    lessons = source.lines.aggregate(n=Sum("lessons"))["n"] or 0
    return {**dict.fromkeys(Outcome.values, 0), **dict(rows), "lessons": lessons}
