"""Phone number of a member of a lesson: of a person missing while it runs, or, if a switch of the school says
so, of the teacher's students at any time. Shown once and recorded."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import User
from accounts.people.forms.person import AuditReasonForm
from accounts.people.services import record_reveal
from classes.models import Lesson, Member
from console.policy import may
from console.policy.masking import mask
from console.policy.reveal_views import InPlaceReveal


def phone_url(reader: Any, lesson: Lesson, person: User) -> str:
    """Return the page that shows the phone of a member to the reader, or an empty string."""
    member = Member.objects.select_related("lesson").filter(lesson=lesson, user=person).first()
    if member is None or not _can_be_called(member) or not may(reader, "reveal", "member", member):
        return ""
    return reverse("classes:member_phone", args=[member.pk])


def _can_be_called(member: Member) -> bool:
    return member.lesson.is_live and bool(member.user.phone_no)


def student_phones(reader: Any, members: Iterable[Member]) -> dict[int, str]:
    """Return the masked phones that the reader may show at any time, by the key of the member."""
    if not may(reader, "phone", "member"):
        return {}
    return {
        one.pk: mask(one.user.phone_no)
        for one in members
        if one.user.phone_no and may(reader, "phone", "member", one)
    }


@method_decorator(never_cache, name="dispatch")
class MemberPhone(InPlaceReveal, FormView):
    """Show the phone for a reason, because each view is recorded with its lesson; with the right `reveal`
    only while the lesson runs."""

    resource, action = "member", "reveal"
    form_class = AuditReasonForm
    template_name = "generic/confirm.html"

    @cached_property
    def member(self) -> Member:
        return self.get_row(Member.objects.select_related("user", "lesson__enterprise"), pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return self.member.lesson.get_absolute_url()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self._is_shown() else self._back()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self._is_shown() else self._back()

    def _is_shown(self) -> bool:
        member = self.member
        always = bool(member.user.phone_no) and may(self.request.user, "phone", "member", member)
        return always or _can_be_called(member)

    def _back(self) -> HttpResponse:
        self.warning(_("Phone numbers are shown only while the lesson is running, and only if one is known."))
        return HttpResponseClientRefresh() if self.request.htmx else redirect(self.member.lesson)

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self._occasion()}

    def _occasion(self) -> str:
        lesson = self.member.lesson
        occasion = _("Missing from “%(lesson)s”") if lesson.is_live else _("Student of “%(lesson)s”")
        return occasion % {"lesson": lesson.topic}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the phone number of %(name)s?") % {"name": self.member.user},
            detail=_("It is shown only once. Your name, the time and this lesson are recorded."),
            submit_label=_("Show phone number"),
            tone="primary",
            cancel_url=self.back_url(),
            **more,
        )

    def form_valid(self, form: AuditReasonForm) -> HttpResponse:
        by: Any = self.request.user
        person, names, occasion = self.member.user, ["phone_no"], self._occasion()
        reason: str = form.cleaned_data["reason"]
        reason = reason if occasion in reason else f"{occasion}: {reason}"
        record_reveal(person=person, by=by, names=names, reason=reason)
        return self.render_contacts(person, names, _("Back to the lesson"))
