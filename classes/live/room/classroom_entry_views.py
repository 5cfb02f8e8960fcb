"""Views that open a classroom in the reader's own name, or show the reader's own entry token."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from classes.live.room.classroom_entry import (
    ENTERED,
    REVEALED,
    ClassroomEntry,
    classroom_entry,
    no_entry_reason,
    signed_in_url,
    use_own_token,
)
from classes.models import Lesson
from console.policy import may
from console.policy.views import SchoolView


@method_decorator(never_cache, name="dispatch")
class OwnTokenView(SchoolView, FormView):
    """Base of both views. GET asks for confirmation; POST uses the token, on record, and is not cached."""

    resource, action = "lesson", "enter_room"
    form_class = Form
    template_name = "generic/confirm.html"
    audit_action: str

    @cached_property
    def lesson(self) -> Lesson:
        return self.get_row(Lesson.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def form_valid(self, form: Form) -> HttpResponse:
        entry = classroom_entry(self.lesson, self.request.user)
        if entry is None:
            messages.error(self.request, no_entry_reason(self.lesson))
            return redirect(self.lesson)
        if self.audit_action == ENTERED and not entry.direct:
            return self.show(entry)
        try:
            token = use_own_token(lesson=self.lesson, by=self.request.user, action=self.audit_action)
        except ValidationError as error:
            return self.show(entry, missing=" ".join(error.messages))
        return self.open(entry, token)

    def open(self, entry: ClassroomEntry, token: str) -> HttpResponse:
        raise NotImplementedError

    def show(self, entry: ClassroomEntry, **more: Any) -> HttpResponse:
        """Show the link with what the reader needs to enter by it."""
        reader = self.request.user
        context = {"lesson": self.lesson, "entry": entry, "person": reader, **more}
        context["may_renew"] = bool(reader.remote_id) and may(reader, "new_token", "person", reader)
        return render(self.request, "classes/live/room/own_token.html", context | {"title": _("Enter")})

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            detail=_("Your name, the time and this lesson are recorded."),
            tone="primary",
            cancel_url=self.lesson.get_absolute_url(),
            **more,
        )


class EnterClassroom(OwnTokenView):
    """Redirect to the classroom as the reader."""

    audit_action = ENTERED

    def open(self, entry: ClassroomEntry, token: str) -> HttpResponse:
        # Not an HttpResponseRedirect, whose repr has the address and with it the token.
        target = signed_in_url(entry, self.request.user.user_id, token)
        return HttpResponse(status=303, headers={"Location": target, "Referrer-Policy": "no-referrer"})

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("Enter the classroom of “%(topic)s”?") % {"topic": self.lesson.topic}
        return super().get_context_data(title=title, submit_label=_("Enter"), **more)


class OwnToken(OwnTokenView):
    """Show the reader's entry token, for a classroom that does not take it from the console."""

    audit_action = REVEALED

    def open(self, entry: ClassroomEntry, token: str) -> HttpResponse:
        return self.show(entry, token=token)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show your entry token?"), submit_label=_("Copy my token"), **more
        )
