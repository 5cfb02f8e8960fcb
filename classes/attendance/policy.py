"""Attendance policy of a lesson: its own rules, then its course's, then its school's; frozen at its end."""

from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from typing import Any

from django.conf import settings

from classes.attendance.calculation.types import AttendancePolicy
from classes.models import Lesson

#: The rules of a school; a course or a lesson may override each of them.
RULE_NAMES = ("late_after_s", "early_leave_s", "present_share", "leave_minutes")


def get_policy(lesson: Lesson) -> AttendancePolicy:
    """Return the frozen policy, or the current one while none is frozen."""
    # Policies frozen before weighing had versions are of version 1.
    return AttendancePolicy(**{"version": 1, **lesson.policy}) if lesson.policy else current_policy(lesson)


def current_policy(lesson: Lesson, changed: Mapping[str, Any] | None = None) -> AttendancePolicy:
    """Return the policy in force: lesson, then course, then school; `changed` replaces the lesson's rules."""
    own = lesson.rules if changed is None else changed
    return AttendancePolicy(
        **{
            name: value
            for name, value in {**inherited_rules(lesson), **(own or {})}.items()
            if name in RULE_NAMES
        },
        # A sweep runs the due polls, so polls are never closer together than two sweeps.
        poll_s=max(1, ceil(max(settings.LIVE_POLL_S, settings.SWEEP_EVERY_S))),
    )


def inherited_rules(lesson: Lesson) -> dict[str, int]:
    """Return the rules of the course and school of a lesson."""
    school, course = lesson.enterprise, lesson.course
    return {name: getattr(school, name) for name in RULE_NAMES} | ((course.rules if course else None) or {})


def freeze_policy(lesson: Lesson) -> None:
    """Freeze the current policy once, so that a later change affects no old mark."""
    if lesson.policy is None:
        lesson.policy = asdict(current_policy(lesson))
        Lesson.objects.filter(pk=lesson.pk, policy__isnull=True).update(policy=lesson.policy)
