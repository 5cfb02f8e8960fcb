"""Pages of attendance warnings: the list, and one warning with its evidence and follow-ups."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, TemplateView, View

from accounts.models import User
from classes.attendance.mark_badges import mark_badge
from classes.attendance.thresholds.evidence import marks_now
from classes.attendance.thresholds.forms import EndedWarningFilter, FollowUpForm, WarningFilter
from classes.attendance.thresholds.queries import HOLDING
from classes.attendance.thresholds.sentences import cause_sentence, ending_sentence, rule_sentence
from classes.attendance.thresholds.services import acknowledge_warning, add_follow_up, close_warning
from classes.attendance.thresholds.tables import ENDED_TABLE, WARNING_TABLE, state_badge
from classes.models import Attendance, AttendanceWarning, Lesson, Mark
from console.lists.views import KeysFirstPaginator, TableView
from console.policy import may, scoped
from console.policy.views import SchoolView
from console.undo import offer_undo


class WarningList(TableView, ListView):
    """The warnings that the reader may see and whose thresholds are still crossed, the newest first."""

    resource, action = "warning", "list"
    table = WARNING_TABLE
    queryset = AttendanceWarning.objects.select_related(
        "person", "rule__grade", "rule__group", "rule__course", "acknowledged_by"
    )
    template_name = "classes/attendance/thresholds/warnings.html"
    paginator_class = KeysFirstPaginator
    filter_class = WarningFilter
    condition = HOLDING

    @cached_property
    def filter(self) -> WarningFilter:
        mine = scoped(AttendanceWarning.objects.filter(self.condition), self.request.user, "warning", "list")
        return self.filter_class(self.request.GET, reader=self.request.user, warnings=mine)

    def get_queryset(self) -> QuerySet[AttendanceWarning]:
        rows: QuerySet[AttendanceWarning] = super().get_queryset().filter(self.condition)
        order = self.table_state.order or self.table.order_of(self.table.default_sort)
        return self.filter.narrow(rows).order_by(*order)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(
            title=_("Attendance warnings"),
            list_name=self.table.name,
            search_label=_("Name or user ID"),
            filter_form=self.filter,
            may_set_rules=may(self.request.user, "list", "threshold"),
            **more,
        )
        rows = list(context["page_obj"])
        lessons = Lesson.objects.in_bulk({change["lesson"] for one in rows for change in one.changes})
        context["lines"] = [
            (
                one,
                cause_sentence(one.facts),
                rule_sentence(one.rule, one.facts),
                state_badge(one),
                ending_sentence(one, lessons),
            )
            for one in rows
        ]
        return context


class EndedWarningList(WarningList):
    """The warnings that no longer hold, with when and why they ended."""

    table = ENDED_TABLE
    filter_class = EndedWarningFilter
    condition = ~HOLDING


class WarningBase(SchoolView):
    """Base of pages about one warning that the reader may see."""

    resource = "warning"

    @cached_property
    def warning_row(self) -> AttendanceWarning:
        rows = AttendanceWarning.objects.select_related(
            "person", "rule__grade", "rule__group", "rule__course", "acknowledged_by", "closed_by"
        )
        return self.get_row(rows, pk=self.kwargs["pk"])

    def warning_context(self) -> dict[str, Any]:
        """Return the warning with its sentences, its marks, who was told, and what was done."""
        one, reader = self.warning_row, self.request.user
        keys = [mark["lesson"] for mark in [*one.marks, *one.changes]]
        lessons = Lesson.objects.in_bulk(keys)
        told = User.objects.filter(pk__in=one.facts.get("told", [])).order_by("sort_name", "nickname", "id")
        return {
            "title": one.person.nickname or one.person.user_id,
            "one": one,
            "badge": state_badge(one),
            "cause": cause_sentence(one.facts),
            "rule_text": rule_sentence(one.rule, one.facts),
            "ending": ending_sentence(one, lessons),
            "marks": self._marks(lessons),
            "told": told,
            "follow_ups": one.follow_ups.select_related("by"),
            "sees_person": may(reader, "view", "person", one.person),
            "may_handle": may(reader, "acknowledge", "warning", one),
        }

    def _marks(self, lessons: dict[int, Lesson]) -> list[dict[str, Any]]:
        """Return the marks of the evidence, the newest first, with the rows that the reader may see."""
        one = self.warning_row
        now = marks_now([one])
        rows = Attendance.objects.filter(person=one.person, lesson__in=lessons)
        visible = scoped(rows, self.request.user, "attendance", "view").order_by()
        row_of = dict(visible.values_list("lesson", "pk"))
        return [
            {
                "lesson": lessons.get(mark["lesson"]),
                "row": row_of.get(mark["lesson"]),
                "label": Mark(mark["mark"]).label,
                "badge": mark_badge(mark["mark"]),
                "changed": None
                if current == mark["mark"]
                else (Mark(current).label if current else _("no mark")),
            }
            for mark in reversed(one.marks)
            for current in [now.get((one.person_id, mark["lesson"]), "")]
        ]


class WarningPage(WarningBase, TemplateView):
    """One warning."""

    template_name = "classes/attendance/thresholds/warning.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": FollowUpForm(), **self.warning_context(), **more})


class WarningAct(WarningBase, View):
    """Base of the acts on one warning; `done` says that it is done."""

    action = "acknowledge"
    done: str | Promise
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            values = self.act(request.user)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            offer_undo(request, self.done, "warning.handle", pk, values)
        return self.go_back("classes:warning", pk)

    def act(self, by: Any) -> dict[str, Any] | None:
        """Do it, and return the values that take it back."""
        raise NotImplementedError


class WarningAcknowledge(WarningAct):
    """Say that one handles it."""

    done = gettext_lazy("You are handling this.")

    def act(self, by: Any) -> dict[str, Any] | None:
        return acknowledge_warning(warning=self.warning_row, by=by)


class WarningClose(WarningAct):
    """Close it."""

    done = gettext_lazy("The warning has been closed.")

    def act(self, by: Any) -> dict[str, Any] | None:
        return close_warning(warning=self.warning_row, by=by)


class WarningFollowUpAdd(WarningBase, TemplateView):
    """Record what was done; the page comes back with what was typed if something is missing."""

    action = "acknowledge"
    http_method_names = ["post", "options"]
    template_name = "classes/attendance/thresholds/warning.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, by = FollowUpForm(request.POST), self.request.user
        warning = self.warning_row
        if form.is_valid():
            try:
                add_follow_up(warning=warning, by=by, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.success(_("Recorded."))
                return redirect("classes:warning", pk)
        return self.render_to_response(self.get_context_data(form=form, **self.warning_context()))
