"""The one primary action on the page of a lesson, by role and stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.permissions import may_change_register
from classes.models import Lesson
from console.outbox.states import SyncState
from console.policy import may

#: Readiness checks that are mended in the settings of the school.
SCHOOL_CHECKS = ("key", "recording")


@dataclass(frozen=True)
class PrimaryAction:
    """`name` says which of the page's buttons it is; "enter" has a form of its own and no `url`.

    `posts` says that `url` takes a POST; otherwise it is a page. `why` is the problem that it solves.
    """

    name: str
    label: str | Promise = ""
    icon: str = ""
    url: str = ""
    posts: bool = False
    why: str | Promise = ""


def primary_action(lesson: Lesson, reader: Any, context: Mapping[str, Any]) -> PrimaryAction | None:
    """Return the action, from the context of the page (classes.pages.lesson); None where there is none."""
    if context["phase"].stage == "over":
        return _register_action(lesson, reader, context["attendance_url"])
    if context["phase"].stage == "before" and context["make_up"].made_up_by:
        url = reverse("classes:lesson", args=[context["make_up"].made_up_by.pk])
        return PrimaryAction("made_up", _("Open the make-up lesson"), "calendar-repeat", url)
    if context["phase"].stage == "cancelled" and context["make_up"].makes_up_for:
        url = reverse("classes:lesson", args=[context["make_up"].makes_up_for.pk])
        return PrimaryAction("first", _("Open the first lesson"), "arrow-back-up", url)
    if context["phase"].stage == "cancelled" and context["may_make_up"]:
        url = reverse("classes:lesson_make_up", args=[lesson.pk])
        return PrimaryAction("make_up", _("Make it up"), "calendar-repeat", url)
    if context["may_edit"] and may(reader, "plan", "lesson"):
        return _preparation(lesson, context)
    if context["entry"]:
        return PrimaryAction("enter")
    return _own_preparation(lesson, context) if context["may_edit"] else None


def _preparation(lesson: Lesson, context: Mapping[str, Any]) -> PrimaryAction:
    """Return what solves the problem of a lesson that has not begun; without a problem, its form."""
    if solution := _sync_solution(lesson, context) or _late_solution(lesson, context):
        return solution
    readiness = context.get("readiness")
    for one in readiness.open_checks if readiness else ():
        if one.tone == "bad" and one.name in SCHOOL_CHECKS:
            return _school_settings(one.words)
    return _edit(lesson)


def _own_preparation(lesson: Lesson, context: Mapping[str, Any]) -> PrimaryAction:
    """Return the same for the teacher of a lesson, who may not mend what is between school and service."""
    return _late_solution(lesson, context) or _edit(lesson)


def _late_solution(lesson: Lesson, context: Mapping[str, Any]) -> PrimaryAction | None:
    """Return what a lesson needs that should have begun or been held."""
    acts, phase = context["acts"], context["phase"]
    if phase.name == "not_held":
        url = reverse("classes:lesson_move", args=[lesson.pk])
        return PrimaryAction("move", _("Reschedule"), "arrows-move", url)
    if phase.name == "overdue" and "start" in acts:
        url = reverse("classes:lesson_start", args=[lesson.pk])
        return PrimaryAction("start", acts["start"].label, acts["start"].icon, url, posts=True)
    return None


def _edit(lesson: Lesson) -> PrimaryAction:
    return PrimaryAction("edit", _("Edit"), "pencil", reverse("classes:lesson_edit", args=[lesson.pk]))


def _sync_solution(lesson: Lesson, context: Mapping[str, Any]) -> PrimaryAction | None:
    """Return what mends the state at the service; None also where the form does, as after a refusal."""
    acts = context["acts"]
    if lesson.sync_state == SyncState.GONE and "push" in acts:
        url = reverse("classes:lesson_push", args=[lesson.pk])
        return PrimaryAction("push", acts["push"].label, acts["push"].icon, url, posts=True)
    if lesson.sync_state == SyncState.HELD:
        return _school_settings()
    if lesson.sync_state == SyncState.NEEDS_YOU:
        return PrimaryAction("sent", _("Sent to iclass"), "cloud-upload", reverse("outbox:operations"))
    if lesson.sync_state == SyncState.CHANGED_OUTSIDE:
        return PrimaryAction("differences", _("Differences"), "arrows-diff", reverse("mirror:differences"))
    return None


def _school_settings(why: str | Promise = "") -> PrimaryAction:
    url = reverse("accounts:school")
    return PrimaryAction("school", _("Open school settings"), "settings", url, why=why)


def _register_action(lesson: Lesson, reader: Any, url: str) -> PrimaryAction | None:
    if not url:
        return None
    if lesson.final_at and not lesson.register_closed_at and may_change_register(reader, "close", lesson):
        return PrimaryAction("attendance", _("Close register"), "lock", url)
    own = not may_change_register(reader, "close", lesson) and reader.role == "student"
    return PrimaryAction("attendance", _("Your attendance") if own else _("Open register"), "list-check", url)
