"""Room entries of a lesson: people added, removed or admitted from here. Each request is sent once."""

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

from classes.choices import ClassType
from classes.lessons import room_entries
from classes.lessons.entry_operations import DEVICE_STATES
from classes.lessons.lookup import find_lesson
from classes.live.room.forms import EnterForm, PersonForm, VisitorForm
from classes.models import Entry, Lesson
from console.policy import may
from console.policy.views import SchoolView, paginate_by_key
from console.ui.badges import sync_badge

DEVICE_LABELS = dict(
    zip(
        DEVICE_STATES,
        (_("camera"), _("microphone"), _("speaker"), _("silenced"), _("hand raised")),
        strict=True,
    )
)


class RoomEntryPage(SchoolView, TemplateView):
    """Room entries of a lesson, the newest first."""

    resource, action = "entry", "list"
    template_name = "classes/live/room/room_entry.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader, lesson = self.request.user, find_lesson(self.request.user, self.kwargs["pk"])
        open_ = not lesson.cancelled_at and lesson.status != "end"
        actions = {name: open_ and may(reader, name, "lesson", lesson) for name in ("enter_for", "take_out")}
        visitors = open_ and lesson.class_type == ClassType.PUBLIC
        keyset = paginate_by_key(lesson.entries.select_related("person"), self.request)
        return super().get_context_data(
            title=_("Room access"),
            lesson=lesson,
            entries=[_entry_row(entry, reader) for entry in keyset.rows],
            keyset=keyset,
            busy=any(sync_badge(entry.sync_state).tone == "busy" for entry in keyset.rows),
            visitor_pass=visitors and may(reader, "visitor_pass", "lesson", lesson),
            **actions,
            **more,
        )


def _entry_row(entry: Entry, reader: Any) -> dict[str, Any]:
    """Return an entry with the device states that iclass reported, and whether its pass can be shown."""
    states = [
        (DEVICE_LABELS[name], bool(entry.observed[name])) for name in DEVICE_STATES if name in entry.observed
    ]
    can_reveal = entry.act == Entry.Act.VISITOR and bool(entry.user_token) and not entry.shown_at
    return {
        "entry": entry,
        "states": states,
        "role": entry.observed.get("role", ""),
        "shows": can_reveal and may(reader, "reveal", "entry", entry),
    }


class RoomActionView(SchoolView, FormView):
    """A room action: its form explains the effect; submitting it sends the request once."""

    resource = "lesson"
    template_name = "classes/live/room/action.html"
    title: str | Promise
    detail: str | Promise
    label: str | Promise
    tone = "primary"

    @cached_property
    def lesson(self) -> Lesson:
        lessons = Lesson.objects.select_related("teacher", "enterprise")
        return self.get_row(lessons, pk=self.kwargs["pk"])

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
        self.success(_("In progress. The result appears within seconds."))
        return redirect("classes:room_access", self.lesson.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.title,
            detail=self.detail,
            submit_label=self.label,
            tone=self.tone,
            lesson=self.lesson,
            cancel_url=reverse("classes:room_access", args=[self.lesson.pk]),
            **more,
        )


class AddToRoom(RoomActionView):
    action = "enter_for"
    form_class = EnterForm
    title = _("Let someone into the room?")
    detail = _(
        "iclass is asked only once. If iclass does not answer, check whether the person is in the room."
    )
    label = _("Let into the room")

    def do(self, **data: Any) -> Entry:
        return room_entries.add_to_room(**data)


class RemoveFromRoom(RoomActionView):
    action = "take_out"
    form_class = PersonForm
    title = _("Remove someone from the room?")
    detail = _("The person leaves the room immediately and can come back later. The request is sent once.")
    label = _("Remove from the room")
    tone = "danger"

    def do(self, **data: Any) -> Entry:
        return room_entries.remove_from_room(**data)


class VisitorPassCreate(RoomActionView):
    action = "visitor_pass"
    form_class = VisitorForm
    title = _("Let a visitor into this lesson?")
    detail = _("iclass creates the visitor's account. The pass is shown once and is valid for 24 hours.")
    label = _("Create pass")

    def get_form_kwargs(self) -> dict[str, Any]:
        options = super().get_form_kwargs()
        del options["lesson"]
        return options

    def do(self, **data: Any) -> Entry:
        return room_entries.create_visitor_pass(**data)


@method_decorator(never_cache, name="dispatch")
class VisitorPassReveal(SchoolView, FormView):
    """Show a visitor's pass, once; the browser keeps no copy."""

    resource, action = "entry", "reveal"
    form_class = forms.Form
    template_name = "generic/confirm.html"

    @cached_property
    def entry(self) -> Entry:
        return self.get_row(Entry.objects.select_related("lesson"), pk=self.kwargs["pk"])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            visitor_pass = room_entries.reveal_visitor_pass(entry=self.entry, by=self.request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.form_invalid(form)
        context = {
            "title": _("The visitor's pass"),
            "lesson": self.entry.lesson,
            "entry": self.entry,
            **visitor_pass,
        }
        return render(self.request, "classes/live/room/visitor_pass.html", context)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the visitor's pass?"),
            detail=_("It is shown only once. Have a safe place ready to keep it."),
            submit_label=_("Show now"),
            tone="primary",
            cancel_url=reverse("classes:room_access", args=[self.entry.lesson_id]),
            **more,
        )
