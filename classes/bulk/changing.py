"""Changing many lessons at once: what each should be, what would be in the way, and the writing of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.bulk import telling
from classes.conflicts.booking import MARKED, Conflicted, judged, mark, queue_up
from classes.conflicts.finding import Conflict, Slot, Wanted, conflicts_of
from classes.courses.writing import People, expect
from classes.kinds import Status
from classes.models import Lesson, Member
from classes.passwords import set_passwords
from classes.rules import check_lesson

BATCH = 1_000
#: What may be changed of many lessons; people go beside.
FIELDS = (
    "topic",
    "class_type",
    "teacher",
    "starts_at",
    "ends_at",
    "record_types",
    "auto_open_mic",
    "auto_open_camera",
    "bitrate",
    "max_on_mic",
    "capacity",
)

Roster = frozenset[tuple[int, str]]


@dataclass
class Wish:
    """One lesson as it is to be: `lesson` carries the new fields, `people` the new people (None: the old).

    `came` and `went` are pks of people, `joined` and `left` of groups, for whoever reckoned them. `password`
    is the new one, '' for none; None keeps it.
    """

    before: Lesson
    lesson: Lesson
    people: People | None = None
    rows: list[tuple[int, str, int | None]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    new: list[Conflict] = field(default_factory=list)
    came: list[int] = field(default_factory=list)
    went: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    password: str | None = field(default=None, repr=False)

    @property
    def changes(self) -> bool:
        """Whether anything is to become different, where `came` to `left` are reckoned."""
        moves = self.came or self.went or self.joined or self.left
        return bool(self.fields_changed or moves or self.password is not None)

    @property
    def fields_changed(self) -> bool:
        return any(
            getattr(self.before, name) != getattr(self.lesson, name) for name in (*FIELDS, "occurrence")
        )


def wish(before: Lesson, people: People | None = None, **fields: Any) -> Wish:
    """A lesson and what is to become of it."""
    lesson = copy(before)
    for name, value in fields.items():
        setattr(lesson, name, value)
    return Wish(before, lesson, people)


def changeable(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Those that can still be changed: neither begun nor cancelled, and not past."""
    now = timezone.now()
    return [one for one in lessons if not one.locked and one.ends_at > now]


def look(school: Enterprise, wishes: Sequence[Wish]) -> list[Conflict]:
    """Note at each wish which conflicts it would have, and which of these are new; returns the new ones.

    ValidationError where a lesson would break a rule.
    """
    rosters = _rosters(wishes)
    for one in wishes:
        check_lesson(one.lesson)
    before = _conflicts(school, [one.before for one in wishes], rosters)
    wanted = {
        one.before.pk: frozenset((pk, role) for pk, role, _via in one.people.rows(one.lesson.teacher_id))
        if one.people is not None
        else rosters[one.before.pk]
        for one in wishes
    }
    after = _conflicts(school, [one.lesson for one in wishes], wanted)
    for one in wishes:
        old = {_named(conflict) for conflict in before[one.before.pk]}
        one.conflicts = after[one.before.pk]
        one.new = [conflict for conflict in one.conflicts if _named(conflict) not in old]
    return [conflict for one in wishes for conflict in one.new]


def change_lessons(
    school: Enterprise, wishes: Sequence[Wish], *, by: User | None, conflict_reason: str = ""
) -> int:
    """Write all of these and owe the service what differs; returns how many lessons changed.

    Inside the caller's transaction, who writes the trail. Conflicted where a change brings a conflict and no
    reason is given; ValidationError where a lesson cannot be changed any more or breaks a rule.
    """
    _lock(wishes)
    queue_up({one.lesson.teacher_id for one in wishes})
    new = look(school, wishes)
    if new and not conflict_reason.strip():
        raise Conflicted(new)
    for one in wishes:
        mark(one.lesson, bool(one.conflicts), conflict_reason or one.before.conflict_reason, by)
    changed = [one for one in wishes if one.fields_changed or one.new]
    with judged():
        names = [*FIELDS, "occurrence", *MARKED]
        Lesson.objects.bulk_update([one.lesson for one in changed], names, batch_size=BATCH)
    rekeyed = _set_passwords(wishes)
    knows = rekeyed if school.later_fields else set()
    told = [one.lesson for one in wishes if one.fields_changed or one.lesson.pk in knows]
    called = _call_roll(wishes)
    telling.tell_fields(school, told, by)
    telling.tell_members(school, called, by)
    return len({one.pk for one in (*told, *called)} | rekeyed)


