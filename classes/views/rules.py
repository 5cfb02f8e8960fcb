"""The rules of attendance of one lesson, and of one course."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from classes.attendance import ruling
from classes.attendance.rules import NAMES, inherited
from classes.forms.rules import OwnRulesForm
from classes.models import Course, Lesson
from classes.views.lesson import find_lesson
from console.policy.pages import SchoolPage


class Rules(SchoolPage, FormView):
    """A form of rules; the marks that would change are named before it is saved."""

    resource, action = "attendance", "set_rules"
    template_name = "generic/form.html"
    form_class = OwnRulesForm

    def save(self, form: OwnRulesForm) -> int:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        assert isinstance(form, OwnRulesForm)
        try:
            count = self.save(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        self.say(_("The rules are saved; marks changed: %(n)d.") % {"n": count})
        return redirect(self.back())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Rules of attendance"), cancel_url=self.back(), **more)


class LessonRules(Rules):
    @cached_property
    def lesson(self) -> Lesson:
        return find_lesson(self.request.user, self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        lesson = self.lesson

        def preview(rules: dict[str, int]) -> list[ruling.Change]:
            policy = ruling.with_rules(lesson, own=rules)
            return ruling.changed([lesson], {lesson.pk: policy}) if lesson.real_started_at else []

        told = {"rules": lesson.rules, "inherited": inherited(lesson), "preview": preview, "choose": False}
        return super().get_form_kwargs() | told

    def save(self, form: OwnRulesForm) -> int:
        by: Any = self.request.user
        return ruling.set_lesson_rules(
            lesson=self.lesson, rules=form.rules(), reason=form.cleaned_data["reason"], by=by
        )

    def back(self) -> str:
        return reverse("classes:attendance", args=[self.lesson.pk])


class CourseRules(Rules):
    @cached_property
    def course(self) -> Course:
        courses = Course.objects.select_related("enterprise")
        found = courses.filter(pk=self.kwargs["pk"], enterprise=self.request.user.enterprise_id).first()  # type: ignore[union-attr]
        if found is None:
            raise Http404(_("There is no such thing in your school."))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        course = self.course

        def preview(rules: dict[str, int]) -> list[ruling.Change]:
            lessons = list(ruling.open_lessons(course.enterprise_id, course=course))
            policies = {one.pk: ruling.with_rules(one, course=rules) for one in lessons}
            return ruling.changed(lessons, policies)

        school = {name: getattr(course.enterprise, name) for name in NAMES}
        told = {"rules": course.rules, "inherited": school, "preview": preview, "choose": True}
        return super().get_form_kwargs() | told

    def save(self, form: OwnRulesForm) -> int:
        by: Any = self.request.user
        data = form.cleaned_data
        return ruling.set_course_rules(
            course=self.course,
            rules=form.rules(),
            back=data.get("past") == "again",
            reason=data["reason"],
            by=by,
        )

    def back(self) -> str:
        return reverse("classes:course", args=[self.course.pk])
