"""One change to many lessons that somebody chose: what it would do, and the doing, as one act."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise, GroupStudent, StudentGroup, User
from accounts.roles import Role
from classes.bulk import push
from classes.bulk.changing import Wish, change_lessons, look, wish
from classes.conflicts.finding import Conflict
from classes.courses.planning import helper_role
from classes.courses.writing import People
from classes.models import Lesson, Member
from classes.passwords import differing, trail_of
from classes.phases import phase_of
from console.audit.trail import record
from console.jobs.models import Job

#: Lessons that one act may change.
MOST = 1_000
#: Why a lesson is left as it is, by the phase in which it is.
LOCKED: dict[str, str | Promise] = {
    "running": gettext_lazy("running: iclass changes nothing until it ends"),
    "over": gettext_lazy("over: it stays as it was held"),
    "cancelled": gettext_lazy("cancelled"),
    "not_held": gettext_lazy("its time has passed"),
}


@dataclass(frozen=True)
class Edit:
    """What is to become of each of the lessons; what is not given stays.

    `fields` are those of a Lesson that are set alike. `days` and `minutes` move it on the school's clock,
    `length` is its new length in minutes. `add` join it by their own role, `remove` (pks) leave it.
    `password` is that of each, '' for none. The groups of `join` bring their students and are followed from
    then on; with those of `leave` (pks) go the students who came by them and come by no other group.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    days: int = 0
    minutes: int = 0
    length: int = 0
    add: Collection[User] = ()
    remove: Collection[int] = ()
    join: Collection[StudentGroup] = ()
    leave: Collection[int] = ()
    #: The active students of each group that comes or that a lesson has, where groups change; reckoned.
    brought: Mapping[int, Collection[int]] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)

    @property
    def is_empty(self) -> bool:
        told = (self.fields, self.days, self.minutes, self.length, self.touches_people)
        return not any(told) and self.password is None

    @property
    def touches_people(self) -> bool:
        return bool(self.add or self.remove or self.join or self.leave or "teacher" in self.fields)


