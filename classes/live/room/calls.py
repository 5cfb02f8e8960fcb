"""Calls to missing people: the phone number, for readers who may see it, and the outcome of the call."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.models import User
from classes.lessons.lookup import find_lesson
from classes.live.room.forms import CallForm
from classes.live.room.phone import phone_url
from classes.models import AbsenceCall, Lesson
from console.audit.trail import record
from console.concurrency import service
from console.policy import may, refusal_message, visible_value
from console.policy.views import SchoolView, paginate_by_key


@service
def record_call(*, lesson: Lesson, person: User, outcome: str, by: User, note: str = "") -> AbsenceCall:
    """Store the outcome of a call. The audit entry omits the note, which may hold personal data."""
    call = AbsenceCall.objects.create(lesson=lesson, person=person, outcome=outcome, note=note, by=by)
    record("lesson.call", lesson, by=by, after={"person": person.pk, "outcome": outcome})
    return call


class CallPage(SchoolView, FormView):
    """Record a call; `?who=` is the user id of the person."""

    resource, action = "call", "add"
    form_class = CallForm
    template_name = "classes/live/room/call.html"

    @cached_property
    def lesson(self) -> Lesson:
        lesson = find_lesson(self.request.user, self.kwargs["pk"])
        if not may(self.request.user, "list", "member"):
            raise PermissionDenied(refusal_message(self.request.user, "list", "member"))
        return lesson

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lesson": self.lesson}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("who", "")}

    def form_valid(self, form: CallForm) -> HttpResponse:
        record_call(lesson=self.lesson, by=self.request.user, **form.cleaned_data)
        self.success(_("The call has been saved."))
        return redirect("classes:lesson", self.lesson.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader = self.request.user
        context = super().get_context_data(**more)
        who = context["form"]["person"].value()
        person = context["form"].fields["person"].queryset.filter(user_id=who).first() if who else None
        phone = visible_value(reader, "view", "person", "phone_no", person.phone_no) if person else ""
        return context | {
            "title": _("Call someone who is missing"),
            "lesson": self.lesson,
            "person": person,
            "phone": phone if may(reader, "list", "person") else "",
            "phone_url": phone_url(reader, self.lesson, person) if person else "",
            "may_reveal": person is not None and may(reader, "reveal", "person", person),
            "keyset": paginate_by_key(self.lesson.calls.select_related("person", "by"), self.request),
            "submit_label": _("Save call"),
            "cancel_url": reverse("classes:lesson", args=[self.lesson.pk]),
        }
