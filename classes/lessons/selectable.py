"""Whom a teacher may choose for lessons that a switch of the school lets them schedule or fill.

A teacher chooses themselves as the teacher, and people with whom they already work: the groups in their
charge, the groups, students and staff of the courses and lessons that they teach or assist in, and the
students of these groups. Whoever may act in the whole school chooses from all of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import GroupMembership, StudentGroup, User
from accounts.people.charges import groups_in_charge
from classes.models import Course, Lesson, Member
from console.policy import Scope, refusal_message, scope_of

OTHER_TEACHER = gettext_lazy("You schedule only lessons that you teach yourself.")
FOREIGN = gettext_lazy("You can choose only groups in your charge and people of your courses and lessons.")


def chooses_from_own(reader: Any, action: str, resource: str = "lesson") -> bool:
    """Return whether this right covers only what the reader teaches; without a reader, the whole school."""
    return reader is not None and scope_of(reader, action, resource) == Scope.OWN


def may_edit_members(reader: Any, lesson: Lesson) -> bool:
    """Return whether the reader may change who is expected in this lesson, also if nobody is yet."""
    scope = scope_of(reader, "change", "member")
    if scope == Scope.NONE or lesson.enterprise_id != reader.enterprise_id:
        return False
    return scope != Scope.OWN or lesson.teacher_id == reader.pk


def own_groups(reader: Any) -> QuerySet[StudentGroup]:
    """Return the groups that the reader may choose."""
    of_courses = Course.groups.through.objects.filter(course__in=_courses(reader)).values("studentgroup")
    of_lessons = Lesson.groups.through.objects.filter(lesson__in=_lessons(reader)).values("studentgroup")
    keys = groups_in_charge(reader).union(of_courses, of_lessons, all=True)
    return StudentGroup.objects.filter(pk__in=keys)


def own_students(reader: Any) -> Q:
    """Match the students whom the reader may choose, as one list of keys."""
    of_groups = GroupMembership.objects.filter(group__in=own_groups(reader).order_by().values("pk"))
    of_courses = Course.members.through.objects.filter(course__in=_courses(reader)).values("user")
    of_lessons = Member.objects.filter(lesson__in=_lessons(reader), role=Member.Role.STUDENT)
    keys = of_groups.values("student").union(of_courses, of_lessons.values("user"), all=True)
    return Q(pk__in=keys)


def own_staff(reader: Any) -> Q:
    """Match the assistants and supervisors whom the reader may choose."""
    of_courses = Course.assistants.through.objects.filter(course__in=_courses(reader)).values("user")
    of_lessons = Member.objects.filter(lesson__in=_lessons(reader)).exclude(role=Member.Role.STUDENT)
    return Q(pk__in=of_courses.union(of_lessons.values("user"), all=True))


def _courses(reader: Any) -> QuerySet[Any]:
    assisted = Course.assistants.through.objects.filter(user=reader).values("course")
    return Course.objects.filter(Q(teacher=reader) | Q(pk__in=assisted)).order_by().values("pk")


def _lessons(reader: Any) -> QuerySet[Any, Any]:
    """Return the keys of the lessons that the reader teaches or assists in, not of those that they attend."""
    assisted = Member.objects.filter(user=reader).exclude(role=Member.Role.STUDENT).values("lesson")
    taught: QuerySet[Any, Any] = Lesson.objects.filter(teacher=reader).order_by().values("pk")
    return taught.union(assisted, all=True)


def narrow_choices(
    offered: Mapping[str, QuerySet[Any]], reader: Any, lesson: Lesson | None = None
) -> dict[str, QuerySet[Any]]:
    """Return what a form offers by field, limited to whom the reader may choose and who is in the lesson."""
    members = Member.objects.filter(lesson=lesson).values("user")
    groups = Lesson.groups.through.objects.filter(lesson=lesson).values("studentgroup")
    conditions = {
        "teacher": Q(pk=reader.pk),
        "students": own_students(reader) | Q(pk__in=members),
        "staff": own_staff(reader) | Q(pk__in=members),
        "groups": Q(pk__in=own_groups(reader).order_by().values("pk")) | Q(pk__in=groups),
    }
    return {name: rows.filter(conditions[name]) for name, rows in offered.items()}


def check_selection(reader: Any, action: str, values: Mapping[str, Any], lesson: Lesson | None) -> None:
    """Check the values of `schedule_lesson` or `edit_lesson` that a client of REST sends.

    Raise ValidationError, keyed by the argument, for whom the reader may not choose, and PermissionDenied if
    the people of a stored lesson are not theirs to change. Who is in the lesson may stay.
    """
    people = ("students", "staff", "groups")
    if lesson is not None and values.keys() & set(people) and not may_edit_members(reader, lesson):
        raise PermissionDenied(refusal_message(reader, "change", "member"))
    if not chooses_from_own(reader, action):
        return
    errors: dict[str, Any] = {}
    if values.get("teacher", reader) != reader:
        errors["teacher"] = OTHER_TEACHER
    kept = set(lesson.members.values_list("user_id", flat=True)) if lesson else set()
    for name, condition in (("students", own_students), ("staff", own_staff)):
        chosen = {one.pk: one for one in values.get(name) or () if one.pk not in kept}
        known = set(User.objects.filter(condition(reader), pk__in=chosen).values_list("pk", flat=True))
        if foreign := [one.user_id for pk, one in chosen.items() if pk not in known]:
            errors[name] = foreign_message(foreign)
    kept = set(lesson.groups.values_list("pk", flat=True)) if lesson else set()
    groups = {one.pk: one for one in values.get("groups") or () if one.pk not in kept}
    known = set(own_groups(reader).filter(pk__in=groups).values_list("pk", flat=True))
    if foreign := [one.name for pk, one in groups.items() if pk not in known]:
        errors["groups"] = foreign_message(foreign)
    if errors:
        raise ValidationError(errors)


def foreign_message(names: Iterable[str]) -> str:
    """Return the sentence about people or groups that the reader may not choose."""
    listed = sorted(names)
    shown = ", ".join(one[:40] for one in listed[:10]) + (" …" if len(listed) > 10 else "")
    rest = _("Not among them: %(names)s. Ask a school administrator.") % {"names": shown}
    return f"{FOREIGN} {rest}"
