"""Series of lessons: the list, one of them, planning and changing with the dates beside, cancelling."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, FormView, ListView

from accounts.readiness import hindrances
from classes.courses import words
from classes.courses.changing import cancel_course
from classes.courses.dates import dates_of
from classes.forms.course import CourseCancelForm, CourseForm
from classes.models import Course, Lesson
from classes.views.edit import warn_of_courseware
from console.policy import in_school, may
from console.policy.pages import SchoolPage


class CourseList(SchoolPage, ListView):
    """Series of lessons, with how many lessons each has and had."""

    resource, action = "course", "list"
    template_name = "classes/courses/list.html"
    queryset = Course.objects.select_related("teacher")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if wanted := self.request.GET.get("q", "").strip():
            rows = rows.filter(Q(title__icontains=wanted) | Q(teacher__nickname__icontains=wanted))
        standing = Q(lessons__cancelled_at=None)
        return rows.annotate(
            number=Count("lessons", filter=standing),
            first=Min("lessons__starts_at", filter=standing),
            last=Max("lessons__starts_at", filter=standing),
        ).order_by("title", "id")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Courses"), search_label=_("Title or teacher"), may_add=self.may("add"), **more
        )


class CoursePage(SchoolPage, DetailView):
    """One series with all its lessons and the state of each."""

    resource = "course"
    queryset = Course.objects.select_related("teacher", "enterprise", "term")
    template_name = "classes/courses/page.html"
    context_object_name = "course"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        course: Course = self.object
        lessons = list(course.lessons.select_related("teacher").order_by("starts_at", "id"))
        return super().get_context_data(
            title=course.title,
            lessons=lessons,
            sentence=_sentence(course),
            may_change=self.may("change", course),
            may_rule=may(self.request.user, "set_rules", "attendance"),
            may_add=self.may("add"),
            may_lessons=any(not one.locked for one in lessons),
            **more,
        )


def _sentence(course: Course) -> str:
    try:
        dates = dates_of(
            course.enterprise,
            starts_local=course.starts_local,
            duration_minutes=course.duration_minutes,
            rrule=course.rrule,
            skip=course.skip,
            term=course.term,
        )
    except ValidationError:
        return course.rrule
    first, minutes = course.starts_local, course.duration_minutes
    return words.sentence(course.rrule, first, minutes, dates, course.enterprise)


class CourseFormPage(SchoolPage, FormView):
    """What planning and changing have in common. `look` asks for the dates alone, and saves nothing."""

    resource = "course"
    form_class = CourseForm
    template_name = "classes/courses/form.html"
    course: Course | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "school": self.request.user.enterprise}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "look" not in request.POST and not request.htmx:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.look()
        if request.htmx:
            return render(request, "classes/courses/_plan.html", {"form": form, "live": True})
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form: CourseForm) -> HttpResponse:
        course = form.save(by=self.request.user)
        if course is None:
            return self.form_invalid(form)
        self.say(self.done(course))
        warn_of_courseware(self, form)
        return redirect("classes:course", course.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(hindrances=hindrances(self.request.user.enterprise), **more)

    def done(self, course: Course) -> str:
        raise NotImplementedError


class CourseAdd(CourseFormPage):
    """Plan a series; `?like=<id>` fills the form in from another one, after its last lesson."""

    action = "add"

    def get_form_kwargs(self) -> dict[str, Any]:
        like = self.request.GET.get("like", "")
        rows = in_school(Course.objects.select_related("teacher", "enterprise"), self.request.user, "course")
        known = rows.filter(pk=like).first() if like.isdecimal() and len(like) < 19 else None
        return {**super().get_form_kwargs(), "like": known}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Plan a series"),
            submit_label=_("Plan the series"),
            cancel_url=reverse("classes:courses"),
            **more,
        )

    def done(self, course: Course) -> str:
        number = course.lessons.count()
        told = ngettext(
            "“%(title)s” is planned with %(n)s lesson. iclass is told within seconds.",
            "“%(title)s” is planned with %(n)s lessons. iclass is told of them one by one.",
            number,
        )
        return told % {"title": course.title, "n": number}


def lesson_asked(request: HttpRequest, course: Course) -> Lesson | None:
    """The lesson of the course that the address names; None where it names none."""
    asked = request.GET.get("lesson", "")
    if not asked:
        return None
    rows = course.lessons.select_related("teacher", "enterprise")
    found = rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        raise Http404(_("There is no such lesson in this course."))
    return found


class CourseEdit(CourseFormPage):
    """`?lesson=<id>` offers to change that lesson alone, or it and the following ones."""

    action = "change"

    @cached_property
    def found(self) -> Course:
        return self.find(Course.objects.select_related("teacher", "enterprise"), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        of = lesson_asked(self.request, self.found)
        return {**super().get_form_kwargs(), "course": self.found, "of": of}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Change the series"),
            course=self.found,
            cancel_url=reverse("classes:course", args=[self.found.pk]),
            **more,
        )

    def done(self, course: Course) -> str:
        return _("Saved. iclass is told of each lesson that changed.")


class CourseCancel(SchoolPage, FormView):
    """Cancel the lessons of a series that have not begun; `?lesson=<id>` offers it from that lesson on."""

    resource, action = "course", "delete"
    form_class = CourseCancelForm
    template_name = "generic/confirm.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        of = lesson_asked(self.request, self.found)
        return {**super().get_form_kwargs(), "course": self.found, "of": of}

    @cached_property
    def found(self) -> Course:
        return self.find(Course.objects.select_related("enterprise"), pk=self.kwargs["pk"])

    def form_valid(self, form: CourseCancelForm) -> HttpResponse:
        going = cancel_course(course=self.found, by=self.request.user, **form.act())
        told = ngettext("%(n)s lesson is cancelled.", "%(n)s lessons are cancelled.", len(going))
        self.say(told % {"n": len(going)})
        return redirect("classes:course", self.found.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Cancel “%(title)s”?") % {"title": self.found.title},
            detail=_("All its lessons that have not begun are cancelled here and taken out of iclass."),
            submit_label=_("Cancel these lessons"),
            cancel_url=reverse("classes:course", args=[self.found.pk]),
            tone="danger",
            **more,
        )
