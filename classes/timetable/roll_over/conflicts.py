"""Who would be planned twice by the copies of courses, or while absent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.timetable.imports.conflicts import ImportSlot, SlotConflict, load_bookings
from classes.timetable.roll_over.courses import MAX_NAMED, CourseRow


def find_row_conflicts(school: Enterprise, rows: Sequence[CourseRow]) -> None:
    """Set the conflicts of all copies. At most two queries, whatever their number."""
    valid = [one for one in rows if one.is_valid]
    if not valid:
        return
    by_course = {row.course.pk: row for row in valid}
    booked = {row.course.pk: row.booked for row in valid}
    everybody = set().union(*booked.values())
    first = min(row.dates[0].starts_at for row in valid)
    last = max(row.dates[-1].ends_at for row in valid)
    bookings = load_bookings(school, first, last, everybody)
    for row in valid:
        slots = [
            ImportSlot(one.starts_at, one.ends_at, row.title, row=row.course.pk, place=place)
            for place, one in enumerate(row.dates)
        ]
        bookings.add_series(slots, booked[row.course.pk])
    clashes: dict[int, list[SlotConflict]] = defaultdict(list)
    for clash in bookings.clashes():
        clashes[clash.slot.row].append(clash)
    _name_conflicts(school, by_course, clashes)
    for row in valid:
        _add_capacity(row)


def _name_conflicts(
    school: Enterprise, by_course: Mapping[int, CourseRow], clashes: Mapping[int, list[SlotConflict]]
) -> None:
    chosen = {
        course: sorted(found, key=lambda one: (one.slot.starts_at, one.person, one.other.topic))[:MAX_NAMED]
        for course, found in clashes.items()
    }
    names = _names(clash.person for found in chosen.values() for clash in found)
    for course, found in clashes.items():
        row = by_course[course]
        row.conflicting_places = {clash.slot.place for clash in found}
        row.conflicts = [_describe(school, clash, names) for clash in chosen[course]]


def _names(people: Iterable[int]) -> dict[int, str]:
    return {one.pk: one.nickname or one.user_id for one in User.objects.filter(pk__in=set(people))}


def _describe(school: Enterprise, clash: SlotConflict, names: Mapping[int, str]) -> str:
    if clash.other.is_absence:
        text = _("%(who)s is absent at this time") % {"who": names.get(clash.person, "")}
    else:
        text = _("%(who)s has “%(topic)s” at this time") % {
            "who": names.get(clash.person, ""),
            "topic": clash.other.topic,
        }
    return f"{clash.slot.starts_at.astimezone(school.tz):%Y-%m-%d %H:%M}: {text}"


def _add_capacity(row: CourseRow) -> None:
    """Every lesson of a course with more students than there is room for is in conflict."""
    expected = len(row.students.keys() - {row.teacher.pk if row.teacher else 0})
    if not row.limit or expected <= row.limit:
        return
    row.conflicting_places = set(range(len(row.dates)))
    row.conflicts = [_("more students than the limit of %(n)s") % {"n": row.limit}, *row.conflicts]
