"""Which rules a lesson's marks follow: its own, its course's, else its school's; frozen when it ends."""

from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from typing import Any

from django.conf import settings

from classes.attendance.shapes import Policy
from classes.models import Lesson

#: What a school decides; each of these may stand on a course or on one lesson too.
NAMES = ("late_after_s", "early_leave_s", "present_share")


def policy_of(lesson: Lesson) -> Policy:
    """The frozen rules; those in force now while the lesson has none of its own."""
    return Policy(**lesson.policy) if lesson.policy else rules_now(lesson)


def rules_now(lesson: Lesson, changed: Mapping[str, Any] | None = None) -> Policy:
    """The rules in force: lesson before course before school; `changed` stands for those of the lesson."""
    own = lesson.rules if changed is None else changed
    return Policy(
        **{name: value for name, value in {**inherited(lesson), **(own or {})}.items() if name in NAMES},
        # A sweep takes up the polls that are due, so none is nearer to the next than two sweeps are.
        poll_s=max(1, ceil(max(settings.LIVE_POLL_S, settings.SWEEP_EVERY_S))),
    )


def inherited(lesson: Lesson) -> dict[str, int]:
    """What holds for a lesson without rules of its own."""
    school, course = lesson.enterprise, lesson.course
    return {name: getattr(school, name) for name in NAMES} | ((course.rules if course else None) or {})


def freeze_policy(lesson: Lesson) -> None:
    """Keep the rules as they are now, once, so that a later change alters no old mark."""
    if lesson.policy is None:
        lesson.policy = asdict(rules_now(lesson))
        Lesson.objects.filter(pk=lesson.pk, policy__isnull=True).update(policy=lesson.policy)
