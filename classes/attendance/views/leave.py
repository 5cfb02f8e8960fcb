"""Views of leave of absence: list, calendar, one leave, entering, requesting, answering, withdrawing."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.generic import FormView, ListView, TemplateView, View

from accounts.models import User
from classes.attendance import leave as services
from classes.attendance.forms.filters import LeaveFilter
from classes.attendance.forms.leave import LeaveAnswerForm, LeaveForm, LeaveRequestForm
from classes.attendance.forms.leave_files import AttachmentForm
from classes.attendance.leave_files import MAX_FILES, OPEN_STATES, stored_files
from classes.attendance.leave_queries import (
    REVOKED_BADGE,
    STATE_BADGES,
    leave_month,
    lessons_during,
    lessons_to_choose,
    requests_to_answer,
    state_badge,
)
from classes.attendance.leave_undo import answer_revocably, withdraw_revocably
from classes.attendance.tables import LEAVE_TABLE
from classes.models import Leave
from console.concurrency import Conflict
from console.inputs.bounds import parse_date, parse_id
from console.lists.views import TableView
from console.policy import scoped
from console.policy.bulk_views import BulkActionText, BulkActionView
from console.policy.rules import scope_of
from console.policy.table import Scope
from console.policy.views import SchoolView
from console.undo import offer_undo


class LeaveList(TableView, ListView):
    """Leave of absence, the latest first; students see their own, teachers that of their groups."""

    resource, action = "leave", "list"
    table = LEAVE_TABLE
    queryset = Leave.objects.select_related("person", "by", "answered_by")
    template_name = "classes/attendance/leaves.html"

    @cached_property
    def filter(self) -> LeaveFilter:
        return LeaveFilter(self.request.GET, reader=self.request.user)

    def get_queryset(self) -> QuerySet[Leave]:
        rows: QuerySet[Leave] = super().get_queryset()
        order = self.table_state.order or self.table.order_of(self.table.default_sort)
        return self.filter.narrow(rows).order_by(*order)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        answers = self.may("answer")
        waiting = requests_to_answer(self.request.user).count() if answers else 0
        return super().get_context_data(
            title=_("Leave"),
            search_label=_("Name or user ID"),
            filter_form=self.filter,
            may_add=self.may("add"),
            waiting=waiting,
            ticks=waiting > 0,
            requests=asks_for_own_leave(self.request.user),
            kinds={value: str(label) for value, label in Leave.Kind.choices},
            badges=STATE_BADGES,
            revoked_badge=REVOKED_BADGE,
            **more,
        )


class LeaveCalendar(SchoolView, TemplateView):
    """Who is on leave on each day of a month; `?month=2026-11`, without it the current one."""

    resource, action = "leave", "list"
    template_name = "classes/attendance/leave_calendar.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        first = self._first_day()
        days = leave_month(self.request.user, first)
        return super().get_context_data(
            title=_("Leave calendar"),
            month=first,
            previous=(first - timedelta(days=1)).replace(day=1),
            following=(first + timedelta(days=31)).replace(day=1),
            days=days,
            is_empty=not any(one.leaves for one in days if one.in_month),
            **more,
        )

    def _first_day(self) -> date:
        try:
            return parse_date(f"{self.request.GET['month']}-01").replace(day=1)
        except (KeyError, ValueError, ValidationError):
            return timezone.localdate().replace(day=1)


class LeaveBase(SchoolView):
    """Base of pages about one leave."""

    resource = "leave"

    @cached_property
    def leave(self) -> Leave:
        rows = Leave.objects.select_related("person", "by", "answered_by")
        return self.get_row(rows, pk=self.kwargs["pk"])

    def leave_context(self) -> dict[str, Any]:
        leave, reader = self.leave, self.request.user
        is_own, is_open = leave.person_id == reader.pk, leave.state == Leave.State.REQUESTED
        files = list(leave.files.all())
        may_attach = leave.state in OPEN_STATES and len(files) < MAX_FILES and self.may("add", leave)
        asked_themselves = is_open and not leave.guardian_relation
        withdrawable = asked_themselves if is_own else leave.state == Leave.State.APPROVED
        lessons, more_lessons = lessons_during(leave, reader)
        return {
            "title": _("Leave"),
            "leave": leave,
            "badge": state_badge(leave),
            "lessons": lessons,
            "more_lessons": more_lessons,
            "is_own": is_own,
            "is_open": is_open,
            "may_withdraw": withdrawable and self.may("withdraw", leave),
            "files": files,
            "may_open": self.may("file", leave),
            "file_form": AttachmentForm() if may_attach else None,
        }


class LeavePage(LeaveBase, TemplateView):
    """One leave, and the form to answer it if the reader may."""

    template_name = "classes/attendance/leave.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = self.leave_context()
        may_answer = context["is_open"] and self.may("answer", self.leave)
        return super().get_context_data(form=LeaveAnswerForm() if may_answer else None, **context, **more)


class LeaveAnswer(LeaveBase, FormView):
    """Approve a request or return it with a sentence."""

    action = "answer"
    form_class = LeaveAnswerForm
    template_name = "classes/attendance/leave.html"

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("classes:leave", self.leave.pk)

    def form_valid(self, form: Any) -> HttpResponse:
        by: Any = self.request.user
        approved = form.cleaned_data["decision"] == "approve"
        try:
            values = answer_revocably(
                leave=self.leave, approved=approved, text=form.cleaned_data["text"], by=by
            )
        except Conflict as error:
            self.warning(" ".join(error.messages))
            return self.go_back("classes:leave", self.leave.pk)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = (
            _("The leave has been approved. Absences during this time count as excused.")
            if approved
            else _("The request has been returned. The student is notified.")
        )
        offer_undo(self.request, text, "leave.answer", self.leave.pk, values)
        return self.go_back("classes:leave", self.leave.pk)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**self.leave_context(), **more)


class LeaveApprove(BulkActionView):
    """Approve the selected requests; one that is no longer open is named and does not stop the others."""

    resource, action, back = "leave", "answer", "classes:leaves"
    words = {
        "answer": BulkActionText(
            ngettext_lazy("Approve %(n)d request?", "Approve %(n)d requests?", "n"),
            gettext_lazy("Absences during this time count as excused. The students are notified."),
            gettext_lazy("Approve"),
            ngettext_lazy("%(n)d request approved.", "%(n)d requests approved.", "n"),
        )
    }

    def matching_keys(self) -> list[str]:
        """Return nothing: the list offers no selection of more than it shows."""
        return []

    def row_label(self, key: str) -> str:
        leave = self._find(key)
        begins, ends = (timezone.localtime(at) for at in (leave.begins_at, leave.ends_at))
        return f"{leave.person.nickname}: {begins:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}"

    def apply_to(self, key: str) -> None:
        by: Any = self.request.user
        services.answer_leave(leave=self._find(key), approved=True, text="", by=by)

    def _find(self, key: str) -> Leave:
        rows = scoped(Leave.objects.select_related("person"), self.request.user, self.resource, self.action)
        found = rows.filter(pk=parse_id(key) or 0).first()
        if found is None:
            raise Http404(_("This does not exist in your school."))
        return found


class LeaveAdd(SchoolView, FormView):
    """Enter leave for a student; a student requests it for themselves."""

    resource, action = "leave", "add"
    template_name = "classes/attendance/leave_form.html"

    @cached_property
    def requests(self) -> bool:
        return asks_for_own_leave(self.request.user)

    def get_form_class(self) -> Any:
        return LeaveRequestForm if self.requests else LeaveForm

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.requests:
            return super().get_form_kwargs() | {"lessons": lessons_to_choose(self.request.user)}
        people = scoped(User.objects.all(), self.request.user, "person", "list")
        return super().get_form_kwargs() | {"people": people.filter(role="student", is_active=True)}

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.request.GET.get("person", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self._save(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect("classes:leaves")

    def _save(self, form: Any) -> None:
        by: Any = self.request.user
        fields = form.service_fields()
        with stored_files(by.enterprise, form.attached) as files:
            if not self.requests:
                services.grant_leave(by=by, files=files, **fields)
                self.success(_("The leave has been entered. Absences during this time count as excused."))
                return
            created = services.request_leave(person=by, by=by, files=files, **fields)
        self.success(
            ngettext(
                "Your request has been sent. You are notified when it is answered.",
                "Your %(n)d requests have been sent. You are notified when they are answered.",
                len(created),
            )
            % {"n": len(created)}
        )

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Ask for leave") if self.requests else _("Enter leave"),
            submit_label=_("Send request") if self.requests else _("Save"),
            requests=self.requests,
            cancel_url=reverse("classes:leaves"),
            **more,
        )


class LeaveWithdraw(LeaveBase, View):
    """Withdraw one's own request, or revoke the approved leave of a student; it can be taken back."""

    action = "withdraw"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = request.user
        try:
            values = withdraw_revocably(leave=self.leave, by=by)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            is_own = self.leave.person_id == by.pk
            text = _("Your request has been withdrawn.") if is_own else _("The leave has been revoked.")
            offer_undo(request, text, "leave.withdraw", pk, values)
        return redirect("classes:leave", pk)


def asks_for_own_leave(reader: Any) -> bool:
    """Return whether the reader requests leave for themselves instead of entering it for others."""
    return scope_of(reader, "add", "leave") == Scope.OWN
