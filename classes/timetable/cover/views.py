"""Pages of absences of teachers and of the cover for their lessons."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, TemplateView, View

from accounts.models import User
from accounts.people.queries import active_people
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Cover, Lesson, TeacherAbsence
from classes.timetable.cover.forms import AbsenceFilter, AbsenceForm, CoverForm
from classes.timetable.cover.plan import build_plan
from classes.timetable.cover.queries import (
    cover_period,
    in_force,
    lessons_to_cover,
    touched_lessons,
    with_cover_counts,
)
from classes.timetable.cover.services import enter_absence
from classes.timetable.cover.tables import ABSENCE_TABLE
from classes.timetable.cover.undo import assign_revocably, undo_cover_revocably, withdraw_revocably
from console.inputs.bounds import parse_id
from console.lists.views import TableView
from console.policy.bulk_views import MAX_LISTED
from console.policy.views import KeysetPage, SchoolView, paginate_by_key
from console.ui.badges import row_sync_badge
from console.undo import offer_undo

#: Lessons on one page of an absence.
LESSONS_PER_PAGE = 30


class AbsenceList(TableView, ListView):
    """Absences of teachers, the latest first, each with the lessons that still need cover."""

    resource, action = "cover", "view"
    table = ABSENCE_TABLE
    queryset = TeacherAbsence.objects.select_related("teacher", "by", "enterprise")
    template_name = "classes/timetable/cover/absences.html"

    @cached_property
    def filter(self) -> AbsenceFilter:
        return AbsenceFilter(self.request.GET)

    def get_queryset(self) -> QuerySet[TeacherAbsence]:
        rows: QuerySet[TeacherAbsence] = super().get_queryset()
        order = self.table_state.order or self.table.order_of(self.table.default_sort)
        return _with_numbers(self.filter.narrow(rows)).order_by(*order)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Cover"),
            search_label=_("Name or user ID"),
            filter_form=self.filter,
            may_add=self.may("add"),
            **more,
        )


def _with_numbers(absences: QuerySet[TeacherAbsence]) -> QuerySet[TeacherAbsence]:
    """Annotate `waiting`, the lessons that need cover, and `covered`."""
    waiting = lessons_to_cover().order_by().values("teacher").annotate(n=Count("pk")).values("n")
    held = Cover.objects.filter(in_force(), absence=OuterRef("pk")).order_by()
    covered = held.values("absence").annotate(n=Count("pk")).values("n")
    return absences.annotate(waiting=Coalesce(Subquery(waiting), 0), covered=Coalesce(Subquery(covered), 0))


class AbsenceAdd(SchoolView, FormView):
    """Enter the absence of a teacher; its page then offers cover."""

    resource, action = "cover", "add"
    form_class = AbsenceForm
    template_name = "classes/timetable/cover/absence_add.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        reader: Any = self.request.user
        teachers = active_people(reader.enterprise_id, *TEACHING_ROLES)
        return super().get_form_kwargs() | {"teachers": teachers}

    def get_initial(self) -> dict[str, Any]:
        return {"teacher": self.request.GET.get("teacher", "")}

    def form_valid(self, form: AbsenceForm) -> HttpResponse:
        by: Any = self.request.user
        try:
            absence = enter_absence(by=by, **form.service_fields())
        except ValidationError as error:
            form.add_service_error(error)
            return self.form_invalid(form)
        return redirect("classes:absence", absence.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Enter an absence"),
            submit_label=_("Find the lessons"),
            cancel_url=reverse("classes:absences"),
            **more,
        )


class AbsencePage(SchoolView, TemplateView):
    """The lessons of an absence with their cover; POST assigns one of them, or all of the page."""

    resource, action = "cover", "view"
    template_name = "classes/timetable/cover/absence.html"

    @cached_property
    def absence(self) -> TeacherAbsence:
        rows = TeacherAbsence.objects.select_related("teacher", "by", "enterprise")
        return self.get_row(rows, pk=self.kwargs["pk"])

    @cached_property
    def keyset(self) -> KeysetPage[Lesson]:
        rows = touched_lessons(self.absence).select_related("teacher", "course").prefetch_related("groups")
        return paginate_by_key(rows, self.request, ("starts_at", "id"), LESSONS_PER_PAGE)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.action = "change"
        self.require()
        by: Any = request.user
        only = request.POST.get("assign", "")
        form = CoverForm(request.POST, lessons=self.keyset.rows, only=(parse_id(only) or 0) if only else None)
        try:
            if not form.is_valid():
                raise ValidationError(_("Choose a teacher of your school."))
            people = active_people(self.absence.enterprise_id, *TEACHING_ROLES)
            number, values = assign_revocably(
                absence=self.absence, choices=form.choices(people), seen=form.seen(), by=by
            )
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        else:
            text = ngettext("%(n)d lesson is covered now.", "%(n)d lessons are covered now.", number)
            offer_undo(request, text % {"n": number}, "cover.assign", self.absence.pk, values)
        return redirect(request.get_full_path())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        absence = self.absence
        period = cover_period(absence.enterprise, absence.begins_at.astimezone(absence.enterprise.tz).date())
        plan = build_plan(absence, self.keyset.rows, period)
        return super().get_context_data(
            title=_("Cover for %(name)s") % {"name": absence.teacher.nickname or absence.teacher.user_id},
            absence=absence,
            plan=plan,
            open_rows=[row for row in plan if row.is_open],
            proposals=sum(bool(row.proposal) for row in plan),
            busy=any(row.cover and row_sync_badge(row.lesson).tone == "busy" for row in plan),
            period=period,
            keyset=self.keyset,
            may_change=self.may("change") and absence.withdrawn_at is None,
            **more,
        )


class AbsenceWithdraw(SchoolView, View):
    """Revoke an absence, which can be taken back; covered lessons that have not begun go back."""

    resource, action = "cover", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = request.user
        rows = TeacherAbsence.objects.select_related("teacher", "enterprise")
        try:
            done, values = withdraw_revocably(absence=self.get_row(rows, pk=pk), by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("classes:absence", pk)
        text = ngettext(
            "The absence has been revoked. %(n)d lesson went back to its teacher.",
            "The absence has been revoked. %(n)d lessons went back to their teacher.",
            done.returned,
        )
        offer_undo(request, text % {"n": done.returned}, "cover.restore", pk, values)
        for sentence in done.kept[:MAX_LISTED]:
            self.warning(sentence)
        if (rest := len(done.kept) - MAX_LISTED) > 0:
            self.warning(_("and %(n)d more") % {"n": rest})
        return redirect("classes:absences")


class CoverUndo(SchoolView, View):
    """Give a covered lesson back to the absent teacher, which can be taken back."""

    resource, action = "cover", "change"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = request.user
        rows = Cover.objects.select_related("lesson", "absent", "covering", "enterprise")
        cover = self.get_row(rows, pk=pk)
        try:
            values = undo_cover_revocably(cover=cover, by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            text = _("The lesson has its teacher back. The change is sent to iclass within seconds.")
            offer_undo(request, text, "cover.restore", cover.absence_id, values)
        return redirect("classes:absence", cover.absence_id)


class CoverList(SchoolView, ListView):
    """The lessons that the reader covers, the latest first."""

    resource, action = "cover", "list"
    queryset = Cover.objects.all()
    template_name = "classes/timetable/cover/covers.html"

    def get_queryset(self) -> QuerySet[Cover]:
        rows: QuerySet[Cover] = super().get_queryset()
        held = rows.filter(in_force(), covering=self.request.user)
        return held.select_related("lesson", "absent").order_by("-lesson__starts_at", "-pk")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        period = cover_period(reader.enterprise, timezone.localdate())
        number = with_cover_counts(User.objects.filter(pk=reader.pk), period).get().times_covering
        return super().get_context_data(title=_("My covers"), number=number, period=period, **more)
