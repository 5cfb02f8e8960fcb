"""The door of a lesson: who was put in, taken out or let in from here, and doing so. Each is sent once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from classes import services
from classes.entries import STATES
from classes.kinds import ClassType
from classes.models import Entry, Lesson
from classes.room.forms import EnterForm, PersonForm, VisitorForm
from classes.views.lesson import find_lesson
from console.badges import sync_badge
from console.policy import may
from console.policy.pages import SchoolPage

NEWEST = 50
SWITCHES = dict(
    zip(STATES, (_("camera"), _("microphone"), _("speaker"), _("silenced"), _("hand up")), strict=True)
)


class DoorPage(SchoolPage, TemplateView):
    """What was done at the door of a lesson, the newest first."""

    resource, action = "entry", "list"
    template_name = "classes/room/door.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, lesson = self.request.user, find_lesson(self.request.user, self.kwargs["pk"])
        open_ = not lesson.cancelled_at and lesson.status != "end"
        acts = {name: open_ and may(reader, name, "lesson", lesson) for name in ("enter_for", "take_out")}
        visitors = open_ and lesson.class_type == ClassType.PUBLIC
        entries = _entries(lesson)
        return super().get_context_data(
            title=_("At the door"),
            lesson=lesson,
            entries=[_line(entry, reader) for entry in entries],
            busy=any(sync_badge(entry.sync_state).tone == "busy" for entry in entries),
            visitor_pass=visitors and may(reader, "visitor_pass", "lesson", lesson),
            **acts,
            **more,
        )


def _entries(lesson: Lesson) -> list[Entry]:
    return list(lesson.entries.select_related("person")[:NEWEST])


def _line(entry: Entry, reader: Any) -> dict[str, Any]:
    """An entry with the states that iclass told, in words, and whether its pass can be shown still."""
    told = [(SWITCHES[name], bool(entry.observed[name])) for name in STATES if name in entry.observed]
    waits = entry.act == Entry.Act.VISITOR and bool(entry.user_token) and not entry.shown_at
    return {
        "entry": entry,
        "states": told,
        "role": entry.observed.get("role", ""),
        "shows": waits and may(reader, "reveal", "entry", entry),
    }


class DoorAct(SchoolPage, FormView):
    """One act at the door: its form says what will happen, and sending it does it, once."""

    resource = "lesson"
    template_name = "classes/room/act.html"
    title: str | Promise
    detail: str | Promise
    label: str | Promise
    tone = "primary"

    @cached_property
    def lesson(self) -> Lesson:
        lessons = Lesson.objects.select_related("teacher", "enterprise")
        return self.find(lessons, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lesson": self.lesson}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("who", "")}

    def do(self, **data: Any) -> Entry:
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.do(lesson=self.lesson, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        self.say(_("It is on its way to iclass. What came of it appears here within seconds."))
        return redirect("classes:door", self.lesson.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title,
            detail=self.detail,
            submit_label=self.label,
            tone=self.tone,
            lesson=self.lesson,
            cancel_url=reverse("classes:door", args=[self.lesson.pk]),
            **more,
        )


class EnterFor(DoorAct):
    action = "enter_for"
    form_class = EnterForm
    title = _("Put somebody into the room?")
    detail = _("iclass is asked once to let the person in; if its answer is lost, somebody has to look.")
    label = _("Put into the room")

    def do(self, **data: Any) -> Entry:
        return services.enter_for(**data)


class TakeOut(DoorAct):
    action = "take_out"
    form_class = PersonForm
    title = _("Take somebody out of the room?")
    detail = _("The person leaves the room at once and may come in again. iclass is asked once.")
    label = _("Take out of the room")
    tone = "danger"

    def do(self, **data: Any) -> Entry:
        return services.take_out(**data)


class VisitorPass(DoorAct):
    action = "visitor_pass"
    form_class = VisitorForm
    title = _("Let a visitor into this lesson?")
    detail = _("iclass makes the visitor up. The pass is shown once, and its signature is good for 24 hours.")
    label = _("Ask for the pass")

    def get_form_kwargs(self) -> dict[str, Any]:
        known = super().get_form_kwargs()
        del known["lesson"]
        return known

    def do(self, **data: Any) -> Entry:
        return services.visitor_pass(**data)


@method_decorator(never_cache, name="dispatch")
class ShowPass(SchoolPage, FormView):
    """Shows a visitor's pass, once; the browser keeps no copy."""

    resource, action = "entry", "reveal"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def entry(self) -> Entry:
        return self.find(Entry.objects.select_related("lesson"), pk=self.kwargs["pk"])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            told = services.show_pass(entry=self.entry, by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        context = {"title": _("The visitor's pass"), "lesson": self.entry.lesson, "entry": self.entry, **told}
        return render(self.request, "classes/room/pass.html", context)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the visitor's pass?"),
            detail=_("It is shown once. Have something ready to keep it in."),
            submit_label=_("Show it"),
            tone="primary",
            cancel_url=reverse("classes:door", args=[self.entry.lesson_id]),
            **more,
        )
