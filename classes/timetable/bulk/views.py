"""Change and cancel many lessons.

They are selected in the list, match its filter, belong to a series, or are shown by the timetable.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, TemplateView

from accounts.models import StudentGroup, User
from classes.choices import Status
from classes.lessons.comparison import describe_value
from classes.lessons.fields import COLUMNS
from classes.lessons.forms.cancel import CancelForm
from classes.lessons.queries import lessons_for
from classes.lessons.status import phase_of
from classes.models import Course, Lesson
from classes.timetable.bulk import job as push
from classes.timetable.bulk.cancel_job import CancelPreview, preview_cancel
from classes.timetable.bulk.changes import PlannedChange
from classes.timetable.bulk.doubts import ask_about_change
from classes.timetable.bulk.forms import BulkEditForm
from classes.timetable.bulk.selection import filter_lessons, parse_filter
from classes.timetable.bulk.services import MAX_LESSONS
from classes.timetable.bulk.undo import cancel_chosen_revocably
from classes.timetable.calendar.events import CalendarRange
from classes.timetable.calendar.layers import Layers
from console.inputs.bounds import parse_ids
from console.jobs.models import Job
from console.jobs.views import JobProgress
from console.policy import in_school
from console.policy.views import SchoolView
from console.undo import offer_undo

#: Lessons that the preview lists one by one.
MAX_LISTED = 200
#: People named per row of the preview.
MAX_NAMED = 8
TITLES = {
    "change": gettext_lazy("Bulk-edited lessons"),
    "cancel": gettext_lazy("Bulk-cancelled lessons"),
}


class BulkBase(SchoolView, TemplateView):
    """Acts on the selected lessons (`chosen`), or on `all` that match the query string. By POST."""

    resource = "lesson"
    http_method_names = ("get", "post", "options")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.back_url)

    @property
    def back_url(self) -> str:
        """The list with its filter."""
        return self._with_filter(reverse("classes:lessons"))

    @property
    def back_name(self) -> str:
        return _("Lessons")

    def matching_lessons(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        """Filter the reader's lessons for those that `all` stands for."""
        return filter_lessons(rows, parse_filter(self.request))

    def lessons(self) -> list[Lesson]:
        """Return the lessons of the reader's school, by start."""
        posted = self.request.POST
        rows = lessons_for(self.request.user).select_related("teacher", "enterprise")
        if "all" in posted and not posted.keys() & {"look", "sure"}:
            rows = self.matching_lessons(rows)
        else:
            ids = parse_ids(posted.getlist("chosen"))
            rows = rows.filter(pk__in=ids[: MAX_LESSONS + 1])
        rows = in_school(rows, self.request.user, "lesson").order_by("starts_at", "id")
        found = list(rows.prefetch_related("groups")[: MAX_LESSONS + 1])
        if len(found) > MAX_LESSONS:
            self.warning(
                _("More than %(most)d lessons match. Only the first ones are included.")
                % {"most": MAX_LESSONS}
            )
        return [one for one in found[:MAX_LESSONS] if self.may(self.action, one)]

    def redirect_empty(self) -> HttpResponse:
        self.warning(_("No lessons are selected. Select the lessons first, then edit them."))
        return redirect(self.back_url)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_url=self.back_url,
            back_name=self.back_name,
            cancel_many_url=self._with_filter(reverse("classes:lessons_many_cancel")),
            **more,
        )

    def _with_filter(self, address: str) -> str:
        query = self.request.GET.urlencode()
        return f"{address}{'?' if query else ''}{query}"


class BulkEditPage(BulkBase):
    """Three steps at one URL: the form, the preview (`look`), and the change (`sure`)."""

    action = "plan"
    template_name = "classes/timetable/bulk/edit.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lessons = self.lessons()
        if not lessons:
            return self.redirect_empty()
        bound = "look" in request.POST or "sure" in request.POST
        form = BulkEditForm(
            request.POST if bound else None,
            school=self.request.user.enterprise,
            lessons=lessons,
            by=self.request.user,
        )
        if "sure" in request.POST and form.is_valid() and (job := form.save()):
            number = len(job.args["lessons"])
            message = ngettext("%(n)d lesson has been changed.", "%(n)d lessons have been changed.", number)
            values = push.undo_values(job)
            offer_undo(request, message % {"n": number}, "lesson.change_many", job.pk, values)
            return redirect("classes:lessons_changed", job.pk)
        if "look" in request.POST:
            form.compute_preview()
        return self.render_to_response(self.get_context_data(form=form, lessons=lessons))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form: BulkEditForm = more["form"]
        number = len(more["lessons"])
        title = ngettext("Edit %(n)d lesson", "Edit %(n)d lessons", number) % {"n": number}
        locked = sum(one.locked for one in more["lessons"])
        rows = _change_rows(form.preview.planned[:MAX_LISTED]) if form.preview else []
        return super().get_context_data(title=title, rows=rows, listed=MAX_LISTED, locked=locked, **more)