@dataclass
class Preview:
    """`wishes` are lessons that change, `same` are as they should be already, `locked` cannot be changed."""

    wishes: list[Wish] = field(default_factory=list)
    same: list[Lesson] = field(default_factory=list)
    locked: list[tuple[Lesson, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Places in lessons that come or go."""
        return sum(len(one.came) + len(one.went) for one in self.wishes)


def preview(school: Enterprise, lessons: Sequence[Lesson], edit: Edit) -> Preview:
    """What `edit_lessons` would do; conflicts are told, ValidationError where a lesson would break a rule."""
    found = _sorted(school, lessons, edit)
    found.conflicts = look(school, found.wishes)
    return found


@transaction.atomic
def edit_lessons(
    *, school: Enterprise, lessons: Sequence[Lesson], edit: Edit, by: User | None, conflict_reason: str = ""
) -> Job:
    """Change all of these that can be changed, in one transaction with one line of the trail.

    The job that is returned shows what became of each. Conflicted (a ValidationError) where the change brings
    conflicts and no reason is given; ValidationError where a lesson would break a rule, or began meanwhile.
    """
    found = _sorted(school, lessons, edit)
    change_lessons(school, found.wishes, by=by, conflict_reason=conflict_reason)
    told = {
        **{name: _told(value) for name, value in edit.fields.items()},
        **{name: value for name in ("days", "minutes", "length") if (value := getattr(edit, name))},
        **({"members_added": [one.user_id for one in edit.add]} if edit.add else {}),
        **({"members_removed": _ids(edit.remove)} if edit.remove else {}),
        **({"groups_added": [one.name for one in edit.join]} if edit.join else {}),
        **({"groups_removed": _names(edit.leave)} if edit.leave else {}),
        **trail_of(edit.password),
    }
    keys = [one.before.pk for one in found.wishes]
    record(
        "lesson.change_many",
        by=by,
        enterprise=school,
        after={**told, "lessons": keys, "locked": len(found.locked)},
        reason=conflict_reason,
    )
    return push.start(
        school,
        keys,
        by=by,
        locked=[one.pk for one, _why in found.locked],
        same=[one.pk for one in found.same],
    )


def _told(value: Any) -> Any:
    return value.user_id if isinstance(value, User) else value


def _ids(people: Collection[int]) -> list[str]:
    return sorted(User.objects.filter(pk__in=people).values_list("user_id", flat=True))


def _names(groups: Collection[int]) -> list[str]:
    return sorted(StudentGroup.objects.filter(pk__in=groups).values_list("name", flat=True))


def _sorted(school: Enterprise, lessons: Sequence[Lesson], edit: Edit) -> Preview:
    found, now = Preview(), timezone.now()
    if any(one.enterprise_id != school.pk for one in edit.join):
        raise ValidationError({"join": _("One of these groups is not of your school.")})
    edit = replace(edit, brought=_brought(lessons, edit))
    rosters = _rosters(lessons) if edit.touches_people else {}
    alike: dict[Any, People] = {}
    rekeyed = differing(lessons, edit.password)
    for lesson in lessons:
        phase = phase_of(lesson, now).name
        if phase in LOCKED:
            found.locked.append((lesson, str(LOCKED[phase])))
            continue
        one = _wish(school, lesson, edit, rosters.get(lesson.pk), alike)
        one.password = edit.password if lesson.pk in rekeyed else None
        (found.wishes if one.changes else found.same).append(one if one.changes else lesson)  # type: ignore[arg-type]
    return found


def _wish(
    school: Enterprise, lesson: Lesson, edit: Edit, roster: list[Member] | None, alike: dict[Any, People]
) -> Wish:
    fields = {**edit.fields, **_times(school, lesson, edit)}
    if roster is None:
        return wish(lesson, **fields)
    people = _people(lesson, edit, roster)
    had = {group.pk for group in lesson.groups.all()}
    key = (
        tuple(sorted(people.students.items(), key=str)),
        tuple(sorted(people.helpers.items())),
        people.groups,
    )
    one = wish(lesson, alike.setdefault(key, people), **fields)
    before = {(member.user_id, str(member.role)) for member in roster}
    after = {(pk, role) for pk, role, _via in one.people.rows(one.lesson.teacher_id)}  # type: ignore[union-attr]
    one.joined, one.left = sorted(set(people.groups) - had), sorted(had - set(people.groups))
    one.came, one.went = sorted(pk for pk, _ in after - before), sorted(pk for pk, _ in before - after)
    return one


def _times(school: Enterprise, lesson: Lesson, edit: Edit) -> dict[str, datetime]:
    """The new times, on the clock of the school's wall: 19:00 stays 19:00 through daylight saving."""
    if not (edit.days or edit.minutes or edit.length):
        return {}
    starts = lesson.starts_at
    if edit.days or edit.minutes:
        local = starts.astimezone(school.tz).replace(tzinfo=None)
        local += timedelta(days=edit.days, minutes=edit.minutes)
        starts = timezone.make_aware(local, school.tz)
    length = timedelta(minutes=edit.length) if edit.length else lesson.ends_at - lesson.starts_at
    if starts + length <= timezone.now():
        told = _("“%(topic)s” would be over already. Choose a time to come.")
        raise ValidationError({"days": told % {"topic": lesson.topic}})
    return {"starts_at": starts, "ends_at": starts + length}


def _rosters(lessons: Sequence[Lesson]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = {one.pk: [] for one in lessons}
    for member in Member.objects.filter(lesson__in=found).order_by("pk"):
        found[member.lesson_id].append(member)
    return found


def _people(lesson: Lesson, edit: Edit, roster: list[Member]) -> People:
    """Who is there, without those who go and with those who come; and the groups in the same way."""
    had = {group.pk for group in lesson.groups.all()}
    new = [group.pk for group in edit.join if group.pk not in had]
    groups = (had | set(new)) - set(edit.leave)
    stay = [member for member in roster if member.user_id not in edit.remove]
    students = {
        one.user_id: _via(one, groups, edit)
        for one in stay
        if one.role == Member.Role.STUDENT and not _goes(one, groups, edit)
    }
    for group in new:
        for student in edit.brought.get(group, ()):
            students.setdefault(student, group)
    helpers = {one.user_id: str(one.role) for one in stay if one.role != Member.Role.STUDENT}
    for person in edit.add:
        if person.role == Role.STUDENT:
            students.setdefault(person.pk, None)
        else:
            helpers.setdefault(person.pk, helper_role(person))
    return People(students, helpers, tuple(sorted(groups)))


def _brought(lessons: Sequence[Lesson], edit: Edit) -> Mapping[int, Collection[int]]:
    if not (edit.join or edit.leave):
        return {}
    groups = {group.pk for lesson in lessons for group in lesson.groups.all()} | {one.pk for one in edit.join}
    found: dict[int, list[int]] = {pk: [] for pk in groups}
    entries = GroupStudent.objects.filter(
        group__in=groups, student__role=Role.STUDENT, student__is_active=True
    )
    for group, student in entries.order_by("group", "student").values_list("group_id", "student_id"):
        found[group].append(student)
    return found


def _goes(member: Member, groups: Collection[int], edit: Edit) -> bool:
    """Whether a student came by a group that goes, and by no other."""
    return member.via_id in edit.leave and _via(member, groups, edit) is None


def _via(member: Member, groups: Collection[int], edit: Edit) -> int | None:
    """The group by which a student is there: as it was, or another one where that goes."""
    if member.via_id not in edit.leave:
        return member.via_id
    return next((pk for pk in sorted(groups) if member.user_id in edit.brought.get(pk, ())), None)
