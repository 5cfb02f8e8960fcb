"""Calling who is missing: the number for those who may have it, and what came of the call."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.models import User
from classes.models import Call, Lesson
from classes.room.forms import CallForm
from classes.room.phone import phone_url
from classes.views.lesson import find_lesson
from console.audit.personal import scrubber
from console.audit.trail import record
from console.policy import may, refusal, shown
from console.policy.pages import SchoolPage

NEWEST = 50


@transaction.atomic
def note_call(*, lesson: Lesson, person: User, outcome: str, by: User, note: str = "") -> Call:
    """Keep what came of a call; on record without the note, which may say things of the person."""
    call = Call.objects.create(lesson=lesson, person=person, outcome=outcome, note=note, by=by)
    record("lesson.call", lesson, by=by, after={"person": person.pk, "outcome": outcome})
    return call


@scrubber("calls")
def _notes(person: User) -> int:
    """What was noted of calls to a person who is erased."""
    return Call.objects.filter(person=person).exclude(note="").update(note="")


class CallPage(SchoolPage, FormView):
    """`?who=` is the user id of the person."""

    resource, action = "call", "add"
    form_class = CallForm
    template_name = "classes/room/call.html"

    @cached_property
    def lesson(self) -> Lesson:
        lesson = find_lesson(self.request.user, self.kwargs["pk"])
        if not may(self.request.user, "list", "member"):
            raise PermissionDenied(refusal("list", "member"))
        return lesson

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lesson": self.lesson}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("who", "")}

    def form_valid(self, form: CallForm) -> HttpResponse:
        note_call(lesson=self.lesson, by=self.request.user, **form.cleaned_data)
        self.say(_("The call is noted."))
        return redirect("classes:lesson", self.lesson.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        context = super().get_context_data(**more)
        who = context["form"]["person"].value()
        person = context["form"].fields["person"].queryset.filter(user_id=who).first() if who else None
        phone = shown(reader, "view", "person", "phone_no", person.phone_no) if person else ""
        return context | {
            "title": _("Call somebody who is missing"),
            "lesson": self.lesson,
            "person": person,
            "phone": phone if may(reader, "list", "person") else "",
            "phone_url": phone_url(reader, self.lesson, person) if person else "",
            "may_reveal": person is not None and may(reader, "reveal", "person", person),
            "calls": self.lesson.calls.select_related("person", "by")[:NEWEST],
            "submit_label": _("Note the call"),
            "cancel_url": reverse("classes:lesson", args=[self.lesson.pk]),
        }
