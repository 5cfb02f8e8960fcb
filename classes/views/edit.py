"""Scheduling a lesson and changing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.readiness import hindrances
from classes.forms import LessonForm
from classes.forms.courseware import CoursewareForm
from classes.models import Lesson
from classes.queries import lessons_for
from console.policy.pages import SchoolPage


def warn_of_courseware(page: SchoolPage, form: CoursewareForm) -> None:
    """Say what of the courseware that came along the teacher cannot open."""
    for deck in form.unseen:
        told = _("“%(name)s” came along, but is private: %(teacher)s, who teaches, cannot open it.")
        page.warn(told % {"name": deck.document, "teacher": deck.hidden_from})


class LessonFormPage(SchoolPage, FormView):
    """What adding and changing have in common."""

    resource = "lesson"
    form_class = LessonForm
    template_name = "classes/lesson_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.request.user.enterprise}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(hindrances=hindrances(self.request.user.enterprise), **more)

    def form_valid(self, form: LessonForm) -> HttpResponse:
        lesson = form.save(by=self.request.user)
        if lesson is None:
            return self.form_invalid(form)
        self.say(self.done(lesson))
        warn_of_courseware(self, form)
        if form.begins_in_the_past:
            self.warn(_("Its planned start has passed already."))
        return redirect("classes:lesson", lesson.pk)

    def done(self, lesson: Lesson) -> str:
        raise NotImplementedError


class LessonAdd(LessonFormPage):
    """Schedule a lesson; `?like=<id>` fills the form in from another one, a week later."""

    action = "add"

    def get_form_kwargs(self) -> dict[str, Any]:
        like = self.request.GET.get("like", "")
        known = lessons_for(self.request.user).filter(pk=like).first() if like.isdecimal() else None
        return {**super().get_form_kwargs(), "like": known}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Schedule a lesson"),
            submit_label=_("Schedule"),
            cancel_url=reverse("classes:lessons"),
            **more,
        )

    def done(self, lesson: Lesson) -> str:
        return _("“%(topic)s” is scheduled. iclass is told within seconds.") % {"topic": lesson.topic}


class LessonEdit(LessonFormPage):
    """Change a lesson that has not begun; of one that has, its page says why it is locked."""

    action = "change"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kwargs = kwargs
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def lesson(self) -> Lesson:
        return self.find(Lesson.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.lesson.locked:
            return redirect("classes:lesson", self.lesson.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lesson": self.lesson}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Change the lesson"),
            lesson=self.lesson,
            cancel_url=reverse("classes:lesson", args=[self.lesson.pk]),
            **more,
        )

    def done(self, lesson: Lesson) -> str:
        return _("Saved. iclass is told within seconds.")
