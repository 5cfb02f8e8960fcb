"""Page of one lesson, laid out by its stage: before, running, over or cancelled."""

from typing import Any

from django.urls import reverse
from django.views.generic import DetailView

from classes.attendance.leave_queries import on_leave_badges
from classes.choices import Status
from classes.courseware.attachments import list_attached_documents
from classes.lessons.actions import available_actions
from classes.lessons.comparison import compare_with_remote
from classes.lessons.links import ClassroomLinks
from classes.lessons.queries import canceller_of, expected_members, list_operations
from classes.lessons.remote_panel import extended_field_rows, remote_field_rows
from classes.lessons.selectable import may_edit_members
from classes.lessons.status import phase_of
from classes.lessons.views.password import password_context
from classes.live.room.classroom_entry import classroom_entry
from classes.live.room.phone import student_phones
from classes.live.room.presence import build_room
from classes.models import Lesson
from classes.pages.lesson_primary import primary_action
from classes.pages.lesson_refresh import checked_at, page_version, refresh_interval
from classes.pages.lesson_result import lesson_result
from classes.readiness.checks import compute_readiness
from classes.recordings.states import recording_states
from classes.timetable.cover.queries import current_covers
from classes.timetable.make_up.occasions import make_up_links, may_make_up
from console.policy import may
from console.policy.views import SchoolView


class LessonPage(SchoolView, DetailView):
    """Everything about one lesson that its reader may see."""

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    template_name = "classes/pages/lesson.html"
    context_object_name = "lesson"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = lesson_context(self.object, self.request.user)
        return super().get_context_data(title=self.object.topic, **context, **more)


def lesson_context(lesson: Lesson, reader: Any) -> dict[str, Any]:
    """Return the template context of the page, which its refresh shares."""
    context = live_context(lesson, reader) | password_context(lesson, reader)
    phase, recording = context["phase"], recording_states([lesson])[lesson.pk]
    may_change = may(reader, "change", "lesson", lesson)
    locked = phase.stage != "before" or lesson.locked
    context |= {
        "cover": current_covers([lesson]).get(lesson.pk),
        "acts": available_actions(reader, lesson),
        "entry": classroom_entry(lesson, reader),
        "links": ClassroomLinks.for_reader(lesson, reader),
        "may_edit": may_change and not locked,
        "may_edit_members": not locked and may_edit_members(reader, lesson),
        "sees_recording": may(reader, "view", "recording"),
        "may_add": may(reader, "add", "lesson"),
        "may_make_up": may_make_up(reader, lesson),
        "make_up": make_up_links(reader, lesson),
        "course": lesson.course if may(reader, "view", "course", lesson.course) else None,
        "locked_for": (phase.stage if phase.stage != "before" else "made_up")
        if may_change and locked
        else "",
        "cancelled_by": canceller_of(lesson) if may_change and phase.stage == "cancelled" else None,
        "attendance_url": "",
        "recording": recording,
        "result": lesson_result(lesson, reader) if phase.stage == "over" else None,
        "version": page_version(lesson, reader),
        "every": refresh_interval(lesson, reader),
    }
    if lesson.status != Status.WILL and may(reader, "list", "attendance"):
        context["attendance_url"] = reverse("classes:attendance", args=[lesson.pk])
    if context["sees_people"]:
        context["phones"] = student_phones(reader, context["roll"])
        context["readiness"] = compute_readiness(lesson.enterprise, [lesson]).get(lesson.pk)
    if may(reader, "list", "document"):
        context["decks"] = list_attached_documents(lesson)
        context["may_attach"] = may(reader, "attach", "lesson", lesson)
    if may(reader, "list", "operation"):
        context |= remote_panel_context(lesson) | {"operations": list_operations(lesson)}
    return context | {"primary": primary_action(lesson, reader, context)}


def live_context(lesson: Lesson, reader: Any) -> dict[str, Any]:
    """Return the template context of the live panel alone."""
    phase = phase_of(lesson)
    context: dict[str, Any] = {
        "phase": phase,
        "asked_at": lesson.looked_at or lesson.observed_at,
        "checked": checked_at(lesson),
        "sees_room_entries": may(reader, "list", "entry") and phase.stage in ("before", "running"),
        "person_link": "" if may(reader, "list", "person") else "no",
        "sees_people": may(reader, "list", "member"),
        "may_call": may(reader, "add", "call") and may(reader, "view", "lesson", lesson),
    }
    if context["sees_people"]:
        members = expected_members(lesson)
        sees_leave = phase.stage in ("before", "running") and may(reader, "list", "leave")
        on_leave = on_leave_badges(lesson) if sees_leave else {}
        context |= {
            "roll": members,
            "room": build_room(lesson, reader, members),
            "on_leave": on_leave,
        }
    return context


def remote_panel_context(lesson: Lesson) -> dict[str, Any]:
    """Return the template context of the comparison with the service."""
    members = lesson.members.count() + 1
    return {
        "at_service": True,
        "compared": compare_with_remote(lesson),
        "told": remote_field_rows(lesson, members),
        "kept": extended_field_rows(lesson),
    }
