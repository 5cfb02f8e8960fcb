"""Views that change the attendance rules of a lesson or a course."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from classes.attendance import policy_changes
from classes.attendance.forms.policy import PolicyForm
from classes.attendance.policy import RULE_NAMES, inherited_rules
from classes.lessons.lookup import find_lesson
from classes.models import Course, Lesson
from console.policy.views import SchoolView


class PolicyFormView(SchoolView, FormView):
    """Base of the rules forms, which list the marks that would change before saving."""

    resource, action = "attendance", "set_rules"
    template_name = "generic/form.html"
    form_class = PolicyForm

    def save(self, form: PolicyForm) -> int:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        assert isinstance(form, PolicyForm)
        try:
            count = self.save(form)
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        self.success(_("The rules have been saved; marks changed: %(n)d.") % {"n": count})
        return redirect(self.back())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Attendance rules"), cancel_url=self.back(), **more)


class LessonPolicyEdit(PolicyFormView):
    @cached_property
    def lesson(self) -> Lesson:
        return find_lesson(self.request.user, self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        lesson = self.lesson

        def preview(rules: dict[str, int]) -> list[policy_changes.MarkChange]:
            policy = policy_changes.policy_with_rules(lesson, own=rules)
            return (
                policy_changes.changed_marks([lesson], {lesson.pk: policy}) if lesson.real_started_at else []
            )

        form_kwargs = {
            "rules": lesson.rules,
            "inherited": inherited_rules(lesson),
            "preview": preview,
            "choose": False,
        }
        return super().get_form_kwargs() | form_kwargs

    def save(self, form: PolicyForm) -> int:
        by: Any = self.request.user
        return policy_changes.set_lesson_rules(
            lesson=self.lesson,
            rules=form.rules(),
            reason=form.cleaned_data["reason"],
            by=by,
            seen=form.seen,
        )

    def back(self) -> str:
        return reverse("classes:attendance", args=[self.lesson.pk])


class CoursePolicyEdit(PolicyFormView):
    @cached_property
    def course(self) -> Course:
        courses = Course.objects.select_related("enterprise")
        found = courses.filter(pk=self.kwargs["pk"], enterprise=self.request.user.enterprise_id).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        course = self.course

        def preview(rules: dict[str, int]) -> list[policy_changes.MarkChange]:
            lessons = list(policy_changes.open_lessons(course.enterprise_id, course=course))
            policies = {one.pk: policy_changes.policy_with_rules(one, course=rules) for one in lessons}
            return policy_changes.changed_marks(lessons, policies)

        school = {name: getattr(course.enterprise, name) for name in RULE_NAMES}
        form_kwargs = {"rules": course.rules, "inherited": school, "preview": preview, "choose": True}
        return super().get_form_kwargs() | form_kwargs

    def save(self, form: PolicyForm) -> int:
        by: Any = self.request.user
        data = form.cleaned_data
        return policy_changes.set_course_rules(
            course=self.course,
            rules=form.rules(),
            back=data.get("past") == "again",
            reason=data["reason"],
            by=by,
            seen=form.seen,
        )

    def back(self) -> str:
        return reverse("classes:course", args=[self.course.pk])
