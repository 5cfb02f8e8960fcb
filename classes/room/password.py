"""The password of a lesson: whether it has one, and which, for those who let people in, on record."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from classes.models import Lesson
from classes.passwords import has_password, show_password
from console.policy import may
from console.policy.pages import SchoolPage


def password_facts(lesson: Lesson, reader: Any) -> dict[str, Any]:
    """Whether the lesson has a password, and where this reader may have it shown; empty where nowhere."""
    shows = may(reader, "reveal_password", "lesson", lesson)
    return {
        "has_password": has_password(lesson),
        "password_url": reverse("classes:lesson_password", args=[lesson.pk]) if shows else "",
    }


@method_decorator(never_cache, name="dispatch")
class LessonPassword(SchoolPage, FormView):
    """Asks before it shows; the browser keeps no copy."""

    resource, action = "lesson", "reveal_password"
    form_class = Form
    template_name = "generic/confirm.html"

    @cached_property
    def lesson(self) -> Lesson:
        return self.find(Lesson.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if has_password(self.lesson) else self._none()

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            password = show_password(lesson=self.lesson, by=self.request.user)
        except ValidationError:
            return self._none()
        told = {"title": _("Password of the lesson"), "lesson": self.lesson, "password": password}
        return render(self.request, "classes/room/password.html", told)

    def _none(self) -> HttpResponse:
        self.warn(_("This lesson has no password."))
        return redirect(self.lesson)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the password of “%(topic)s”?") % {"topic": self.lesson.topic},
            detail=_("Your name, the time and this lesson are put on record."),
            submit_label=_("Show the password"),
            tone="primary",
            cancel_url=self.lesson.get_absolute_url(),
            **more,
        )
