"""One lesson."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from classes.acts import acts_for
from classes.compare import at_the_service
from classes.courseware.attaching import decks_of
from classes.kinds import Status
from classes.links import Links
from classes.live import room_of
from classes.models import Lesson
from classes.panel import kept_lines, told_lines
from classes.phases import phase_of
from classes.queries import operations_about, roll
from classes.readiness.points import readiness_of
from classes.recordings.states import states_of
from classes.room.password import password_facts
from console.outbox.states import SyncState
from console.policy import in_school, may
from console.policy.pages import SchoolPage

#: States that pass by themselves, within seconds as a rule.
BUSY = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING)


class LessonPage(SchoolPage, DetailView):
    """Everything about one lesson that its reader may see."""

    resource = "lesson"
    queryset = Lesson.objects.select_related("teacher", "enterprise")
    template_name = "classes/lesson.html"
    context_object_name = "lesson"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        lesson, reader = self.object, self.request.user
        context = lesson_context(lesson, reader) | {"recording": states_of([lesson])[lesson.pk]}
        context |= password_facts(lesson, reader)
        if may(reader, "list", "document"):
            context |= {"decks": decks_of(lesson), "may_attach": may(reader, "attach", "lesson", lesson)}
        if may(reader, "list", "operation"):
            context |= service_panel(lesson) | {"operations": operations_about(lesson)}
        return super().get_context_data(title=lesson.topic, **context, **more)


def lesson_context(lesson: Lesson, reader: Any) -> dict[str, Any]:
    """What the page and its live panel show of a lesson that the reader may see."""
    phase, may_change = phase_of(lesson), may(reader, "change", "lesson", lesson)
    locked = phase.name in ("running", "over", "cancelled")
    context: dict[str, Any] = {
        "phase": phase,
        "acts": acts_for(reader, lesson),
        "links": Links.of(lesson, reader),
        "may_edit": may_change and not locked,
        "may_add": may(reader, "add", "lesson"),
        "locked_for": phase.name if may_change and locked else "",
        "person_link": "" if may(reader, "list", "person") else "no",
        "sees_people": may(reader, "list", "member"),
        "may_call": may(reader, "add", "call") and may(reader, "view", "lesson", lesson),
        "sees_door": may(reader, "list", "entry") and not lesson.cancelled_at and lesson.status != Status.END,
        "attendance_url": "",
        "busy": lesson.sync_state in BUSY,
        "asked_at": lesson.looked_at or lesson.observed_at,
    }
    if lesson.status != Status.WILL and may(reader, "list", "attendance"):
        context["attendance_url"] = reverse("classes:attendance", args=[lesson.pk])
    if context["sees_people"]:
        members = roll(lesson)
        context |= {"roll": members, "room": room_of(lesson, reader, members)}
        context["readiness"] = readiness_of(lesson.enterprise, [lesson]).get(lesson.pk)
    return context


def service_panel(lesson: Lesson) -> dict[str, Any]:
    """What the panel "At the service" shows."""
    members = lesson.members.count() + 1
    return {
        "at_service": True,
        "compared": at_the_service(lesson),
        "told": told_lines(lesson, members),
        "kept": kept_lines(lesson),
    }


def find_lesson(reader: Any, pk: int) -> Lesson:
    """The lesson, for pages about what belongs to it. 404 beyond the school, 403 where not the reader's."""
    lessons = Lesson.objects.select_related("teacher", "enterprise")
    lesson = in_school(lessons, reader, "lesson").filter(pk=pk).first()
    if lesson is None:
        raise Http404(_("There is no such lesson in your school."))
    if not may(reader, "view", "lesson", lesson):
        raise PermissionDenied(_("This lesson is not one of yours. Ask an administrator of your school."))
    return lesson
