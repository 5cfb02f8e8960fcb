"""The phone of somebody who should be in a lesson that runs, and is not: shown once, on record."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.models import User
from accounts.services import note_reveal
from classes.models import Lesson, Member
from console.policy import may
from console.policy.pages import SchoolPage


def phone_url(reader: Any, lesson: Lesson, person: User) -> str:
    """Where the reader may look up the phone of a member of this lesson; empty where that is nowhere."""
    member = Member.objects.select_related("lesson").filter(lesson=lesson, user=person).first()
    if member is None or not _can_be_called(member) or not may(reader, "reveal", "member", member):
        return ""
    return reverse("classes:member_phone", args=[member.pk])


def _can_be_called(member: Member) -> bool:
    return member.lesson.is_live and bool(member.user.phone_no)


@method_decorator(never_cache, name="dispatch")
class MemberPhone(SchoolPage, FormView):
    """Asks before, for each look is on record with its lesson; only while the lesson runs."""

    resource, action = "member", "reveal"
    form_class = Form
    template_name = "generic/confirm.html"

    @cached_property
    def member(self) -> Member:
        return self.find(Member.objects.select_related("user", "lesson__enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if _can_be_called(self.member) else self._back()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if _can_be_called(self.member) else self._back()

    def _back(self) -> HttpResponse:
        self.warn(_("A phone is shown here only while the lesson runs, and where one is known."))
        return redirect(self.member.lesson)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the phone of %(name)s?") % {"name": self.member.user},
            detail=_("It is shown once. Your name, the time and this lesson are put on record."),
            submit_label=_("Show the phone"),
            tone="primary",
            cancel_url=self.member.lesson.get_absolute_url(),
            **more,
        )

    def form_valid(self, form: Form) -> HttpResponse:
        by: Any = self.request.user
        lesson, person = self.member.lesson, self.member.user
        reason = _("Missing from “%(lesson)s”") % {"lesson": lesson.topic}
        note_reveal(person=person, by=by, names=["phone_no"], reason=reason)
        told = {"title": str(person), "person": person, "lesson": lesson}
        return render(self.request, "classes/room/phone.html", told)
