"""Changing the rules of attendance: of a lesson, a course or the school, with a look at what would change.

A lesson that ended keeps the rules that it had. Open registers follow new rules only where somebody asks for
it and has seen which marks change; closed ones never do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.rules import keeps_marks
from classes.attendance.register import hold, reckoned, recompute
from classes.attendance.rules import NAMES, policy_of
from classes.attendance.shapes import Policy
from classes.kinds import Status
from classes.models import Attendance, Course, Lesson, Mark
from console.audit.trail import record

Rules = Mapping[str, int]
#: How far back, and over how many lessons, a change of the school's or a course's rules looks.
BACK = timedelta(days=30)
MOST = 100


class Change(NamedTuple):
    """A mark that other rules would change."""

    lesson: Lesson
    user_id: str
    nickname: str
    before: str
    after: str

    def __str__(self) -> str:
        words = dict(Mark.choices)
        name, change = self.nickname or self.user_id, f"{words[self.before]} → {words[self.after]}"
        return f"{name} · {self.lesson.topic}: {change}"


def open_lessons(school_id: int, **where: Any) -> QuerySet[Lesson]:
    """The lessons whose marks new rules could change: held lately, and their registers not closed."""
    held = Lesson.objects.filter(enterprise_id=school_id, register_closed_at=None, cancelled_at=None, **where)
    since = timezone.now() - BACK
    lately = held.filter(status__in=(Status.ING, Status.END), starts_at__gte=since)
    return lately.select_related("enterprise", "teacher", "course").order_by("-starts_at", "-id")[:MOST]


def changed(lessons: Iterable[Lesson], policies: Mapping[int, Policy]) -> list[Change]:
    """Which marks differ from the stored ones under these rules, by the lesson's pk."""
    found = []
    for lesson in lessons:
        if policies[lesson.pk] == policy_of(lesson):
            continue
        stored = dict(Attendance.objects.filter(lesson=lesson).values_list("user_id", "mark"))
        for row in reckoned(lesson, policies[lesson.pk]):
            before = stored.get(row.user_id, row.mark)
            if row.mark and before and row.mark != before:
                found.append(Change(lesson, row.user_id, row.nickname, before, row.mark))
    return found


def with_rules(
    lesson: Lesson,
    *,
    school: Rules | None = None,
    course: Rules | None = None,
    own: Rules | None = None,
) -> Policy:
    """The rules of a lesson with those of the school, its course or its own as given."""
    standing: Rules = (lesson.course.rules if lesson.course else None) or {}
    layers: tuple[Rules, ...] = (
        {name: getattr(lesson.enterprise, name) for name in NAMES},
        school or {},
        standing if course is None else course,
        (lesson.rules or {}) if own is None else own,
    )
    values = {name: value for layer in layers for name, value in layer.items() if name in NAMES}
    return Policy(**values, poll_s=policy_of(lesson).poll_s)


@transaction.atomic
def set_lesson_rules(*, lesson: Lesson, rules: Rules, reason: str, by: User | None) -> int:
    """Give a lesson rules of its own (none: those of its course or school); returns how many marks changed.

    ValidationError where the register is closed.
    """
    rows = Lesson.objects.select_for_update(of=("self",)).select_related("enterprise", "teacher", "course")
    stored = rows.get(pk=lesson.pk)
    if stored.register_closed_at:
        raise ValidationError(_("This register is closed. Reopen it first; that makes a new revision."))
    before, policy = stored.rules, with_rules(stored, own=rules)
    count = len(changed([stored], {stored.pk: policy})) if stored.status != Status.WILL else 0
    stored.rules = dict(rules) or None
    stored.save(update_fields=["rules"])
    _follow(stored, policy)
    record(
        "attendance.rules",
        stored,
        by=by,
        before={"rules": before},
        after={"rules": stored.rules, "marks": count},
        reason=reason,
    )
    return count


@transaction.atomic
def set_course_rules(*, course: Course, rules: Rules, back: bool, reason: str, by: User | None) -> int:
    """Give a course rules of its own; `back` also reckons its open registers of lately anew."""
    stored = Course.objects.select_for_update().get(pk=course.pk)
    before, stored.rules = stored.rules, dict(rules) or None
    stored.save(update_fields=["rules"])
    lessons = open_lessons(stored.enterprise_id, course=stored)
    count = _apply({one: with_rules(one, course=rules) for one in lessons}) if back else 0
    record(
        "attendance.rules",
        stored,
        by=by,
        before={"rules": before},
        after={"rules": stored.rules, "marks": count},
        reason=reason,
    )
    return count


@transaction.atomic
def follow_school(*, school: Enterprise, by: User | None) -> int:
    """Reckon the school's open registers of lately by its rules of now; returns how many marks changed."""
    count = _apply({one: with_rules(one) for one in open_lessons(school.pk)})
    record("attendance.rules", school, by=by, after={"marks": count})
    return count


def _apply(policies: Mapping[Lesson, Policy]) -> int:
    count = len(changed(policies, {lesson.pk: policy for lesson, policy in policies.items()}))
    hold(policies)
    for lesson, policy in policies.items():
        _follow(lesson, policy)
    return count


def _follow(lesson: Lesson, policy: Policy) -> None:
    """A lesson whose rules are frozen gets these; each that was held is reckoned anew."""
    if lesson.policy is not None:
        lesson.policy = asdict(policy)
        Lesson.objects.filter(pk=lesson.pk).update(policy=lesson.policy)
    if lesson.status != Status.WILL:
        recompute(lesson)


def _preview(school: Enterprise, values: Mapping[str, Any]) -> list[str]:
    lessons = list(open_lessons(school.pk))
    return [str(one) for one in changed(lessons, {one.pk: with_rules(one, school=values) for one in lessons})]


keeps_marks(_preview, follow_school)
