"""Page that schedules a make-up lesson."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.school.readiness import blocking_items
from classes.models import Lesson
from classes.timetable.make_up.forms import MakeUpForm
from classes.timetable.make_up.occasions import (
    OCCASION_TEXTS,
    make_up_links,
    make_up_occasion,
    no_occasion,
)
from classes.timetable.make_up.people import MakeUpStaff, make_up_staff
from classes.timetable.make_up.services import make_up_lesson
from classes.timetable.make_up.times import MakeUpTimes, propose_times
from console.concurrency import Conflict
from console.policy.views import SchoolView


class LessonMakeUp(SchoolView, FormView):
    """Propose times at which all are free, and schedule the make-up at the chosen or another one."""

    resource, action = "lesson", "make_up"
    form_class = MakeUpForm
    template_name = "classes/timetable/make_up/make_up.html"

    @cached_property
    def lesson(self) -> Lesson:
        rows = Lesson.objects.select_related("teacher", "enterprise", "course__term")
        return self.get_row(rows, pk=self.kwargs["pk"])

    @cached_property
    def times(self) -> MakeUpTimes:
        return propose_times(self.lesson, self.staff)

    @cached_property
    def staff(self) -> MakeUpStaff:
        return make_up_staff(self.lesson)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form. A lesson that needs no make-up leads to its page, or to the make-up that it has.

        A make-up that was cancelled leads to the lesson that it was for.
        """
        links = make_up_links(request.user, self.lesson)
        if links.made_up_by is not None:
            return redirect("classes:lesson", links.made_up_by.pk)
        if not make_up_occasion(self.lesson):
            self.warning(no_occasion(self.lesson))
            first = links.makes_up_for if self.lesson.cancelled_at else None
            return redirect("classes:lesson", (first or self.lesson).pk)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "times": self.times}

    def form_valid(self, form: MakeUpForm) -> HttpResponse:
        by: Any = self.request.user
        assert form.starts_at is not None  # a valid form has a time
        try:
            made = make_up_lesson(
                lesson=self.lesson,
                starts_at=form.starts_at,
                by=by,
                conflict_reason=form.cleaned_data["conflict_reason"],
            )
        except Conflict as error:
            self.warning(" ".join(error.messages))
            return redirect("classes:lesson", self.lesson.pk)
        except ValidationError as error:
            form.add_service_error(error)
            return self.form_invalid(form)
        self.success(_("The make-up lesson has been scheduled. It is sent to iclass within seconds."))
        return redirect("classes:lesson", made.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Make the lesson up"),
            lesson=self.lesson,
            occasion=OCCASION_TEXTS.get(make_up_occasion(self.lesson), ""),
            students=self.lesson.members.filter(role="student").count(),
            staff=self.staff,
            times=self.times,
            blocking_items=blocking_items(self.request.user.enterprise),
            submit_label=_("Schedule"),
            cancel_url=reverse("classes:lesson", args=[self.lesson.pk]),
            **more,
        )
