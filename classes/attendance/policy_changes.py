"""Changes of the attendance rules of a lesson, course or school, with a preview of changed marks.

A lesson that ended keeps its rules. Open registers follow new rules only on request, after a preview of the
marks that change. Closed registers never change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.school.attendance_policy_hooks import register_mark_hooks
from classes.attendance.calculation.types import AttendancePolicy
from classes.attendance.policy import RULE_NAMES, get_policy
from classes.attendance.register import lock_for_recompute, preview_marks, recompute_registers
from classes.choices import Status
from classes.locking import lock_lesson
from classes.models import Attendance, Course, Lesson, Mark
from console.audit.trail import record
from console.concurrency import changed_fields, lock_row, service, value_digest

Rules = Mapping[str, int]
#: How far back, and to how many lessons, a change of school or course rules applies; the forms say so.
LOOKBACK = timedelta(days=30)
MAX_LESSONS = 100


class MarkChange(NamedTuple):
    """A mark that new rules would change."""

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
    """Return the lessons whose marks new rules could change: held recently, with an open register."""
    held = Lesson.objects.filter(enterprise_id=school_id, register_closed_at=None, cancelled_at=None, **where)
    since = timezone.now() - LOOKBACK
    lately = held.filter(status__in=(Status.ING, Status.END), starts_at__gte=since)
    return lately.select_related("enterprise", "teacher", "course").order_by("-starts_at", "-id")[
        :MAX_LESSONS
    ]


def changed_marks(lessons: Iterable[Lesson], policies: Mapping[int, AttendancePolicy]) -> list[MarkChange]:
    """Return the marks that differ from the stored ones under these policies (by lesson pk)."""
    found = []
    for lesson in lessons:
        if policies[lesson.pk] == get_policy(lesson):
            continue
        stored = dict(Attendance.objects.filter(lesson=lesson).values_list("user_id", "mark"))
        for row in preview_marks(lesson, policies[lesson.pk]):
            before = stored.get(row.user_id, row.mark)
            if row.mark and before and row.mark != before:
                found.append(MarkChange(lesson, row.user_id, row.nickname, before, row.mark))
    return found


def policy_with_rules(
    lesson: Lesson,
    *,
    school: Rules | None = None,
    course: Rules | None = None,
    own: Rules | None = None,
) -> AttendancePolicy:
    """Return the policy of a lesson with the given rules of school, course or lesson."""
    course_rules: Rules = (lesson.course.rules if lesson.course else None) or {}
    layers: tuple[Rules, ...] = (
        {name: getattr(lesson.enterprise, name) for name in RULE_NAMES},
        school or {},
        course_rules if course is None else course,
        (lesson.rules or {}) if own is None else own,
    )
    values = {name: value for layer in layers for name, value in layer.items() if name in RULE_NAMES}
    return AttendancePolicy(**values, poll_s=get_policy(lesson).poll_s)


def rule_digests(rules: Rules | None) -> dict[str, str]:
    """Return the digest of each rule of a lesson or course, as shown to an editor."""
    own = rules or {}
    return {name: value_digest(own.get(name)) for name in RULE_NAMES}


def _merge_rules(stored: Rules | None, rules: Rules, seen: Mapping[str, str]) -> dict[str, int]:
    """Return the stored rules with those that the editor changed; EditConflict if both changed the same."""
    own = stored or {}
    # The rules of a school are columns of the same names.
    row = Enterprise(**{name: own.get(name) for name in RULE_NAMES})
    changed = changed_fields(row, {name: rules.get(name) for name in RULE_NAMES}, seen)
    return {name: value for name, value in {**own, **changed}.items() if value is not None}


@service
def set_lesson_rules(
    *, lesson: Lesson, rules: Rules, reason: str, by: User | None, seen: Mapping[str, str] | None = None
) -> int:
    """Set the rules of a lesson (empty: those of its course or school); return how many marks changed.

    `seen` holds the `rule_digests` that the editor saw, by default those of the lesson as it was read. Rules
    that the editor left as they were keep their stored value. Raise ValidationError if the register is
    closed, and EditConflict if somebody else changed the same rule.
    """
    stored = lock_lesson(lesson)
    if stored.register_closed_at:
        raise ValidationError(
            _("This register is closed. Reopen it first; closing it again creates a new revision.")
        )
    merged = _merge_rules(stored.rules, rules, rule_digests(lesson.rules) if seen is None else seen)
    before, policy = stored.rules, policy_with_rules(stored, own=merged)
    count = len(changed_marks([stored], {stored.pk: policy})) if stored.status != Status.WILL else 0
    stored.rules = merged or None
    stored.save(update_fields=["rules"])
    _replace_policies({stored: policy})
    record(
        "attendance.rules",
        stored,
        by=by,
        before={"rules": before},
        after={"rules": stored.rules, "marks": count},
        reason=reason,
    )
    return count


@service
def set_course_rules(
    *,
    course: Course,
    rules: Rules,
    back: bool,
    reason: str,
    by: User | None,
    seen: Mapping[str, str] | None = None,
) -> int:
    """Set the rules of a course and return how many marks changed.

    `back` also recalculates its recent open registers. `seen` is the same as in `set_lesson_rules`.
    """
    stored = lock_row(course)
    merged = _merge_rules(stored.rules, rules, rule_digests(course.rules) if seen is None else seen)
    before, stored.rules = stored.rules, merged or None
    stored.save(update_fields=["rules"])
    lessons = open_lessons(stored.enterprise_id, course=stored)
    count = _apply_policies(lessons, lambda one: policy_with_rules(one, course=merged)) if back else 0
    record(
        "attendance.rules",
        stored,
        by=by,
        before={"rules": before},
        after={"rules": stored.rules, "marks": count},
        reason=reason,
    )
    return count


@service
def apply_school_policy(*, school: Enterprise, by: User | None) -> int:
    """Recalculate the recent open registers by the current school rules; return how many marks changed."""
    count = _apply_policies(open_lessons(school.pk), policy_with_rules)
    record("attendance.rules", school, by=by, after={"marks": count})
    return count


def _apply_policies(lessons: Iterable[Lesson], rules: Callable[[Lesson], AttendancePolicy]) -> int:
    """Recalculate the open registers by these policies; return how many marks changed."""
    policies = {one: rules(one) for one in lock_for_recompute(lessons) if one.register_closed_at is None}
    count = len(changed_marks(policies, {lesson.pk: policy for lesson, policy in policies.items()}))
    _replace_policies(policies)
    return count


def _replace_policies(policies: Mapping[Lesson, AttendancePolicy]) -> None:
    """Replace frozen policies, and recalculate the lessons that were held.

    All at once: warnings are raised of what holds in the end, not of the steps in between.
    """
    for lesson, policy in policies.items():
        if lesson.policy is not None:
            lesson.policy = asdict(policy)
            Lesson.objects.filter(pk=lesson.pk).update(policy=lesson.policy)
    recompute_registers([lesson for lesson in policies if lesson.status != Status.WILL])


def _preview_changes(school: Enterprise, values: Mapping[str, Any]) -> list[str]:
    lessons = list(open_lessons(school.pk))
    return [
        str(one)
        for one in changed_marks(lessons, {one.pk: policy_with_rules(one, school=values) for one in lessons})
    ]


register_mark_hooks(_preview_changes, apply_school_policy)
