"""Leave of a child, for a guardian: the list, a request on behalf of the child, withdrawing one's own."""

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView

from accounts.sign_in.guardians.pages import GuardianPage
from classes.attendance import leave as services
from classes.attendance.forms.leave import LeaveRequestForm
from classes.attendance.leave_files import stored_files
from classes.attendance.leave_queries import lessons_to_choose, state_badge
from classes.attendance.leave_undo import withdraw_revocably
from classes.models import Leave
from console.policy import may, scoped
from console.policy.views import paginate_by_key
from console.ui.badges import Badge
from console.undo import offer_undo


class GuardianLeave(NamedTuple):
    """A leave of the child; `may_withdraw` is for an open request of this guardian."""

    leave: Leave
    badge: Badge
    may_withdraw: bool


class LeavePages(GuardianPage):
    """Base of the pages about the leave of the child."""

    needs = "told_leave"

    def list_url(self) -> str:
        return reverse("classes:guardian_leaves", args=[self.guardian.pk])

    def may_withdraw(self, leave: Leave) -> bool:
        return leave.state == Leave.State.REQUESTED and leave.guardian_id == self.guardian.pk

    def may_ask(self) -> bool:
        """Return whether students of this school may ask for leave; guardians ask on their behalf."""
        return may(self.child, "add", "leave")


class GuardianLeaves(LeavePages, TemplateView):
    """The leave of the child, the latest first, whoever asked for it or entered it."""

    template_name = "classes/attendance/guardian_leaves.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = scoped(Leave.objects.filter(person=self.child), self.child, "leave", "list")
        keyset = paginate_by_key(rows.prefetch_related("files"), self.request, ("-begins_at", "-id"))
        return super().get_context_data(
            title=_("Leave"),
            leaves=[GuardianLeave(one, state_badge(one), self.may_withdraw(one)) for one in keyset.rows],
            has_answers=any(one.answer for one in keyset.rows),
            keyset=keyset,
            may_ask=self.may_ask(),
            **more,
        )


class GuardianLeaveAdd(LeavePages, FormView):
    """Ask for leave of the child: whole days or single lessons, with up to two attachments."""

    form_class = LeaveRequestForm
    template_name = "classes/attendance/leave_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.may_ask():
            raise Http404(_("This page does not exist."))
        return {**super().get_form_kwargs(), "lessons": lessons_to_choose(self.child)}

    def form_valid(self, form: Any) -> HttpResponse:
        fields, school = form.service_fields(), self.access.account.enterprise
        try:
            with stored_files(school, form.attached) as files:
                created = services.request_leave(
                    person=self.child, by=None, guardian=self.guardian, files=files, **fields
                )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        text = ngettext(
            "Your request has been sent. The answer appears on this page.",
            "Your %(n)d requests have been sent. The answers appear on this page.",
            len(created),
        )
        self.success(text % {"n": len(created)})
        return redirect(self.list_url())

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Ask for leave of %(name)s") % {"name": self.child},
            submit_label=_("Send request"),
            requests=True,
            cancel_url=self.list_url(),
            **more,
        )


class GuardianLeaveWithdraw(LeavePages):
    """Withdraw an open request of one's own; it can be taken back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, leave: int) -> HttpResponse:
        found = Leave.objects.filter(person=self.child, guardian=self.guardian, pk=leave).first()
        if found is None:
            raise Http404(_("This page does not exist."))
        try:
            values = withdraw_revocably(leave=found, by=None, guardian=self.guardian)
        except ValidationError as error:
            self.warning(" ".join(error.messages))
        else:
            text, account = _("Your request has been withdrawn."), self.access.account
            offer_undo(request, text, "leave.withdraw_as_guardian", leave, values, by=account)
        return redirect(self.list_url())