def _set_passwords(wishes: Sequence[Wish]) -> set[int]:
    """The keys of the lessons that had another password."""
    wished: dict[str, list[Lesson]] = defaultdict(list)
    for one in wishes:
        if one.password is not None:
            wished[one.password].append(one.lesson)
    return set().union(*(set_passwords(lessons, password) for password, lessons in wished.items()))


def _lock(wishes: Sequence[Wish]) -> None:
    """Lessons that began or were cancelled since are told, and nothing is changed."""
    rows = Lesson.objects.select_for_update(of=("self",)).filter(pk__in=[one.before.pk for one in wishes])
    standing = {
        pk: (status, cancelled)
        for pk, status, cancelled in rows.order_by("pk").values_list("pk", "status", "cancelled_at")
    }
    for one in wishes:
        status, cancelled = standing.get(one.before.pk, (Status.END, None))
        if status != Status.WILL or cancelled:
            told = _("“%(topic)s” has begun or was cancelled meanwhile. Look again.")
            raise ValidationError(told % {"topic": one.before.topic})


def _rosters(wishes: Sequence[Wish]) -> dict[int, Roster]:
    found: dict[int, set[tuple[int, str]]] = {one.before.pk: set() for one in wishes}
    rows = Member.objects.filter(lesson__in=found)
    for lesson, user, role in rows.values_list("lesson_id", "user_id", "role"):
        found[lesson].add((user, role))
    return {pk: frozenset(roster) for pk, roster in found.items()}


def _conflicts(
    school: Enterprise, lessons: Sequence[Lesson], rosters: Mapping[int, Roster]
) -> dict[int, list[Conflict]]:
    """The conflicts of each lesson; lessons of equal people are asked about together."""
    alike: dict[tuple[int, str, int, Roster], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        alike[lesson.teacher_id, lesson.class_type, lesson.capacity or 0, rosters[lesson.pk]].append(lesson)
    besides = [lesson.pk for lesson in lessons]
    found: dict[int, list[Conflict]] = {lesson.pk: [] for lesson in lessons}
    for (_teacher, class_type, most, roster), some in alike.items():
        wanted = Wanted(
            school=school,
            slots=[Slot(one.starts_at, one.ends_at) for one in some],
            teacher=some[0].teacher,
            assistants=[pk for pk, role in roster if role == Member.Role.ASSISTANT],
            students=[pk for pk, role in roster if role == Member.Role.STUDENT],
            class_type=class_type,
            most=most,
            besides=besides,
        )
        for conflict in conflicts_of(wanted):
            found[some[conflict.place].pk].append(conflict)
    return found


def _named(conflict: Conflict) -> tuple[str, str, int | None]:
    return conflict.kind, conflict.who, conflict.lesson.pk if conflict.lesson else None


def _call_roll(wishes: Sequence[Wish]) -> list[Lesson]:
    """Bring the members to what is wished, set by set; the lessons whose members changed."""
    wished = {one.lesson.pk: one for one in wishes if one.people is not None}
    there = defaultdict(dict)
    rows = Member.objects.filter(lesson__in=wished)
    ways: dict[int, int | None] = {}
    for pk, lesson, user, role, via in rows.values_list("pk", "lesson_id", "user_id", "role", "via_id"):
        there[lesson][user, role], ways[pk] = pk, via
    gone: list[int] = []
    handed: list[Member] = []
    groups: dict[tuple[int, int], tuple[list[Lesson], People]] = {}
    changed = []
    for pk, one in wished.items():
        people: People = one.people  # type: ignore[assignment]
        wanted = {(user, role): via for user, role, via in people.rows(one.lesson.teacher_id)}
        leaving = [member for key, member in there[pk].items() if key not in wanted]
        handed += [
            Member(pk=member, via_id=wanted[key])
            for key, member in there[pk].items()
            if key in wanted and ways[member] not in (None, *people.groups)
        ]
        gone += leaving
        if leaving or wanted.keys() - there[pk].keys():
            changed.append(one.lesson)
        groups.setdefault((id(people), one.lesson.teacher_id), ([], people))[0].append(one.lesson)
    Member.objects.filter(pk__in=gone).delete()
    Member.objects.bulk_update(handed, ["via"], batch_size=BATCH)
    for lessons, people in groups.values():
        Lesson.groups.through.objects.filter(lesson__in=lessons).exclude(
            studentgroup__in=people.groups
        ).delete()
        expect(lessons, people)
    return changed