class CourseBulkEdit(BulkEditPage):
    """All lessons of a series that have not begun."""

    @cached_property
    def course(self) -> Course:
        rows = in_school(Course.objects.all(), self.request.user, "course")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def back_url(self) -> str:
        return self.course.get_absolute_url()

    @property
    def back_name(self) -> str:
        return self.course.title

    def matching_lessons(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        upcoming = rows.filter(course=self.course, status=Status.WILL, cancelled_at=None)
        return upcoming.filter(ends_at__gt=timezone.now())


class TimetableBulkEdit(BulkEditPage):
    """The lessons that the timetable shows, in its layers."""

    @property
    def back_url(self) -> str:
        params = self.request.GET.copy()
        for name in ("start", "end"):
            params.pop(name, None)
        return f"{reverse('classes:timetable')}?{params.urlencode()}"

    @property
    def back_name(self) -> str:
        return _("Timetable")

    def matching_lessons(self, rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
        address = self.request.GET
        try:
            shown_range = CalendarRange.parse(address.get("start", ""), address.get("end", ""))
        except ValueError:
            return rows.none()
        return Layers(self.request.user, address).narrow(shown_range.filter_lessons(rows))


class BulkCancel(BulkBase):
    """Two steps at one URL: the confirmation with a preview, and the cancellation (`sure`)."""

    action = "plan"
    template_name = "classes/timetable/bulk/cancel.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lessons = self.lessons()
        if not lessons:
            return self.redirect_empty()
        form = CancelForm(request.POST if "sure" in request.POST else None)
        if "sure" not in request.POST or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, preview=preview_cancel(lessons)))
        job = cancel_chosen_revocably(
            school=self.request.user.enterprise, lessons=lessons, by=self.request.user, **form.cleaned_data
        )
        number = len(job.args["lessons"])
        text = ngettext("%(n)s lesson has been cancelled.", "%(n)s lessons have been cancelled.", number)
        offer_undo(request, text % {"n": number}, "lesson.cancel_many", job.pk, push.undo_values(job))
        return redirect("classes:lessons_changed", job.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        preview: CancelPreview = more["preview"]
        number = len(preview.lessons)
        title = ngettext("Cancel %(n)d lesson?", "Cancel %(n)d lessons?", number) % {"n": number}
        is_final = number + len(preview.locked) > push.MAX_TAKEN_BACK
        return super().get_context_data(
            title=title, listed=MAX_LISTED, is_final=is_final, most=push.MAX_TAKEN_BACK, **more
        )


def _change_rows(planned: list[PlannedChange]) -> list[dict[str, Any]]:
    """Return each lesson with a description of its changes."""
    people = {pk for one in planned for pk in (*one.added, *one.removed)}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "nickname"))
    moved = {pk for one in planned for pk in (*one.groups_added, *one.groups_removed)}
    groups = dict(StudentGroup.objects.filter(pk__in=moved).values_list("pk", "name"))
    return [
        {
            "lesson": one.before,
            "changes": _describe_fields(one),
            "added": _join_names([names[pk] for pk in one.added]),
            "removed": _join_names([names[pk] for pk in one.removed]),
            "groups_added": [groups[pk] for pk in one.groups_added],
            "groups_removed": [groups[pk] for pk in one.groups_removed],
            "password": _describe_password(one),
            "conflicts": len(one.new),
            "doubts": ask_about_change(one),
        }
        for one in planned
    ]


def _join_names(names: list[str]) -> str:
    """Return the first names; the rest is a number."""
    more = len(names) - MAX_NAMED
    shown = ", ".join(names[:MAX_NAMED])
    return shown if more <= 0 else _("%(names)s and %(n)s more") % {"names": shown, "n": more}


def _describe_password(one: PlannedChange) -> str:
    """Describe the change of the password, without the password."""
    if one.password is None:
        return ""
    return _("Password: replaced") if one.password else _("Password: removed")


def _describe_fields(one: PlannedChange) -> list[tuple[Any, str, str]]:
    """Return label, old and new value of each field that changes."""
    names = {lesson.teacher.user_id: lesson.teacher.nickname for lesson in (one.before, one.lesson)}
    found = []
    for column in COLUMNS:
        before, after = column.desired(one.before), column.desired(one.lesson)
        if before != after:
            old, new = (describe_value(column.name, value, names) for value in (before, after))
            found.append((column.label, old, new))
    return found


class BulkReport(SchoolView, DetailView):
    """Results of a change, lesson by lesson; they can be viewed while lessons are still being sent."""

    resource = "job"
    queryset = Job.objects.filter(kind=push.BULK_JOB_KIND).select_related("created_by")
    template_name = "classes/timetable/bulk/result.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job: Job = self.object
        return super().get_context_data(
            title=TITLES[job.args.get("act", "change")],
            cancelled=job.args.get("act") == "cancel",
            line=JobProgress(job),
            lessons=self._lessons(job.args["lessons"]),
            locked=[(one, phase_of(one)) for one in self._lessons(job.args["locked"])],
            same=self._lessons(job.args["same"]),
            **more,
        )

    def _lessons(self, pks: list[int]) -> list[Lesson]:
        return list(lessons_for(self.request.user).filter(pk__in=pks).order_by("starts_at", "id"))
