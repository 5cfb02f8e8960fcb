"""Views of series: list, detail, planning and changing with a preview of the dates, cancelling."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, FormView, ListView

from accounts.school.readiness import blocking_items
from classes.lessons.queries import search_courses
from classes.lessons.status import counted_lessons
from classes.lessons.tables import COURSE_TABLE
from classes.lessons.views.edit import warn_hidden_courseware
from classes.models import Course, Lesson
from classes.timetable.bulk.job import MAX_TAKEN_BACK, undo_values
from classes.timetable.courses import rule_text
from classes.timetable.courses.cancellation import cancel_course_revocably, cancellable_lessons
from classes.timetable.courses.dates import compute_dates
from classes.timetable.courses.forms import CourseCancelForm
from classes.timetable.courses.plan_form import CoursePlanForm
from classes.timetable.subjects.forms import CourseFilter
from classes.timetable.subjects.queries import subjects_of_courses
from console.inputs.bounds import parse_id
from console.lists.views import TableView
from console.policy import in_school, may, scoped
from console.policy.views import SchoolView
from console.ui.badges import sync_badge
from console.undo import offer_undo


class CourseList(TableView, ListView):
    """Series of lessons, with the number of lessons of each."""

    resource, action = "course", "list"
    table = COURSE_TABLE
    template_name = "classes/timetable/courses/list.html"
    queryset = Course.objects.select_related("teacher", "subject")

    @cached_property
    def filter(self) -> CourseFilter:
        return CourseFilter(self.request.GET, subjects=subjects_of_courses(self.request.user))

    def get_queryset(self) -> Any:
        rows = search_courses(super().get_queryset(), self.request.GET.get("q", ""))
        if subject := self.filter.chosen:
            rows = rows.filter(subject=subject)
        # For each course that is shown, by the index of its lessons.
        lessons = (
            Lesson.objects.filter(course=OuterRef("pk"), **counted_lessons()).order_by().values("course")
        )
        return rows.annotate(
            number=Coalesce(Subquery(lessons.annotate(number=Count("pk")).values("number")), 0),
            first=Subquery(lessons.annotate(first=Min("starts_at")).values("first")),
            last=Subquery(lessons.annotate(last=Max("starts_at")).values("last")),
        ).order_by(*(self.table_state.order or ("title", "id")))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Courses"),
            search_label=_("Title or teacher"),
            filter_form=self.filter,
            may_add=self.may("add"),
            **more,
        )


class CoursePage(SchoolView, DetailView):
    """One series with all its lessons and the state of each."""

    resource = "course"
    queryset = Course.objects.select_related("teacher", "enterprise", "term", "subject")
    template_name = "classes/timetable/courses/course.html"
    context_object_name = "course"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        course: Course = self.object
        lessons = list(course.lessons.select_related("teacher").order_by("starts_at", "id"))
        return super().get_context_data(
            title=course.title,
            lessons=lessons,
            busy=any(sync_badge(one.sync_state).tone == "busy" for one in lessons),
            sentence=_describe_rule(course),
            may_change=self.may("change", course),
            may_rule=may(self.request.user, "set_rules", "attendance"),
            may_add=self.may("add"),
            may_lessons=any(not one.locked for one in lessons),
            has_matrix=scoped(course.lessons.all(), self.request.user, "attendance_matrix", "list").exists(),
            **more,
        )


def _describe_rule(course: Course) -> str:
    try:
        dates = compute_dates(
            course.enterprise,
            starts_local=course.starts_local,
            duration_minutes=course.duration_minutes,
            rrule=course.rrule,
            skip=course.skip,
            term=course.term,
            make_up_skipped=course.make_up_skipped,
        )
    except ValidationError:
        return course.rrule
    first, minutes = course.starts_local, course.duration_minutes
    return rule_text.describe_series(course.rrule, first, minutes, dates, course.enterprise)


class CourseFormPage(SchoolView, FormView):
    """Base of planning and changing. `look` and acts on a date preview the dates and save nothing."""

    resource = "course"
    form_class = CoursePlanForm
    template_name = "classes/timetable/courses/form.html"
    course: Course | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.request.user.enterprise}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.POST.keys() & {"look", *CoursePlanForm.ACTS} and not self.request.htmx:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.compute_preview()
        if self.request.htmx:
            return render(request, "classes/timetable/courses/_preview.html", {"form": form, "live": True})
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form: CoursePlanForm) -> HttpResponse:
        course = None if form.ask_about_doubts() else form.save(by=self.request.user)
        if course is None:
            return self.form_invalid(form)
        key = form.job.pk if form.job else course.pk
        offer_undo(self.request, self.done(course), "course.change", key, undo_values(form.job))
        warn_hidden_courseware(self, form)
        return redirect("classes:course", course.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(blocking_items=blocking_items(self.request.user.enterprise), **more)

    def done(self, course: Course) -> str:
        raise NotImplementedError


class CourseAdd(CourseFormPage):
    """Plan a series; `?like=<id>` copies another one, after its last lesson."""

    action = "add"

    def get_form_kwargs(self) -> dict[str, Any]:
        like = self.request.GET.get("like", "")
        rows = in_school(Course.objects.select_related("teacher", "enterprise"), self.request.user, "course")
        known = rows.filter(pk=like).first() if parse_id(like) else None
        return {**super().get_form_kwargs(), "like": known}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("New course"),
            submit_label=_("Create course"),
            cancel_url=reverse("classes:courses"),
            **more,
        )

    def done(self, course: Course) -> str:
        number = course.lessons.count()
        message = ngettext(
            "“%(title)s” has been created with %(n)s lesson. It is sent to iclass within seconds.",
            "“%(title)s” has been created with %(n)s lessons. They are sent to iclass one by one.",
            number,
        )
        return message % {"title": course.title, "n": number}


def requested_lesson(request: HttpRequest, course: Course) -> Lesson | None:
    """Return the lesson of the course that `?lesson=` names, or None."""
    lesson_id = request.GET.get("lesson", "")
    if not lesson_id:
        return None
    rows = course.lessons.select_related("teacher", "enterprise")
    lesson = rows.filter(pk=lesson_id).first() if parse_id(lesson_id) else None
    if lesson is None:
        raise Http404(_("This lesson does not exist in this course."))
    return lesson


class CourseEdit(CourseFormPage):
    """Change a series; `?lesson=<id>` offers to change that lesson alone, or it and the following ones."""

    action = "change"

    @cached_property
    def found(self) -> Course:
        return self.get_row(Course.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        lesson = requested_lesson(self.request, self.found)
        return {**super().get_form_kwargs(), "course": self.found, "from_lesson": lesson}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Edit course"),
            course=self.found,
            cancel_url=reverse("classes:course", args=[self.found.pk]),
            **more,
        )

    def done(self, course: Course) -> str:
        return _("Saved. Changed lessons are sent to iclass.")


class CourseCancel(SchoolView, FormView):
    """Cancel the lessons of a series that have not begun; `?lesson=<id>` offers it from that lesson on."""

    resource, action = "course", "delete"
    form_class = CourseCancelForm
    template_name = "generic/confirm.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        lesson = requested_lesson(self.request, self.found)
        return {**super().get_form_kwargs(), "course": self.found, "from_lesson": lesson}

    @cached_property
    def found(self) -> Course:
        return self.get_row(Course.objects.select_related("enterprise"), pk=self.kwargs["pk"])

    def form_valid(self, form: CourseCancelForm) -> HttpResponse:
        job = cancel_course_revocably(course=self.found, by=self.request.user, **form.service_arguments())
        number = len(job.args["lessons"])
        text = ngettext("%(n)s lesson has been cancelled.", "%(n)s lessons have been cancelled.", number)
        offer_undo(self.request, text % {"n": number}, "lesson.cancel_many", job.pk, undo_values(job))
        return redirect("classes:course", self.found.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        detail = _(
            "All lessons of this course that have not started are cancelled in the console "
            "and deleted at iclass."
        )
        if len(cancellable_lessons(self.found)) > MAX_TAKEN_BACK:
            final = _("More than %(most)s lessons at once cannot be taken back.") % {"most": MAX_TAKEN_BACK}
            detail = f"{detail} {final}"
        return super().get_context_data(
            title=_("Cancel “%(title)s”?") % {"title": self.found.title},
            detail=detail,
            submit_label=_("Cancel these lessons"),
            cancel_url=reverse("classes:course", args=[self.found.pk]),
            tone="danger",
            **more,
        )
