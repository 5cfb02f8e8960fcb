"""View that reveals the password of a lesson and records the access."""

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

from classes.lessons.passwords import has_password, reveal_password
from classes.models import Lesson
from console.policy import may
from console.policy.views import SchoolView


def password_context(lesson: Lesson, reader: Any) -> dict[str, Any]:
    """Return whether the lesson has a password, and the URL that reveals it; empty if not allowed."""
    may_reveal = may(reader, "reveal_password", "lesson", lesson)
    return {
        "has_password": has_password(lesson),
        "password_url": reverse("classes:lesson_password", args=[lesson.pk]) if may_reveal else "",
    }


@method_decorator(never_cache, name="dispatch")
class LessonPassword(SchoolView, FormView):
    """Ask for confirmation, then show the password. The response is not cached."""

    resource, action = "lesson", "reveal_password"
    form_class = Form
    template_name = "generic/confirm.html"

    @cached_property
    def lesson(self) -> Lesson:
        return self.get_row(Lesson.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if has_password(self.lesson) else self._none()

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            password = reveal_password(lesson=self.lesson, by=self.request.user)
        except ValidationError:
            return self._none()
        context = {"title": _("Lesson password"), "lesson": self.lesson, "password": password}
        return render(self.request, "classes/lessons/password.html", context)

    def _none(self) -> HttpResponse:
        self.warning(_("This lesson has no password."))
        return redirect(self.lesson)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Show the password of “%(topic)s”?") % {"topic": self.lesson.topic},
            detail=_("Your name, the time and this lesson are recorded."),
            submit_label=_("Show password"),
            tone="primary",
            cancel_url=self.lesson.get_absolute_url(),
            **more,
        )
