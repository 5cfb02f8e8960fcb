"""Views for scheduling and changing a lesson."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.school.readiness import blocking_items
from classes.courseware.forms import CoursewareForm
from classes.lessons.forms.change import LessonChangeForm
from classes.lessons.forms.lesson import LessonForm
from classes.lessons.forms.prefill import initial_from_query
from classes.lessons.links import timetable_url
from classes.lessons.queries import lessons_for
from classes.models import Lesson
from console.inputs.bounds import parse_id
from console.policy.views import SchoolView


def warn_hidden_courseware(page: SchoolView, form: CoursewareForm) -> None:
    """Warn about copied courseware that the teacher cannot open."""
    for attached in form.hidden_documents:
        message = _(
            "“%(name)s” was also attached, but it is private: the teacher, %(teacher)s, cannot open it."
        )
        page.warning(message % {"name": attached.document, "teacher": attached.hidden_from})


class LessonFormPage(SchoolView, FormView):
    """Base of the add and change views."""

    resource = "lesson"
    form_class = LessonForm
    template_name = "classes/lessons/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        by = self.request.user
        return {**super().get_form_kwargs(), "school": by.enterprise, "by": by}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the lesson; a request by htmx gets the conflicts of what is filled in, and saves nothing."""
        if not self.request.htmx:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.check_conflicts()
        return render(request, "classes/lessons/_conflict_check.html", {"form": form})

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(blocking_items=blocking_items(self.request.user.enterprise), **more)

    def form_valid(self, form: LessonForm) -> HttpResponse:
        lesson = None if form.ask_about_doubts() else form.save(by=self.request.user)
        if lesson is None:
            return self.form_invalid(form)
        self.success(self.done(lesson))
        warn_hidden_courseware(self, form)
        if form.starts_in_past:
            self.warning(_("The planned start is in the past."))
        return redirect("classes:lesson", lesson.pk)

    def done(self, lesson: Lesson) -> str:
        raise NotImplementedError


class LessonAdd(LessonFormPage):
    """Schedule a lesson; `?like=<id>` prefills the form from another lesson, a week later.

    `?day=&start=&end=&teacher=&group=` prefill what the timetable knows of an empty slot; `back` is its query
    string, to which Cancel leads back.
    """

    action = "add"

    def get_initial(self) -> dict[str, Any]:
        known = initial_from_query(self.request.GET, self.request.user.enterprise)
        return {**super().get_initial(), **known}

    def get_form_kwargs(self) -> dict[str, Any]:
        like = self.request.GET.get("like", "")
        known = lessons_for(self.request.user).filter(pk=like).first() if parse_id(like) else None
        return {**super().get_form_kwargs(), "like": known}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        back = self.request.GET.get("back")
        return super().get_context_data(
            title=_("Schedule a lesson"),
            submit_label=_("Schedule"),
            cancel_url=timetable_url(back) if back is not None else reverse("classes:lessons"),
            **more,
        )

    def done(self, lesson: Lesson) -> str:
        return _("“%(topic)s” has been scheduled. It is sent to iclass within seconds.") % {
            "topic": lesson.topic
        }


class LessonEdit(LessonFormPage):
    """Change a lesson that has not begun; redirect a locked one to its page, which gives the reason."""

    action = "change"
    form_class = LessonChangeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kwargs = kwargs
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def lesson(self) -> Lesson:
        return self.get_row(Lesson.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.lesson.locked:
            return redirect("classes:lesson", self.lesson.pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lesson": self.lesson}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Update the lesson"),
            lesson=self.lesson,
            cancel_url=reverse("classes:lesson", args=[self.lesson.pk]),
            **more,
        )

    def done(self, lesson: Lesson) -> str:
        return _("Saved. The change is sent to iclass within seconds.")
